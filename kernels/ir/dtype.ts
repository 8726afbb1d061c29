/**
 * Element types: what each holds and what a cast to it gives. f32, f16, i32, u32 and bool are computed with; the others are
 * for storage only: they are moved, gathered, cast and dequantized. Knows nothing of nodes or of bytes in memory.
 */

/** Every element type with its bits in memory; bool takes a byte. */
const widths = { f32: 32, f16: 16, bf16: 16, e4m3: 8, e5m2: 8, i32: 32, u32: 32, i8: 8, u8: 8, i4: 4, u4: 4, bool: 8 } as const;

/** Element types. Truth values are a type of their own; `e4m3` and `e5m2` are the eight-bit floats of OCP (E4M3 "fn", E5M2). */
export type DType = keyof typeof widths;
/** The element types that are computed with. */
export type Compute = "f32" | "f16" | "i32" | "u32" | "bool";

/** All element types. */
export const dtypes = Object.keys(widths) as readonly DType[];

/** How many bits a value takes in memory. */
export const bits = (dtype: DType): number => widths[dtype];

/** A float of `mantissa` stored bits whose smallest normal number is 2^`least`; beyond `most` it is `over`. */
interface Format {
  readonly mantissa: number;
  readonly least: number;
  readonly most: number;
  readonly over: number;
}

const infinite = Number.POSITIVE_INFINITY;
const floats: Readonly<Record<"f16" | "bf16" | "e4m3" | "e5m2", Format>> = {
  f16: { mantissa: 10, least: -14, most: 65504, over: infinite },
  bf16: { mantissa: 7, least: -126, most: (2 - 2 ** -7) * 2 ** 127, over: infinite },
  e4m3: { mantissa: 3, least: -6, most: 448, over: 448 },
  e5m2: { mantissa: 2, least: -14, most: 57344, over: 57344 },
};

const wholes: Readonly<Record<"i32" | "u32" | "i8" | "u8" | "i4" | "u4", readonly [least: number, most: number]>> = {
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [0, 2 ** 32 - 1],
  i8: [-128, 127],
  u8: [0, 255],
  i4: [-8, 7],
  u4: [0, 15],
};

const has = <T extends object>(table: T, key: string): key is Extract<keyof T, string> => Object.hasOwn(table, key);

/** Whether a type holds fractions. */
export const isFloat = (dtype: DType): boolean => dtype === "f32" || has(floats, dtype);
/** Whether a type holds whole numbers only (bool is neither a float nor a whole number). */
export const isWhole = (dtype: DType): boolean => has(wholes, dtype);
/** Whether a type is for storage only: moved, gathered, cast and dequantized, never computed with. */
export const isStorage = (dtype: DType): boolean => !["f32", "f16", "i32", "u32", "bool"].includes(dtype);

/** The smallest and the largest finite number of a type. */
export function rangeOf(dtype: DType): readonly [least: number, most: number] {
  if (has(wholes, dtype)) return wholes[dtype];
  if (dtype === "bool") return [0, 1];
  const most = dtype === "f32" ? (2 - 2 ** -23) * 2 ** 127 : floats[dtype].most;
  return [-most, most];
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** Halves go to the even neighbour, as in IEEE 754 and ONNX. */
export function roundEven(x: number): number {
  const down = Math.floor(x);
  return x - down === 0.5 ? down + (down % 2 === 0 ? 0 : 1) : Math.round(x);
}

/** The number of a small float nearest to x, halves to the even one; what is too large becomes the format's `over`. */
function nearest(x: number, { mantissa, least, most, over }: Format): number {
  double[0] = Math.abs(x);
  if (double[0] === infinite || Number.isNaN(x)) return Number.isNaN(x) ? x : Math.sign(x) * over;
  const exponent = ((words[1]! >>> 20) & 0x7ff) - 1023;
  const quantum = 2 ** (Math.max(exponent, least) - mantissa);
  const y = roundEven(double[0] / quantum) * quantum;
  const size = y > most ? over : y;
  return x < 0 || Object.is(x, -0) ? -size : size;
}

/**
 * What a cast gives. To a float: the nearest number, halves to the even one; f16 and bf16 overflow to infinity, e4m3 and
 * e5m2 to their largest number (f32 keeps what it is given: the interpreter is exact). To whole numbers: floats are cut towards
 * zero, NaN is 0, and what does not fit becomes the nearest that does; only between i32 and u32 the bits are kept. To bool:
 * whether it is not 0.
 */
export function converted(x: number, from: DType, to: DType): number {
  if (to === "bool") return x === 0 ? 0 : 1;
  if (to === "f32") return x;
  if (has(floats, to)) return nearest(x, floats[to]);
  if (to === "i32" && from === "u32") return x | 0;
  if (to === "u32" && from === "i32") return x >>> 0;
  const [least, most] = wholes[to];
  return Number.isNaN(x) ? 0 : Math.min(Math.max(Math.trunc(x), least), most) + 0;
}

/** x as a type holds it when it was computed exactly: f16 rounds, whole numbers wrap as their bits do, the rest is as it is. */
export function held(x: number, dtype: DType): number {
  if (dtype === "f16") return nearest(x, floats.f16);
  if (dtype === "i32") return x | 0;
  return dtype === "u32" ? x >>> 0 : x;
}
