/** Programs in the forms that engines ask for: from the compiler's memory, or from the files of a build. */
import { inputPorts, outputPorts, type Port, type Program, type ProgramJson, programFromJson } from "../../kernels/index.ts";
import { renderWgsl } from "../../kernels/render/wgsl.ts";
import type { WgslPlan } from "../../kernels/render/wgsl-plan.ts";
import { NeuroError } from "../error.ts";
import type { ProgramSource } from "./device.ts";

/** A program in memory; its renderings are made when asked for, once. */
export function sourceOf(program: Program, onnx: (program: Program) => Uint8Array): ProgramSource {
  return {
    name: program.name,
    inputs: inputPorts(program),
    outputs: outputPorts(program),
    ir: () => program,
    onnx: () => onnx(program),
    wgsl: (target) => renderWgsl(program, target),
  };
}

/** What the manifest says of a program. */
export interface BuiltProgram {
  /** The ONNX graph, relative to the build's folder. */
  readonly file: string;
  /** The program itself as JSON. */
  readonly ir: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly plan: WgslPlan;
  /** The WGSL files in the order in which the plan numbers them. */
  readonly kernels: readonly string[];
}

/** A program of a build. `read` gives the bytes of a file of the build; it throws when the file is not there. */
export function sourceOfBuild(name: string, built: BuiltProgram, read: (path: string) => Promise<Uint8Array>): ProgramSource {
  const text = async (path: string): Promise<string> => new TextDecoder().decode(await read(path));
  return {
    name,
    inputs: built.inputs,
    outputs: built.outputs,
    ir: async () => parsed(built.ir, await text(built.ir)),
    onnx: () => read(built.file),
    wgsl: async (target) => {
      // A build's kernels are those that run everywhere; a device that can do more has its own.
      if (target?.subgroups) return renderWgsl(parsed(built.ir, await text(built.ir)), target);
      const code = async (path: string) => ({ name: path.replace(/^.*\//, "").replace(/\.wgsl$/, ""), code: await text(path) });
      return { plan: built.plan, kernels: await Promise.all(built.kernels.map(code)) };
    },
  };
}

function parsed(path: string, text: string): Program {
  try {
    return programFromJson(JSON.parse(text) as ProgramJson);
  } catch (cause) {
    throw new NeuroError("program_unreadable", `${path} is no program: ${cause instanceof Error ? cause.message : cause}`, {
      where: path,
      hint: "Build the spec again.",
      cause,
    });
  }
}
