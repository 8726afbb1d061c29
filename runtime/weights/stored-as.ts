/** How the numbers of an archive are written again: as they were stored where that is a format of floats, else in 32 bits. */
import { type Progress, silent } from "../progress.ts";
import type { Stored } from "./archive.ts";
import type { Streamed } from "./safetensors.ts";
import { elements } from "./tensors.ts";

/** Formats that weights are written in. */
export type FloatType = Streamed["dtype"];

/** The format that keeps a tensor's every bit, or the one that is wished. */
export function formatOf({ dtype }: Pick<Stored, "dtype">, wished?: FloatType): FloatType {
  return wished ?? (dtype === "F16" || dtype === "BF16" ? dtype : "F32");
}

/** Bytes of a tensor in a format. */
export const bytesIn = ({ shape }: Pick<Stored, "shape">, format: FloatType): number =>
  elements(shape) * (format === "F32" ? 4 : 2);

/** The parts of a file as they are written: progress moves with each, and an interruption stops before the next. */
export async function* watched(
  parts: Iterable<Uint8Array>,
  { title, total, progress = silent, signal }: { title: string; total: number; progress?: Progress; signal?: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const million = 1e6;
  const task = progress.task(title, Math.max(1, Math.round(total / million)), "MB");
  let done = 0;
  try {
    for (const part of parts) {
      signal?.throwIfAborted();
      yield part;
      done += part.length;
      task.update(Math.round(done / million));
    }
  } finally {
    task.end();
  }
}
