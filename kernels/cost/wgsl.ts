/** What each dispatch of a program's WebGPU plan costs, as its renderer counted it, with the spec lines that its kernel came from. */
import { inputPorts, type Program } from "../ir/program.ts";
import type { Size } from "../ir/size.ts";
import type { WgslProgram } from "../render/wgsl.ts";
import type { CostLine } from "./cost.ts";
import { wordBits } from "./kernel.ts";
import { countOf, packed } from "./node.ts";

/** A dispatch: its cost, and in words what was fused into it. */
export interface Dispatched extends CostLine {
  readonly about: string;
}

/** `// from main.neuro:31, main.neuro:40` above a kernel. */
function originOf(code: string): string[] {
  const found = /^\/\/ from (.*)$/m.exec(code);
  return found ? found[1]!.split(", ") : [];
}

/** The operations that a kernel computes, as its header lists them: each once, in order, at most eight. */
function fusedIn(code: string): string {
  const ops = [...new Set([...code.matchAll(/^\/\/ {3}(\w+) /gm)].map((m) => m[1]!))];
  return ops.slice(0, 8).join(" ") + (ops.length > 8 ? ` and ${ops.length - 8} more` : "");
}

/** The dispatches of a program in order. */
export function wgslCosts(p: Program, { kernels, plan }: WgslProgram): Dispatched[] {
  const stays = new Map<string, Size>(
    inputPorts(p)
      .filter(({ role }) => role === "weight" || role === "state")
      .map(({ name, axes, dtype }) => [name, packed(countOf(axes), wordBits(dtype))]),
  );
  return plan.steps.map((step): Dispatched => {
    const { name, code } = kernels[step.kernel]!;
    const cost = step.cost ?? { bytes: 0, flops: 0 };
    const read = step.bindings.flatMap((b) => ("input" in b && !b.write ? (stays.get(b.input) ?? []) : []));
    return {
      ...cost,
      what: name.replace(/^\d+\./, ""),
      name,
      origin: originOf(code),
      // A kernel that looks rows up reads less than the tables it binds.
      weights:
        read.length === 1 && typeof cost.bytes === "number" && typeof read[0] === "number" && read[0] <= cost.bytes ? read[0] : 0,
      items: cost.bytes,
      kind: "kernel",
      about: [fusedIn(code), step.about ?? ""].filter((t) => t !== "").join(": "),
    };
  });
}
