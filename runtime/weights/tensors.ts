/**
 * Weights are named float32 tensors, row-major. Two sets are equal when their hashes are: SHA-256 over names, shapes and bytes in the
 * order of the names. Knows nothing of files, models or devices.
 */
import { createHash } from "node:crypto";
import { NeuroError } from "../error.ts";

/** One tensor in memory: `data` holds the product of `shape` numbers (one for an empty shape), last axis fastest. */
export type WeightTensor = { readonly shape: readonly number[]; readonly data: Float32Array };

/** Weights by path, such as `block.3.attention.wq`. */
export type Weights = ReadonlyMap<string, WeightTensor>;

/** How weights are stored: `f32` keeps every bit; `f16` halves the size and rounds each number once. */
export type Storage = "f32" | "f16";

/** The number of elements that a shape holds. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A shape as people write it: `[4096, 128]`. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/** The identity of weights: hexadecimal SHA-256 over (name, shape, float32 bytes) in the order of the names. */
export function hashWeights(weights: Weights): string {
  const hash = hashing();
  for (const name of [...weights.keys()].sort()) {
    const { shape, data } = weights.get(name)!;
    hash.add(name, shape, data);
  }
  return hash.digest();
}

/** {@link hashWeights} tensor by tensor, which must come in the order of their names. */
export function hashing(): { add(name: string, shape: readonly number[], data: Float32Array): void; digest(): string } {
  const hash = createHash("sha256");
  return {
    add: (name, shape, data) => {
      hash.update(`${JSON.stringify([name, shape])}\n`);
      hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    },
    digest: () => hash.digest("hex"),
  };
}

/** Copies, so that what a device changes in place is not what a step was given. */
export function copyWeights(weights: Weights): Map<string, WeightTensor> {
  return new Map([...weights].map(([name, tensor]) => [name, { shape: tensor.shape, data: tensor.data.slice() }]));
}

/**
 * The weights as they read back from `storage`: to the nearest float16, ties to even, for `f16`. A number beyond 65,504 would become
 * infinite and is refused (`weights_over_f16`), naming the tensor.
 */
export function asStored(weights: Weights, storage: Storage): Weights {
  if (storage === "f32") return weights;
  return new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(toHalf(name, data)) }]));
}

/** The float16 numbers of a tensor; refuses what float16 cannot hold. */
export function toHalf(name: string, data: Float32Array): Float16Array<ArrayBuffer> {
  const half = Float16Array.from(data);
  const lost = half.findIndex((value, index) => !Number.isFinite(value) && Number.isFinite(data[index]!));
  if (lost >= 0) {
    throw new NeuroError(
      "weights_over_f16",
      `${name} holds ${data[lost]}, which is more than a 16-bit float can hold (65,504).`,
      {
        hint: "Store these weights in 32 bits: storage f32.",
      },
    );
  }
  return half;
}
