/** The mean over axes, and over what is present of them: the mean of none is 0. */
import { and, cast, div, gt, maximum, mul, select } from "../ir/elementwise.ts";
import { axisOf, type Node } from "../ir/node.ts";
import { sum } from "../ir/reduce.ts";
import { times } from "../ir/size.ts";
import { sizeOf } from "../ir/source.ts";
import { tried } from "./op.ts";

/** sum / size over axes, 0 of none; with `present` (bool), the sum of the present over their number. */
export function mean(x: Node, over: readonly string[], present?: Node): Node {
  if (over.length === 0) return x;
  if (present) return div(sum(select(present, x, 0), over), maximum(cast(count(present, x, over), x.dtype), 1));
  const size = times(...over.map((name) => axisOf(x, name)!.size));
  return typeof size === "number"
    ? mul(sum(x, over), 1 / Math.max(size, 1))
    : div(sum(x, over), maximum(sizeOf(size, x.dtype), 1));
}

/** How many places are present over axes, f32. */
export function count(present: Node, like: Node, over: readonly string[]): Node {
  const ones = cast(present, "f32");
  const missing = over.filter((name) => !axisOf(ones, name));
  const size = times(...missing.map((name) => axisOf(like, name)!.size));
  return mul(
    sum(
      ones,
      over.filter((name) => axisOf(ones, name)),
    ),
    sizeOf(size),
  );
}

tried((given) => {
  const [x, p, row] = [given("x", "b s d"), given("p", "b s", "bool"), given("row", "b", "u32")];
  return [
    ["mean over a symbolic axis", mean(x, ["s", "d"])],
    ["mean of the present, of none 0", mean(x, ["s"], and(p, gt(cast(row, "f32"), 2 ** 31)))],
  ];
});
