/** Tensors of a WebGPU device. One of a single value that the host wrote needs no buffer until a kernel binds it. Knows nothing of programs. */
import type { DType } from "../../kernels/index.ts";
import { arrayOf, countOf, type Data, type Tensor } from "./device.ts";
import { bytesOf } from "./webgpu-memory.ts";
import type { Range } from "./webgpu-program.ts";

export interface GpuTensor extends Tensor {
  dtype: DType;
  shape: readonly number[];
  /** Where it lies; nowhere while the host's word is all there is. */
  range: Range | undefined;
  /** The only value of a tensor that the host wrote, as it lies in memory. */
  word: number | undefined;
}

/** The bytes of a tensor on the device. */
export const sizeOfTensor = ({ dtype, shape }: Tensor): number => bytesOf(dtype, countOf(shape));

/** Values as they lie on the device: in whole words, each truth value in one of its own. */
export function packed(dtype: DType, data: Data): Uint32Array<ArrayBuffer> {
  if (dtype === "bool") return Uint32Array.from(data);
  const whole = data.byteLength % 4 === 0 && data.byteOffset % 4 === 0 && data.buffer instanceof ArrayBuffer;
  if (whole) return new Uint32Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength / 4);
  const bytes = new Uint8Array(Math.ceil(data.byteLength / 4) * 4);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return new Uint32Array(bytes.buffer);
}

/** Values of a type from the device's words. */
export function unpacked(dtype: DType, count: number, bytes: ArrayBuffer): Data {
  if (dtype === "bool") return Uint8Array.from(new Uint32Array(bytes, 0, count));
  const make = arrayOf(dtype);
  const places = dtype === "i4" || dtype === "u4" ? count / 2 : count;
  return new make(bytes, 0, places);
}

/** Tensors side by side in blocks of at most so many bytes, each where a binding may begin. */
export function slabs(
  tensors: readonly GpuTensor[],
  most: number,
): { bytes: number; places: { tensor: GpuTensor; offset: number }[] }[] {
  const made: { bytes: number; places: { tensor: GpuTensor; offset: number }[] }[] = [];
  for (const tensor of new Set(tensors)) {
    const size = Math.ceil(Math.max(1, sizeOfTensor(tensor)) / 256) * 256;
    let last = made.at(-1);
    if (!last || last.bytes + size > most) {
      last = { bytes: 0, places: [] };
      made.push(last);
    }
    last.places.push({ tensor, offset: last.bytes });
    last.bytes += size;
  }
  return made;
}
