/** The mean over axes, and over what is present of them: the mean of none is 0. */
import { cast, div, maximum, mul, select } from "../ir/elementwise.ts";
import { axisOf, type Node } from "../ir/node.ts";
import { sum } from "../ir/reduce.ts";
import { times } from "../ir/size.ts";
import { sizeOf } from "../ir/source.ts";

/** sum / size over axes; with `present` (bool), the sum of the present over their number. */
export function mean(x: Node, over: readonly string[], present?: Node): Node {
  if (over.length === 0) return x;
  if (present) return div(sum(select(present, x, 0), over), maximum(count(present, x, over), 1));
  const size = times(...over.map((name) => axisOf(x, name)!.size));
  return typeof size === "number" ? mul(sum(x, over), 1 / size) : div(sum(x, over), sizeOf(size));
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
