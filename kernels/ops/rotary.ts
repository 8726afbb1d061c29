/**
 * Rotary positions (Su et al. 2021, "RoFormer", section 3.2.2): channel i of the first half of an axis and channel i of the second are
 * turned by the angle place * base^(-i / half), as in Llama. Products of two turned vectors depend on their distance alone.
 */
import { add, cast, cos, mul, neg, sin, sub } from "../ir/elementwise.ts";
import { type Attrs, axis, axisOf, fail, make, type Node } from "../ir/node.ts";
import { concat, slice } from "../ir/shape.ts";
import { iota, tensor } from "../ir/source.ts";
import { composed } from "./op.ts";

interface Turn extends Attrs {
  readonly axis: string;
  readonly base: number;
}

composed<Turn>("rotary", {
  signature: (inputs, { axis: name }) => {
    const [x, place] = inputs;
    const size = axisOf(x!, name)?.size;
    if (typeof size !== "number" || size % 2 !== 0) fail("rotary", `${name} needs an even constant size`, inputs);
    if ((x!.dtype !== "f32" && x!.dtype !== "f16") || place!.dtype !== "i32")
      fail("rotary", "takes floats and places in i32", inputs);
    for (const a of place!.axes)
      if (a.name === name || axisOf(x!, a.name)?.size !== a.size) fail("rotary", `no axis ${a.name}`, inputs);
    return { dtype: x!.dtype, axes: x!.axes };
  },
  lower: ([x, place], attrs) => {
    const { axis: name, base } = attrs as Turn;
    const half = (axisOf(x!, name)!.size as number) / 2;
    const speeds = Array.from({ length: half }, (_, i) => base ** (-i / half));
    const angle = mul(cast(place!, "f32"), tensor(speeds, [axis(name, half)]));
    const wide = cast(x!, "f32");
    const [a, b] = [slice(wide, name, 0, half), slice(wide, name, half, half)];
    const [c, s] = [cos(angle), sin(angle)];
    return cast(concat([sub(mul(a, c), mul(b, s)), add(mul(b, c), mul(a, s))], name), x!.dtype);
  },
  gradient: ({ inputs: [, place], attrs }, g) => [rotary(g, neg(place!), attrs.axis as string, attrs.base as number), undefined],
  cases: (given) => [
    ["rotary", rotary(given("m", "b s h d"), iota(axis("s", "s")), "d")],
    ["rotary by places of each row", rotary(given("x", "b s d"), given("below9", "b s", "i32"), "d", 500)],
  ],
});

/** x with the channels of an axis (of even constant size) turned by `place` (i32, some of x's other axes). */
export const rotary = (x: Node, place: Node, name: string, base = 10_000): Node =>
  make("rotary", [x, place], { axis: name, base });
