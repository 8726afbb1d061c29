/**
 * Numbers to and from the arrays that hold them in host memory: floats of sixteen and eight bits as their codes, numbers of four
 * bits two to a byte along the last axis, the even place in the low half. Rounding is that of a cast (kernels/ir/dtype.ts).
 * Knows nothing of files, models or devices.
 */
import { codeOf, converted, type DType, isSmall, numberOf, roundEven, type Small } from "../../kernels/index.ts";

/** The arrays that hold values in host memory. */
export type HostArray = Float32Array | Int32Array | Uint32Array | Uint16Array | Int8Array | Uint8Array;

const tables = new Map<Small, Float32Array>();

/** Every number of a type, by code. */
function tableOf(dtype: Small): Float32Array {
  let table = tables.get(dtype);
  if (!table) {
    table = Float32Array.from({ length: dtype === "f16" || dtype === "bf16" ? 2 ** 16 : 2 ** 8 }, (_, c) => numberOf(c, dtype));
    tables.set(dtype, table);
  }
  return table;
}

function bf16(values: ArrayLike<number>): Uint16Array {
  const floats = values instanceof Float32Array ? values : Float32Array.from(values);
  const words = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  const out = new Uint16Array(words.length);
  for (let i = 0; i < out.length; i++) {
    const w = words[i]!;
    // Halves go to the even one: a carry out of the lower half, which NaN must not take.
    out[i] = (w & 0x7fffffff) > 0x7f800000 ? (w >>> 16) | 0x40 : (w + 0x7fff + ((w >>> 16) & 1)) >>> 16;
  }
  return out;
}

/** The whole number of a type nearest to x, halves to the even one; NaN is 0. */
const nearest = (x: number, dtype: DType): number => converted(roundEven(x), "f32", dtype);

function nibbles(values: ArrayLike<number>, dtype: "i4" | "u4"): Uint8Array {
  const code = (i: number): number => nearest(values[i] ?? 0, dtype) & 15;
  return Uint8Array.from({ length: Math.ceil(values.length / 2) }, (_, i) => code(2 * i) | (code(2 * i + 1) << 4));
}

/** Numbers as a dtype's array in host memory, each rounded to the nearest that it holds, halves to even. */
export function encoded(values: ArrayLike<number>, dtype: DType): HostArray {
  switch (dtype) {
    case "f32":
      return Float32Array.from(values);
    case "i32":
      return Int32Array.from(values);
    case "u32":
      return Uint32Array.from(values);
    case "bool":
      return Uint8Array.from(values, (v) => (v === 0 ? 0 : 1));
    case "f16":
      return new Uint16Array(Float16Array.from(values).buffer);
    case "bf16":
      return bf16(values);
    case "e4m3":
    case "e5m2":
      return Uint8Array.from(values, (v) => codeOf(v, dtype));
    case "i8":
      return Int8Array.from(values, (v) => nearest(v, dtype));
    case "u8":
      return Uint8Array.from(values, (v) => nearest(v, dtype));
    case "i4":
    case "u4":
      return nibbles(values, dtype);
    default:
      return dtype satisfies never;
  }
}

/** The numbers that a dtype's array stands for; `count` of them where two share a byte and the last byte may be half used. */
export function decoded(
  data: HostArray,
  dtype: DType,
  count = data.length * (dtype === "i4" || dtype === "u4" ? 2 : 1),
): HostArray {
  if (isSmall(dtype)) {
    const table = tableOf(dtype);
    const out = new Float32Array(data.length); // a loop: billions of weights pass here, and `from` is thirty times slower
    for (let i = 0; i < out.length; i++) out[i] = table[data[i]!]!;
    return out;
  }
  if (dtype !== "i4" && dtype !== "u4") return data;
  return Int8Array.from({ length: count }, (_, i) => {
    const code = (data[i >> 1]! >> (4 * (i & 1))) & 15;
    return dtype === "i4" && code > 7 ? code - 16 : code;
  });
}
