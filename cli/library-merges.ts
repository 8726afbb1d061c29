// Merges of std.weights as programs, for a verb that merges files without a spec: the formulas are the library's.
import { check } from "../compiler/index.ts";
import { contextOf } from "../compiler/lower/context.ts";
import { declaredMerge } from "../compiler/lower/merges.ts";
import { memoryHost } from "../compiler/memory-host.ts";
import { renderOnnx } from "../kernels/render/onnx.ts";
import type { ProgramSource } from "../runtime/device/device.ts";
import { sourceOf } from "../runtime/device/source.ts";
import { diskHost } from "./host.ts";

/** Merges of the library as programs, each compiled once. */
export function libraryMerges(): (name: string, runs: number) => ProgramSource {
  const text = "use std.weights { soup, task_arithmetic, arc, ties, dare, elected }\n";
  const checked = check(memoryHost({ "merge.neuro": text }, diskHost(".")), "merge.neuro");
  const context = contextOf(checked, []);
  return (name, runs) => {
    const lowered = declaredMerge(checked, context, name, runs);
    if (lowered === undefined) throw new Error(`std.weights has no merge ${name}`);
    return sourceOf(lowered.program, renderOnnx);
  };
}
