/** Uniform and normal numbers from Philox words (see ir/lookup.ts): the same on every device for a seed. */
import { add, cast, cos, idiv, log, mul, sqrt } from "../ir/elementwise.ts";
import { philox } from "../ir/lookup.ts";
import { type Axis, axis, type Node } from "../ir/node.ts";
import { tried } from "./op.ts";

/** Where a draw stands: the run's seed and step (u32 scalars), the row each place belongs to (u32), the place in the program. */
export interface Draw {
  readonly seed: Node;
  readonly step: Node;
  readonly row: Node;
  readonly place: number;
}

const unit = (word: Node): Node => mul(add(cast(idiv(word, 256), "f32"), 0.5), 2 ** -24);

/** Uniform in (0, 1), in steps of 2^-24; neither end occurs. */
export const uniform = (axes: readonly Axis[], { seed, step, row, place }: Draw): Node =>
  unit(philox(axes, seed, step, row, place, 0));

/** Normal with mean 0 and variance 1 (Box and Muller 1958). */
export const normal = (axes: readonly Axis[], { seed, step, row, place }: Draw): Node => {
  const [a, b] = [0, 1].map((word) => unit(philox(axes, seed, step, row, place, word))) as [Node, Node];
  return mul(sqrt(mul(log(a), -2)), cos(mul(b, 2 * Math.PI)));
};

tried((given) => {
  const [seed, step, row] = [given("seed", "", "u32"), given("step", "", "u32"), given("row", "b", "u32")];
  const [b, s, d] = [axis("b", "b"), axis("s", "s"), axis("d", 6)];
  const x = given("x", "b s d");
  return [
    ["philox words", mul(cast(philox([b, s, d], seed, step, row, 7, 2), "f32"), x)],
    ["uniform numbers", add(uniform([b, s, d], { seed, step, row, place: 1 }), x)],
    ["normal numbers", normal([b, d], { seed, step, row, place: 2 })],
  ];
});
