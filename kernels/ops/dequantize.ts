/**
 * dequantize(q, scale, zero?): (q - zero) * scale, where scale and zero hold for groups of consecutive places along an axis, or
 * for all of it. With the code "nf4" q names one of the sixteen numbers of NormalFloat (Dettmers et al. 2023, "QLoRA",
 * appendix E). A device that multiplies by the result reads the packed numbers and never holds it.
 */
import { cast, gt, mul, sub } from "../ir/elementwise.ts";
import { gather } from "../ir/lookup.ts";
import { axis, axisOf, fail, hasAxis, make, type Node } from "../ir/node.ts";
import { contract, sum } from "../ir/reduce.ts";
import { merge, split } from "../ir/shape.ts";
import { divide, type Size } from "../ir/size.ts";
import { tensor } from "../ir/source.ts";
import { composed } from "./op.ts";

/** What whole numbers of four bits stand for: themselves, or the quantiles of a normal distribution. */
export type Code = "linear" | "nf4";

/** The attributes of a dequantization: `group` places along `axis` share a scale. */
export type DequantizeAttrs = { axis: string; group: Size; code: Code };

/** The numbers of NF4: quantiles of a normal distribution, 0 among them, the ends at -1 and 1. */
export const nf4: readonly number[] = [
  -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
  -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
  0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
];

/** The name of the places within a group. */
const inner = (name: string): string => `${name}.place`;

/** A tensor with the grouped axis cut into groups and the places within, where the scale has groups. */
const grouped = (x: Node, scale: Node, { axis: name, group }: DequantizeAttrs): Node =>
  hasAxis(scale, name) ? split(x, name, [axisOf(scale, name)!, axis(inner(name), group)]) : x;

/** q - zero in f32, or what its codes stand for, groups cut. */
function centred(q: Node, scale: Node, zero: Node | undefined, attrs: DequantizeAttrs): Node {
  const values = attrs.code === "nf4" ? gather(tensor(nf4, [axis("code", 16)]), cast(q, "i32"), "code") : cast(q, "f32");
  const cut = grouped(values, scale, attrs);
  return zero ? sub(cut, cast(zero, "f32")) : cut;
}

composed<DequantizeAttrs>("dequantize", {
  signature: (inputs, { axis: name, group, code }) => {
    const [q, scale, zero] = inputs as [Node, Node, Node?];
    const along = axisOf(q, name) ?? fail("dequantize", `no axis ${name}`, inputs);
    if (scale.dtype !== "f32" && scale.dtype !== "f16") fail("dequantize", "the scale is a float", inputs);
    if (q.dtype === "bool" || (code === "nf4" && (q.dtype !== "u4" || zero)))
      fail("dequantize", "takes numbers; nf4 are u4 without zero points", inputs);
    for (const part of zero ? [scale, zero] : [scale])
      for (const a of part.axes) {
        const size = a.name === name ? divide(along.size, group) : axisOf(q, a.name)?.size;
        if (size !== a.size) fail("dequantize", `${a.name} of ${a.size}: groups of ${group} leave ${size}`, inputs);
      }
    if (zero && hasAxis(zero, name) && !hasAxis(scale, name))
      fail("dequantize", "zero points have no more groups than scales", inputs);
    return { dtype: "f32", axes: q.axes };
  },
  lower: ([q, scale, zero], attrs) => {
    const given = attrs as DequantizeAttrs;
    const product = mul(centred(q!, scale!, zero, given), cast(scale!, "f32"));
    return hasAxis(scale!, given.axis) ? merge(product, [given.axis, inner(given.axis)], given.axis) : product;
  },
  gradient: ({ inputs: [q, scale, zero], attrs }, g) => {
    const given = attrs as DequantizeAttrs;
    return [undefined, cast(mul(grouped(g, scale!, given), centred(q!, scale!, zero, given)), scale!.dtype), undefined];
  },
  cases: (given) => {
    const scales = given("scales", "v d=3");
    const [x, groups] = [given("x64", "b s n=64"), given("groups", "v n=2")];
    return [
      ["dequantize a whole row", dequantize(given("q8", "v d", "i8"), given("scale", "v"), "d")],
      ["dequantize i4 in groups", dequantize(given("q4", "v d", "i4"), scales, "d")],
      [
        "dequantize u4 in groups with zero points",
        dequantize(given("u4", "v d", "u4"), scales, "d", { zero: given("z", "v d=3", "u8") }),
      ],
      [
        "dequantize u8 with a zero point a row",
        dequantize(given("u8", "v d", "u8"), given("scale", "v"), "d", { zero: given("z", "v", "u8") }),
      ],
      ["dequantize nf4 in groups", dequantize(given("u4", "v d", "u4"), scales, "d", { code: "nf4" })],
      ["nf4 codes and back", dequantize(nf4Codes(mul(given("y", "s d"), 0.5)), given("r", "s"), "d", { code: "nf4" })],
      ["dequantize e4m3", dequantize(given("f8", "v d", "e4m3"), given("scale", ""), "d")],
      ["a product with i4 weights in groups", contract(x, dequantize(given("w4", "v n=64", "i4"), groups, "n"), ["n"])],
      [
        "a product with u4 weights in groups with zero points",
        contract(x, dequantize(given("wu4", "v n=64", "u4"), groups, "n", { zero: given("z", "v n=2", "u8") }), ["n"]),
      ],
      ["a product with nf4 weights", contract(x, dequantize(given("wn4", "v n=64", "u4"), groups, "n", { code: "nf4" }), ["n"])],
      ["a product with i8 weights", contract(x, dequantize(given("w8", "n=64 v", "i8"), given("column", "v"), "n"), ["n"])],
      ["a product with e4m3 weights", contract(x, dequantize(given("f8", "v n=64", "e4m3"), given("column", "v"), "n"), ["n"])],
      ["a product with bf16 weights", contract(x, cast(given("b16", "n=64 v", "bf16"), "f32"), ["n"])],
      ["dequantize groups along another axis", dequantize(given("q8", "d v=8", "i8"), given("scales", "d=2 v=8"), "d")],
    ];
  },
});

/**
 * What quantized numbers stand for, in f32: `scale` has some of q's axes, and `axis` with as many places as there are groups
 * (none: the whole axis is one). `zero`, of any dtype, has axes as the scale.
 */
export function dequantize(
  q: Node,
  scale: Node,
  name: string,
  { zero, code = "linear" }: { zero?: Node; code?: Code } = {},
): Node {
  const [along, groups] = [axisOf(q, name), axisOf(scale, name)];
  const group = along && divide(along.size, groups?.size ?? 1);
  if (group === undefined) return fail("dequantize", `${name} of ${along?.size} in ${groups?.size} groups`, [q, scale]);
  return make("dequantize", zero ? [q, scale, zero] : [q, scale], { axis: name, group, code });
}

/** The codes (u4) of the NF4 numbers nearest to x, which lies in -1..1; halfway it is the lower one. */
export function nf4Codes(x: Node): Node {
  const between = nf4.slice(1).map((v, i) => (v + nf4[i]!) / 2);
  return cast(sum(cast(gt(x, tensor(between, [axis("code", 15)])), "i32"), ["code"]), "u4");
}
