// Merges of std.weights as programs, for a verb that merges files without a spec: the formulas are the library's.
import { check, memoryHost } from "../compiler/index.ts";
import { contextOf } from "../compiler/lower/context.ts";
import { declaredMerge } from "../compiler/lower/merges.ts";
import { renderOnnx } from "../kernels/render/onnx.ts";
import type { Device, Runnable } from "../runtime/device/device.ts";
import { sourceOf } from "../runtime/device/source.ts";
import { diskHost } from "./host.ts";

/** Compiles merges of the library for a device, each once. */
export function libraryMerges(device: Device): (name: string, runs: number) => Promise<Runnable> {
  const text = "use std.weights { soup, task_arithmetic, arc, ties, dare, elected }\n";
  const checked = check(memoryHost({ "merge.neuro": text }, diskHost(".")), "merge.neuro");
  const context = contextOf(checked, []);
  const made = new Map<string, Promise<Runnable>>();
  return (name, runs) => {
    const key = `${name} ${runs}`;
    const known = made.get(key);
    if (known) return known;
    const lowered = declaredMerge(checked, context, name, runs);
    if (lowered === undefined) throw new Error(`std.weights has no merge ${name}`);
    const prepared = device.prepare(sourceOf(lowered.program, renderOnnx));
    made.set(key, prepared);
    return prepared;
  };
}
