/**
 * Programs as WGSL for WebGPU: each fused kernel as a compute shader, and the plan that says in which order they run on which
 * memory. Sizes are values of a uniform block, so that no new length compiles anything again.
 */
import { fuse, type Kernel } from "../fuse.ts";
import type { Node } from "../ir/node.ts";
import { inputOf, nodesOf, type Program } from "../ir/program.ts";
import { mapProgram } from "../ir/rewrite.ts";
import { concat, rename } from "../ir/shape.ts";
import type { Size } from "../ir/size.ts";
import { decompose } from "../ops/decompose.ts";
import { targeted } from "../rules/passes.ts";
import { readable, writeModule } from "./wgsl/module.ts";
import { keepsScores } from "./wgsl/scores.ts";
import { widened } from "./wgsl/wide.ts";
import { countOf } from "./wgsl-index.ts";
import { assignSlots, type Memory, type Param, type Step, type WgslPlan } from "./wgsl-plan.ts";

export interface WgslKernel {
  /** `<number>.<what>`, unique within the program. */
  readonly name: string;
  readonly code: string;
}

export interface WgslProgram {
  readonly kernels: readonly WgslKernel[];
  readonly plan: WgslPlan;
}

/** The words that say what a kernel computes, from its operations: `contract`, `softmax`-like chains by their loops. */
function whatOf({ stores, loop }: Kernel, nodes: readonly Node[]): string {
  const last = stores.at(-1)!.node;
  const heads = [...new Set([...(loop ? [loop.op] : []), ...(nodes.length > 0 ? [last.op] : ["copy"])])];
  return heads.join("-");
}

/** Without marks, and a concatenation of many parts as one of few, so that no kernel reads too many buffers. */
function narrowed(node: Node): Node {
  if (node.op === "stop" || node.op === "after") return node.inputs[0]!;
  if (node.op === "cached") return rename(node.inputs[0]!, { [node.attrs.of as string]: node.attrs.axis as string });
  if (node.op !== "concat") return widened(node);
  if (node.inputs.length <= 4) return node;
  const parts: Node[] = [];
  for (let i = 0; i < node.inputs.length; i += 4) parts.push(concat(node.inputs.slice(i, i + 4), node.attrs.axis as string));
  return narrowed(concat(parts, node.attrs.axis as string));
}

/** The memory of each thing a kernel binds, once it is known which temporaries live how long. */
type Wanted = { readonly memory: Memory } | { readonly temporary: Node; readonly write: boolean };

/** The kernels of a program and their plan. The same program gives the same text. */
export function renderWgsl(given: Program): WgslProgram {
  const program = mapProgram(
    decompose(targeted(given, "wgsl", keepsScores), (_, node) => keepsScores(node)),
    narrowed,
  );
  const { kernels, memory } = fuse(program);
  const written = kernels.map((k) => writeModule([k], memory));
  const blocks = new Map<string, { place: number; params: readonly Param[] }>();
  const blockOf = (params: readonly Param[]): number => {
    const key = JSON.stringify(params);
    const block = blocks.get(key) ?? { place: blocks.size, params };
    blocks.set(key, block);
    return block.place;
  };
  const files = new Map<string, { number: number; body: string; nodes: Node[]; what: string }>();
  const lives = new Map<Node, { node: Node; size: Size; first: number; last: number }>();
  const steps = written.map(({ body, params, bound, dispatch, nodes }, step): Omit<Step, "bindings"> & { wanted: Wanted[] } => {
    const code = body.replaceAll(/ *\/\/.*/g, "");
    const file = files.get(code) ?? { number: files.size, body, nodes: [], what: whatOf(kernels[step]!, nodes) };
    // A copy computes nothing: it is what it hands on.
    file.nodes.push(...(nodes.length > 0 ? nodes : kernels[step]!.stores.map((store) => store.node)));
    files.set(code, file);
    const wanted = bound.map(({ store: { node, output }, write }): Wanted => {
      if (output !== undefined) return { memory: { output, write } };
      if (node.op === "input") return { memory: { input: inputOf(node).name, write } };
      const life = lives.get(node);
      lives.set(node, { node, size: countOf(node.axes), first: life?.first ?? step, last: step });
      return { temporary: node, write };
    });
    return { kernel: file.number, ...(params.length > 0 ? { block: blockOf(params) } : {}), dispatch, wanted };
  });
  const { temporaries, slots } = assignSlots([...lives.values()]);
  const slotOf = new Map(temporaries.map((t) => [t.node, t.slot]));
  const result = [...files.values()].map(({ number, body, nodes, what }) => ({
    name: `${number}.${what}`,
    code: header(given, nodes, what) + body,
  }));
  const plan: WgslPlan = {
    schema: 1,
    blocks: [...blocks.values()].map(({ params }) => params),
    temporaries: temporaries.map(({ slot, size, first, last }) => ({ slot, size, first, last })),
    slots,
    steps: steps.map(({ wanted, ...step }) => ({
      ...step,
      bindings: wanted.map((x): Memory => ("memory" in x ? x.memory : { slot: slotOf.get(x.temporary)!, write: x.write })),
    })),
  };
  return { kernels: result, plan };
}

/** What stands above a kernel: what it computes, node by node, and the spec lines that it came from. */
function header(program: Program, nodes: readonly Node[], what: string): string {
  const text = new Set(
    nodes.filter((n) => n.op !== "const" && n.op !== "input").map((n) => `//   ${n.op} ${n.dtype}${readable(n.axes)}`),
  );
  const origin = originOf(program, nodes);
  return `// ${program.name}: ${what}${origin.length > 0 ? `\n// from ${origin.join(", ")}` : ""}\n${[...text].join("\n")}\n\n`;
}

/**
 * The spec lines of nodes; of those that no line wrote, such as an optimizer's update, the lines of the nearest they come from; of what is
 * handed through as it came, the lines that read it.
 */
function originOf(program: Program, nodes: readonly Node[]): string[] {
  const seen = new Set<Node>();
  for (let layer: readonly Node[] = nodes; layer.length > 0; ) {
    const lines = new Set(layer.flatMap((n) => n.origin));
    if (lines.size > 0) return [...lines].sort();
    for (const n of layer) seen.add(n);
    layer = [...new Set(layer.flatMap((n) => n.inputs))].filter((n) => !seen.has(n));
  }
  const readers = nodesOf(program).filter((n) => n.inputs.some((i) => seen.has(i)));
  return [...new Set(readers.flatMap((n) => n.origin))].sort();
}
