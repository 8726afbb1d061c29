/**
 * Element types in WGSL: what a value is in registers, and how narrow ones lie in memory, several to a word of 32 bits, the first in its
 * lowest bits. Everything narrower than a word is computed with as f32, i32 or u32. Where a device has halves (`half`), a tensor in f16 is
 * bound as such rather than as words: values are loaded without unpacking, and widened as they come. No arithmetic is done in halves: a
 * product of two may be more than the largest of them.
 */
import { bits, type DType, isFloat, rangeOf } from "../../ir/dtype.ts";

/** The WGSL type that holds a value of a dtype. */
export const register = (dtype: DType): "f32" | "i32" | "u32" | "bool" =>
  dtype === "bool" ? "bool" : isFloat(dtype) ? "f32" : rangeOf(dtype)[0] < 0 ? "i32" : "u32";

/** How many values of a dtype lie in a word; a truth value takes a whole one. */
export const perWord = (dtype: DType): number => (dtype === "bool" ? 1 : 32 / bits(dtype));

/** The type of a storage array's elements. */
export const element = (dtype: DType, half = false): "f32" | "i32" | "u32" | "f16" =>
  half ? "f16" : dtype === "f32" || dtype === "i32" ? dtype : "u32";

/** A value out of the word that holds it; `at` is its place in the word, an expression in u32. */
export function unpacked(dtype: DType, word: string, at: string): string {
  const size = bits(dtype);
  if (dtype === "f16") return `unpack2x16float(${word})[${at}]`;
  if (dtype === "bf16") return `bitcast<f32>((${word} >> (${at} * 16u)) << 16u)`;
  if (register(dtype) === "i32") return `extractBits(bitcast<i32>(${word}), ${at} * ${size}u, ${size}u)`;
  const part = `extractBits(${word}, ${at} * ${size}u, ${size}u)`;
  return isFloat(dtype) ? `neuro_from_${dtype}(${part})` : part;
}

/** The value at a place of a binding, as an expression; `at` is an i32. */
export function loaded(dtype: DType, binding: string, at: string, half = false): string {
  if (half) return `f32(${binding}[${at}])`;
  if (dtype === "bool") return `${binding}[${at}] != 0u`;
  const many = perWord(dtype);
  return many === 1 ? `${binding}[${at}]` : unpacked(dtype, `${binding}[${at} / ${many}]`, `u32(${at} % ${many})`);
}

/** A value's bits in the lowest of a word. */
export function bitsOf(dtype: DType, value: string): string {
  if (dtype === "f16") return `(pack2x16float(vec2f(${value}, 0f)) & 0xffffu)`;
  if (isFloat(dtype)) return `neuro_to_${dtype}(${value})`;
  return `(u32(${value}) & ${2 ** bits(dtype) - 1}u)`;
}

/** A cast, as an expression: see `converted` in ir/dtype.ts for what it gives. */
export function cast(from: DType, to: DType, x: string): string {
  const [was, will] = [register(from), register(to)];
  if (to === "bool") return `bool(${x})`;
  if (to === "f16" && from !== "f16") return `unpack2x16float(pack2x16float(vec2f(${was === "f32" ? x : `f32(${x})`}, 0f))).x`;
  if (isFloat(to)) {
    const real = was === "f32" ? x : `f32(${x})`;
    return to === "f32" || to === from || to === "f16" ? real : `neuro_from_${to}(neuro_to_${to}(${real}))`;
  }
  if (bits(to) === 32) return was === will ? x : `${will}(${x})`;
  const [least, most] = rangeOf(to);
  if (was === "bool") return `${will}(${x})`;
  // A NaN becomes 0.
  if (was === "f32")
    return `select(${will}(clamp(${x}, ${least < 0 ? `(${least}f)` : `${least}f`}, ${most}f)), ${will}(0), ${x} != ${x})`;
  if (was === "u32") return `${will}(min(${x}, ${most}u))`;
  return `${will}(clamp(${x}, ${least < 0 ? `(${least}i)` : `${least}i`}, ${most}i))`;
}

/** The type of a storage array's elements when each holds four values (of four bits: eight). */
export const elementOfFour = (dtype: DType, half = false): string => {
  if (half) return "vec4<f16>";
  const words = (4 * bits(dtype)) / 32;
  return words <= 1 ? "u32" : `vec${words}<${element(dtype)}>`;
};

/** The four values from a place on, which is a multiple of four, as a vector; the binding's elements are those of `elementOfFour`. */
export function fours(dtype: DType, binding: string, at: string, half = false): string {
  if (half) return `vec4f(${binding}[${at} / 4])`;
  const word = `${binding}[${at} / ${bits(dtype) === 4 ? 8 : 4}]`;
  if (bits(dtype) === 32) return word;
  if (dtype === "f16") return `vec4f(unpack2x16float(${word}.x), unpack2x16float(${word}.y))`;
  if (dtype === "bf16")
    return `bitcast<vec4f>(vec4u(${word}.x << 16u, ${word}.x & 0xffff0000u, ${word}.y << 16u, ${word}.y & 0xffff0000u))`;
  if (bits(dtype) === 8) {
    const parts = [0, 1, 2, 3].map((i) => unpacked(dtype, word, `${i}u`));
    return `vec4<${register(dtype)}>(${parts.join(", ")})`;
  }
  const shifted = `vec4u(${word} >> (u32(${at} % 8) * 4u)) >> vec4u(0u, 4u, 8u, 12u)`;
  return register(dtype) === "u32" ? `(${shifted}) & vec4u(15u)` : `bitcast<vec4i>((${shifted}) << vec4u(28u)) >> vec4u(28u)`;
}

/** The eight values from a place on, which is a multiple of eight, as two vectors: those of four bits lie in one word. */
export function eights(dtype: DType, binding: string, at: string, half = false): [string, string] {
  if (bits(dtype) !== 4) return [fours(dtype, binding, at, half), fours(dtype, binding, `(${at} + 4)`, half)];
  const fourFrom = (first: number): string => {
    const shifts = [0, 1, 2, 3].map((i) => (first + i) * 4);
    const word = `${binding}[${at} / 8]`;
    if (register(dtype) === "u32") return `(vec4u(${word}) >> vec4u(${shifts.map((n) => `${n}u`).join(", ")})) & vec4u(15u)`;
    return `bitcast<vec4i>(vec4u(${word}) << vec4u(${shifts.map((n) => `${28 - n}u`).join(", ")})) >> vec4u(28u)`;
  };
  return [fourFrom(0), fourFrom(4)];
}

/** The value at a place of a binding whose elements are those of `elementOfFour`. */
export function oneOfFour(dtype: DType, binding: string, at: string, half = false): string {
  if (half) return `f32(${binding}[${at} / 4][${at} % 4])`;
  if (bits(dtype) === 32) return `${binding}[${at} / 4][${at} % 4]`;
  if (bits(dtype) === 16) return unpacked(dtype, `${binding}[${at} / 4][${at} / 2 % 2]`, `u32(${at} % 2)`);
  return loaded(dtype, binding, at);
}
