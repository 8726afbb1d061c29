/**
 * The forms of a checked program that a person reads beside the spec: the programs that it becomes, the kernels and the graph of each, and the
 * emitted TypeScript. Each is made when it is asked for, and each names the lines of the spec that it came from. Nothing is written.
 */
import type { Diagnostic } from "../grammar/index.ts";
import { describeProgram } from "../kernels/cost/describe.ts";
import { inputsOf, onnxModelCosts } from "../kernels/cost/onnx.ts";
import { wgslCosts } from "../kernels/cost/wgsl.ts";
import { nodesOf, type Program } from "../kernels/index.ts";
import type { OnnxModel } from "../kernels/render/onnx/proto.ts";
import { onnxText } from "../kernels/render/onnx/text.ts";
import { onnxModel } from "../kernels/render/onnx.ts";
import { renderWgsl, type WgslProgram } from "../kernels/render/wgsl.ts";
import type { Checked } from "./checked.ts";
import { emitModule } from "./emit/index.ts";
import { lowerSystem } from "./lower/index.ts";
import { meaningOf } from "./meaning.ts";
import { notInThisVersion } from "./rules/not-in-this-version.ts";

/** A program by its name, and the spec lines that its nodes came from, as `main.neuro:12`. */
export interface ProgramForm {
  readonly name: string;
  readonly lines: readonly string[];
}

/** What a checked program becomes. Every text names spec lines as `main.neuro:12`. */
export interface Forms {
  readonly programs: readonly ProgramForm[];
  /** What only lowering finds, or what this version cannot run; then there are no programs. */
  readonly diagnostics: readonly Diagnostic[];
  /** The kernels of a program, one behind the other, each under its name. Throws for a name that is not there. */
  wgsl(program: string): string;
  /** Its graph in ONNX's textual form. */
  onnx(program: string): string;
  /** What was fused, its memory and its cost. */
  plan(program: string): string;
  /** The module that runs the pipelines, rewards and recipes. */
  typescript(name: string, version: string): Promise<string>;
}

/** Lowers a program that has no errors. */
export function openForms(checked: Checked): Forms {
  const missing = notInThisVersion(checked);
  const lowered = missing.length > 0 ? undefined : lowerSystem(checked);
  const diagnostics = lowered?.diagnostics ?? missing;
  const all = lowered && diagnostics.length === 0 ? programsOf(lowered) : [];
  const byName = new Map(all.map((program) => [program.name, program]));
  const found = (name: string): Program => {
    const program = byName.get(name);
    if (!program) throw new Error(`there is no program ${name}`);
    return program;
  };
  const kernels = kept((name): WgslProgram => renderWgsl(found(name)));
  const graph = kept((name): OnnxModel => onnxModel(found(name)));
  return {
    programs: all.map((program) => ({ name: program.name, lines: linesOf(program) })),
    diagnostics,
    wgsl: (name) =>
      kernels(name)
        .kernels.map((kernel) => `// ── ${kernel.name} ──\n${kernel.code.trimEnd()}\n`)
        .join("\n"),
    onnx: (name) => onnxText(graph(name)),
    plan: (name) => {
      const program = found(name);
      const costs = { onnx: onnxModelCosts(graph(name), inputsOf(program)), wgsl: wgslCosts(program, kernels(name)) };
      return describeProgram(program, costs);
    },
    typescript: async (name, version) =>
      (await emitModule(checked, { name, version, meaning: (declaration) => meaningOf(checked, declaration) })).ts,
  };
}

function programsOf({ models, merges, measures }: ReturnType<typeof lowerSystem>): Program[] {
  const asked = measures.flatMap((measure) => measure.programs.map((way) => way.lowered));
  return [...models.flatMap((model) => model.programs), ...merges, ...asked].map(({ program }) => program);
}

const linesOf = (program: Program): string[] => [...new Set(nodesOf(program).flatMap((node) => node.origin))].sort();

function kept<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    if (!made.has(name)) made.set(name, make(name));
    return made.get(name)!;
  };
}
