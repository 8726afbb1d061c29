/** A program's costs as an engine runs it: which form, with which inputs known before, and how many tensors it is handed. */
import { inputOf, type Program } from "../ir/program.ts";
import type { WgslProgram } from "../render/wgsl.ts";
import type { CostLine } from "./cost.ts";
import { onnxCosts } from "./onnx.ts";
import type { Border } from "./predict.ts";
import { wgslCosts } from "./wgsl.ts";

/** What is predicted from. */
export interface Run {
  readonly lines: readonly CostLine[];
  readonly border: Border;
}

/** Whether a program changes weights, so that they are no constants of it. */
const trains = (p: Program): boolean => p.outputs.some((o) => o.role === "weight");

/** The weights that an engine may take as constants: all of a program that changes none. */
export const constantsOf = (p: Program): Set<string> =>
  new Set(trains(p) ? [] : p.inputs.map(inputOf).flatMap(({ name, role }) => (role === "weight" ? [name] : [])));

/** A program on the CPU. */
export function cpuRun(p: Program): Run {
  const constants = constantsOf(p);
  return {
    lines: onnxCosts(p, constants),
    border: { inputs: p.inputs.length - constants.size, outputs: p.outputs.length },
  };
}

/** A program on WebGPU. */
export const webGpuRun = (p: Program, rendered: WgslProgram): Run => ({
  lines: wgslCosts(p, rendered),
  border: { inputs: p.inputs.length, outputs: p.outputs.length },
});
