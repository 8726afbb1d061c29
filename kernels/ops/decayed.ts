/** y[i] = x[i] + by * y[i + 1] along an axis, by products with a triangle of powers (Schulman et al. 2016, GAE). */
import { cast, ge, maximum, type Operand, pow, select, sub } from "../ir/elementwise.ts";
import { axisOf, fail, type Node } from "../ir/node.ts";
import { contract } from "../ir/reduce.ts";
import { rename } from "../ir/shape.ts";
import { iota } from "../ir/source.ts";
import { tried } from "./op.ts";

/** Discounted sums from each place to the end of the axis; `by` has no axes. */
export function decayed(x: Node, by: Operand, name: string): Node {
  const along = axisOf(x, name) ?? fail("decayed", `no axis ${name}`, [x]);
  const from = { name: `${name}.from`, size: along.size };
  const distance = sub(iota(along), iota(from));
  const weights = select(ge(distance, 0), pow(by, cast(maximum(distance, 0), "f32")), 0);
  return rename(contract(x, weights, [name]), { [from.name]: name });
}

tried((given) => [["decayed sums", decayed(given("x", "b s d"), 0.9, "s")]]);
