/**
 * quantize(x, scale, zero?): the nearest of the numbers that a narrow type can hold, halves to the even one, held at its ends:
 * round(x / scale) + zero for whole numbers, x / scale for eight-bit floats. Knows nothing of groups: give the scale axes.
 */

import { type DType, isFloat, isStorage, isWhole, rangeOf } from "../ir/dtype.ts";
import { abs, add, broadcast, cast, div, maximum, mul, round } from "../ir/elementwise.ts";
import { fail, make, type Node } from "../ir/node.ts";
import { contract, reduceMax } from "../ir/reduce.ts";
import { composed } from "./op.ts";

composed<{ to: DType }>("quantize", {
  pointwise: true,
  signature: (inputs, { to }) => {
    const [x, scale, zero] = inputs;
    if (!isStorage(to)) fail("quantize", `to a type for storage, not ${to}`, inputs);
    if (x!.dtype !== "f32" || scale!.dtype !== "f32") fail("quantize", "takes f32 and a scale in f32", inputs);
    if (zero && !isWhole(to)) fail("quantize", `${to} has no zero point`, inputs);
    return { dtype: to, axes: broadcast("quantize", inputs) };
  },
  lower: ([x, scale, zero], attrs) => {
    const to = attrs.to as DType;
    const scaled = div(x!, scale!);
    if (isFloat(to)) return cast(scaled, to);
    return cast(zero ? add(round(scaled), cast(zero, "f32")) : round(scaled), to);
  },
  cases: (given) => {
    const x = given("x", "b s d");
    const rows = scaleOf(x, ["d"], "i8");
    return [
      ["quantize rows to i8", quantize(x, rows, "i8")],
      ["quantize to u8 with a zero point", quantize(x, rows, "u8", given("zero", "b s", "u8"))],
      ["quantize to i4", quantize(x, scaleOf(x, ["d"], "i4"), "i4")],
      ["quantize to e4m3", cast(quantize(x, scaleOf(x, ["b", "s", "d"], "e4m3"), "e4m3"), "f32")],
      ["quantize to e5m2", cast(quantize(x, scaleOf(x, ["d"], "e5m2"), "e5m2"), "f32")],
      ["a product of eight-bit rows and columns", quantizedContract(x, given("wq", "d v", "i8"), given("ws", "v"), ["d"])],
    ];
  },
});

/** x as numbers of a type for storage; `scale` (f32, above 0) and `zero` are spread by name. */
export const quantize = (x: Node, scale: Node, to: DType, zero?: Node): Node =>
  make("quantize", zero ? [x, scale, zero] : [x, scale], { to });

/** The scale at which the largest number over some axes just fits a type, without zero point; a scale of 0 does not occur. */
export const scaleOf = (x: Node, over: readonly string[], to: DType): Node =>
  mul(maximum(reduceMax(abs(x), over), 1e-5), 1 / rangeOf(to)[1]);

/**
 * x times eight-bit weights, summed over axes: rows of x are quantized as they come, products are summed in i32, and scales of
 * rows and columns are multiplied in at the end (Dettmers et al. 2022, "LLM.int8()", section 2.1, without outliers).
 */
export function quantizedContract(x: Node, weights: Node, scale: Node, over: readonly string[]): Node {
  const rows = scaleOf(x, over, "i8");
  return mul(mul(cast(contract(quantize(x, rows, "i8"), weights, over), "f32"), rows), scale);
}
