/**
 * A `quantization` of a spec, applied where a model writes: the programs that write read narrow weights, and the weights are made narrow
 * when the model is opened. Knows nothing of strategies or text.
 */
import { type Layout, optimized, quantized, renderOnnx, type Scheme } from "../../kernels/index.ts";
import type { Device } from "../device/device.ts";
import { sourceOf } from "../device/source.ts";
import { NeuroError } from "../error.ts";
import { type NarrowTensor, narrowed } from "../weights/narrow.ts";
import type { Weights } from "../weights/tensors.ts";
import type { FedProgram } from "./writer.ts";

/** What a spec says of a quantization: the method and the bits of a weight. */
export type QuantizationRecord = {
  readonly method?: { readonly kind?: string; readonly group?: number };
  readonly weights?: number;
};

/** How weights are stored by so many bits: rounded to the nearest, in groups of 32 below eight bits unless the method says otherwise. */
export function schemeOf(record: QuantizationRecord): Scheme {
  const { method = {}, weights: bits } = record;
  if (method.kind !== "rtn" || bits === undefined || ![2, 3, 4, 8].includes(bits)) {
    throw new NeuroError(
      "decoding_unsupported",
      `This version does not quantize by ${method.kind ?? "nothing"} to ${bits} bits.`,
      {
        hint: "rtn to 2, 3, 4 or 8 bits runs.",
      },
    );
  }
  const group = method.group ?? (bits === 8 ? undefined : 32);
  return { dtype: bits === 8 ? "i8" : "i4", most: 2 ** (bits - 1) - 1, ...(group === undefined ? {} : { group }) };
}

/** A program with narrow weights, and how they lie. */
export async function quantizedProgram(
  fed: FedProgram,
  scheme: Scheme,
): Promise<{ fed: FedProgram; layouts: readonly Layout[] }> {
  const { program, layouts } = quantized(await fed.program.ir(), () => scheme);
  return { fed: { ...fed, program: sourceOf(optimized(program), renderOnnx) }, layouts };
}

/** The tensors that programs with these layouts read, on a device by name. */
export function uploaded(device: Device, weights: Weights, layouts: readonly Layout[], wanted: ReadonlySet<string>) {
  const unique = [...new Map(layouts.map((layout) => [layout.path, layout])).values()];
  const all = new Map<string, NarrowTensor>(narrowed(weights, unique));
  // A program that only looks a weight up reads it as it is.
  for (const [path, { shape, data }] of weights) if (wanted.has(path)) all.set(path, { dtype: "f32", shape, data });
  const kept = [...all].filter(([name]) => wanted.has(name));
  return Object.fromEntries(kept.map(([name, { dtype, shape, data }]) => [name, device.upload(dtype, shape, data.slice())]));
}
