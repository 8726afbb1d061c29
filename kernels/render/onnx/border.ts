/**
 * Dtypes at the border of a graph and within it. Floats of sixteen and eight bits are computed with as f32 and rounded where a
 * cast says so; numbers of four bits come two to a byte and are taken apart; u32 is int64, whose operators are complete.
 */
import { numberOf, type Small } from "../../ir/codes.ts";
import { bits, type DType, isFloat, isWhole, rangeOf } from "../../ir/dtype.ts";
import type { Axis } from "../../ir/node.ts";
import { divide, type Size } from "../../ir/size.ts";
import type { Emitter } from "./emitter.ts";
import { type ElementType, elementTypes } from "./proto.ts";

/** The element type that stands for a dtype inside a graph. */
export const inner: Readonly<Record<DType, ElementType>> = {
  f32: "float",
  f16: "float",
  bf16: "float",
  e4m3: "float",
  e5m2: "float",
  i32: "int32",
  u32: "int64",
  i8: "int8",
  u8: "uint8",
  i4: "int8",
  u4: "uint8",
  bool: "bool",
};

/** The element type of a dtype at the border, as a host can hand it over. */
const outer: Readonly<Record<DType, ElementType>> = {
  ...inner,
  f16: "float16",
  bf16: "uint16",
  e4m3: "uint8",
  e5m2: "uint8",
  u32: "uint32",
  i4: "uint8",
};

const four = (dtype: DType): boolean => bits(dtype) === 4;

/** Dimensions at the border: of numbers of four bits the last axis is half as long. */
const packed = (dtype: DType, sizes: readonly Size[]): readonly Size[] =>
  four(dtype) ? sizes.map((s, i) => (i === sizes.length - 1 ? (divide(s, 2) as Size) : s)) : sizes;

/** How a tensor of a dtype looks at the border. */
export const atBorder = (dtype: DType, axes: readonly Axis[]): { type: ElementType; shape: readonly Size[] } => ({
  type: outer[dtype],
  shape: packed(
    dtype,
    axes.map((a) => a.size),
  ),
});

const cast = (e: Emitter, x: string, to: ElementType): string => e.op("Cast", [x], { to: BigInt(elementTypes[to]) });

/** A value of the border as it is computed with. */
export function entering(e: Emitter, name: string, dtype: DType, axes: readonly Axis[]): string {
  if (dtype === "u32" || dtype === "f16") return cast(e, name, inner[dtype]);
  if (dtype === "bf16" || dtype === "e4m3" || dtype === "e5m2") return e.op("Gather", [codes(e, dtype), cast(e, name, "int32")]);
  return four(dtype) ? unpacked(e, name, dtype, axes) : name;
}

/** A value as it leaves. Throws for floats of which onnxruntime cannot show the bits. */
export function leaving(e: Emitter, name: string, dtype: DType, axes: readonly Axis[]): string {
  if (dtype === "u32" || dtype === "f16") return cast(e, name, outer[dtype]);
  if (dtype === "bf16" || dtype === "e4m3" || dtype === "e5m2")
    throw new Error(`onnx: results cannot be ${dtype}; cast them to f32`);
  return four(dtype) ? packing(e, name, axes) : name;
}

/** The numbers that all codes of a small float stand for. */
function codes(e: Emitter, dtype: Small): string {
  const count = 2 ** bits(dtype);
  return e.constant(
    "float",
    Array.from({ length: count }, (_, code) => numberOf(code, dtype)),
    [count],
  );
}

const fifteen = (e: Emitter): string => e.constant("uint8", [15]);

function unpacked(e: Emitter, name: string, dtype: DType, axes: readonly Axis[]): string {
  const sizes = axes.map((a) => a.size);
  const pairs = [...packed(dtype, sizes), 1];
  const low = e.reshape(e.op("BitwiseAnd", [name, fifteen(e)]), packed(dtype, sizes), pairs);
  const high = e.reshape(e.op("BitShift", [name, e.constant("uint8", [4])], { direction: "RIGHT" }), packed(dtype, sizes), pairs);
  const both = e.op("Concat", [low, high], { axis: -1n });
  const whole = e.reshape(both, [...pairs.slice(0, -1), 2], sizes);
  if (dtype === "u4") return whole;
  // Two's complement of four bits: (x xor 8) - 8.
  const signed = cast(e, e.op("BitwiseXor", [whole, e.constant("uint8", [8])]), "int32");
  return cast(e, e.op("Sub", [signed, e.constant("int32", [8])]), "int8");
}

function packing(e: Emitter, name: string, axes: readonly Axis[]): string {
  const sizes = axes.map((a) => a.size);
  const pairs = [...packed("u4", sizes), 2];
  const low4 = e.op("BitwiseAnd", [cast(e, name, "uint8"), fifteen(e)]);
  const both = e.reshape(low4, sizes, pairs);
  const part = (i: number) => e.op("Gather", [both, e.constant("int64", [i])], { axis: -1n });
  return e.op("BitwiseOr", [part(0), e.op("BitShift", [part(1), e.constant("uint8", [4])], { direction: "LEFT" })]);
}

const rounding = { f16: "float16", bf16: "bfloat16", e4m3: "float8e4m3fn", e5m2: "float8e5m2" } as const;

/** A cast as ir/dtype.ts means it: rounded half to even, and held at a narrow type's ends. */
export function converted(e: Emitter, x: string, from: DType, to: DType): string {
  if (to === "bool") return cast(e, x, "bool");
  if (to in rounding) return cast(e, cast(e, isFloat(from) ? x : cast(e, x, "float"), rounding[to as Small]), "float");
  if (to === "f32") return inner[from] === "float" ? x : cast(e, x, "float");
  if (to === "u32") return isFloat(from) ? cast(e, x, "int64") : cast(e, x, inner.u32);
  if (bits(to) > 8 || (isWhole(from) && within(from, to))) return cast(e, x, inner[to]);
  const type = isFloat(from) ? "float" : from === "u32" ? "int64" : "int32";
  const wide = inner[from] === type ? x : cast(e, x, type);
  const [least, most] = rangeOf(to);
  return cast(e, e.op("Clip", [wide, e.constant(type, [least]), e.constant(type, [most])]), inner[to]);
}

function within(from: DType, to: DType): boolean {
  const [[least, most], [low, high]] = [rangeOf(from), rangeOf(to)];
  return least >= low && most <= high;
}
