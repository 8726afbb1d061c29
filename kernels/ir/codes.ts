/**
 * The bits of small numbers: every number that f16, bf16, e4m3 and e5m2 hold has one code, sign first, then exponent, then
 * mantissa (OCP 8-bit floating point 1.0; IEEE 754). Whole numbers are their two's complement.
 */
import { bits, converted, type DType } from "./dtype.ts";

const layouts = {
  f16: { exponent: 5, mantissa: 10 },
  bf16: { exponent: 8, mantissa: 7 },
  e4m3: { exponent: 4, mantissa: 3 },
  e5m2: { exponent: 5, mantissa: 2 },
} as const;

/** The dtypes whose numbers have codes of at most sixteen bits. */
export type Small = keyof typeof layouts;

/** The number a code stands for. */
export function numberOf(code: number, dtype: Small): number {
  const { exponent, mantissa } = layouts[dtype];
  const top = 2 ** exponent - 1;
  const bias = 2 ** (exponent - 1) - 1;
  const sign = code >>> (exponent + mantissa) ? -1 : 1;
  const power = (code >>> mantissa) & top;
  const part = code & (2 ** mantissa - 1);
  // E4M3 "fn" has no infinities: of its largest exponent only the last mantissa is not a number.
  if (dtype === "e4m3" ? power === top && part === 7 : power === top)
    return part === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (power === 0 ? part * 2 ** (1 - bias - mantissa) : (2 ** mantissa + part) * 2 ** (power - bias - mantissa));
}

/** The code of the number nearest to x, as `converted` rounds; NaN has the code with every bit below the sign set, or the quiet one. */
export function codeOf(x: number, dtype: Small): number {
  const { exponent, mantissa } = layouts[dtype];
  const bias = 2 ** (exponent - 1) - 1;
  const top = (2 ** exponent - 1) * 2 ** mantissa;
  if (Number.isNaN(x)) return dtype === "e4m3" ? 0x7f : top + 2 ** (mantissa - 1);
  const y = converted(x, "f32", dtype);
  const sign = y < 0 || Object.is(y, -0) ? 2 ** (bits(dtype) - 1) : 0;
  const size = Math.abs(y);
  if (size === Number.POSITIVE_INFINITY) return sign + top;
  const least = 1 - bias;
  if (size < 2 ** least) return sign + size / 2 ** (least - mantissa);
  let power = Math.floor(Math.log2(size));
  if (2 ** power > size) power--;
  return sign + (power + bias) * 2 ** mantissa + (size / 2 ** power - 1) * 2 ** mantissa;
}

/** Whether a dtype's numbers have codes of at most sixteen bits. */
export const isSmall = (dtype: DType): dtype is Small => Object.hasOwn(layouts, dtype);
