/**
 * A program over narrow weights: each weight that a scheme names comes as numbers of a few bits with their scales, and is widened where
 * it is read. Products keep it narrow on devices that can; with eight-bit activations they are products of whole numbers.
 */
import type { DType } from "../ir/dtype.ts";
import { cast, mul } from "../ir/elementwise.ts";
import { gather } from "../ir/lookup.ts";
import { type Axis, hasAxis, type Node, namesOf } from "../ir/node.ts";
import { inputOf, type Program } from "../ir/program.ts";
import { contract } from "../ir/reduce.ts";
import { mapProgram } from "../ir/rewrite.ts";
import { merge, pad, rename, slice, split } from "../ir/shape.ts";
import { input } from "../ir/source.ts";
import { type Code, dequantize } from "../ops/dequantize.ts";
import { quantizedContract } from "../ops/quantize.ts";
import { partOf, type Use, useOf, usesOfWeights, type View, viewOf } from "./views.ts";

/** How one weight is stored. */
export interface Scheme {
  /** f16 and bf16 are cast; eight-bit floats have a scale a row; whole numbers and nf4 (`u4`) one a group. */
  readonly dtype: DType;
  /** How many numbers along what products sum share a scale; all of them by default. */
  readonly group?: number;
  /** Zero points (asymmetric): whole numbers without sign. */
  readonly zero?: boolean;
  readonly code?: Code;
  /** The largest number that is used, where fewer bits than the type's are wanted (3 of `i4` are three bits). */
  readonly most?: number;
  /** Activations are made eight-bit numbers row by row: for `i8` with one scale a row. */
  readonly activations?: boolean;
}

/** How a weight lies now: what a host needs to convert one. */
export interface Layout {
  readonly path: string;
  readonly scheme: Scheme;
  /** The weight's axes in memory as it was. */
  readonly axes: readonly Axis[];
  /** Its axes that products sum: they are one axis, the last, of the narrow numbers, behind the others. */
  readonly inside: readonly string[];
  /** Places of that axis; of them, those beyond the product of `inside` are zeros that fill the last group. */
  readonly long: number;
}

/** The paths of a narrow weight's numbers, scales and zero points. */
export const narrowPaths = (path: string): { q: string; scale: string; zero: string } => ({
  q: `${path}.q`,
  scale: `${path}.scale`,
  zero: `${path}.zero`,
});

const plain = (dtype: DType): boolean => dtype === "f16" || dtype === "bf16";

function layoutOf(weight: Node, scheme: Scheme, products: readonly Use[]): Layout {
  const inside = namesOf(partOf(weight, products[0]!.over, true));
  const count = weight.axes.filter((a) => inside.includes(a.name)).reduce((n, a) => n * (a.size as number), 1);
  const step = scheme.group ?? (scheme.dtype === "i4" || scheme.dtype === "u4" ? 2 : 1);
  return { path: inputOf(weight).name, scheme, axes: weight.axes, inside, long: Math.ceil(count / step) * step };
}

/** The one axis that stands for those which products sum. */
const long = (layout: Layout): Axis => ({ name: layout.inside.length === 1 ? layout.inside[0]! : "in", size: layout.long });

/** The numbers, scales and zero points as inputs, under names that axes are seen by. */
function parts(layout: Layout, names: Readonly<Record<string, string>>): { q: Node; scale: Node; zero: Node | undefined } {
  const { path, scheme, axes, inside } = layout;
  const outside = axes.filter((a) => !inside.includes(a.name));
  const paths = narrowPaths(path);
  const groups: Axis[] = scheme.group ? [{ name: long(layout).name, size: layout.long / scheme.group }] : [];
  const given = (name: string, dtype: DType, own: readonly Axis[]) => rename(input(name, "weight", dtype, own), names);
  return {
    q: given(paths.q, scheme.dtype, [...outside, long(layout)]),
    scale: given(paths.scale, "f32", [...outside, ...groups]),
    zero: scheme.zero ? given(paths.zero, "u8", [...outside, ...groups]) : undefined,
  };
}

const widened = ({ q, scale, zero }: ReturnType<typeof parts>, axis: string, code: Code | undefined): Node =>
  dequantize(q, scale, axis, { ...(zero && { zero }), ...(code && { code }) });

/** The whole weight in f32, as it was. */
function whole(layout: Layout): Node {
  const { path, scheme, axes, inside } = layout;
  if (plain(scheme.dtype)) return cast(input(path, "weight", scheme.dtype, axes), "f32");
  const along = long(layout);
  const was = axes.filter((a) => inside.includes(a.name));
  const all = widened(parts(layout, {}), along.name, scheme.code);
  const cut = slice(
    all,
    along.name,
    0,
    was.reduce((n, a) => n * (a.size as number), 1),
  );
  return inside.length === 1 ? cut : split(cut, along.name, was);
}

/** x with the axes that a product sums as one, filled up to whole groups. */
function lined(x: Node, layout: Layout, seen: Readonly<Record<string, string>>): { x: Node; axis: string } {
  const names = layout.inside.map((name) => seen[name]!);
  const axis = names.length === 1 ? names[0]! : "in";
  const one = names.length === 1 ? x : merge(x, names, axis);
  const size = one.axes.find((a) => a.name === axis)!.size as number;
  return { x: size === layout.long ? one : pad(one, axis, 0, layout.long - size, 0), axis };
}

/** The product of x with a narrow weight. */
function product(now: Node, use: Use, layout: Layout): Node {
  const { scheme } = layout;
  const { node, other, view } = use;
  const seen = Object.fromEntries([...view.own].map(([name, mine]) => [mine, name]));
  const given = now.inputs[node.inputs[0] === other ? 0 : 1]!;
  const scaled = view.scales.reduce(mul, given);
  if (plain(scheme.dtype)) return contract(scaled, rename(whole(layout), seen), node.attrs.over as string[]);
  const { x, axis } = lined(scaled, layout, seen);
  const all = parts(layout, seen);
  if (scheme.activations) return quantizedContract(x, all.q, all.scale, [axis]);
  return contract(x, widened(all, axis, scheme.code), [axis]);
}

/** What a lookup finds along another axis than the summed one: only these rows are widened. */
function lookup(now: Node, view: View, layout: Layout): Node | undefined {
  const axis = now.attrs.axis as string;
  const own = view.own.get(axis);
  if (plain(layout.scheme.dtype) || !own || layout.inside.length !== 1 || layout.inside[0] === own || view.scales.length > 0)
    return undefined;
  const seen = Object.fromEntries([...view.own].map(([name, mine]) => [mine, name]));
  const at = (x: Node) => (hasAxis(x, axis) ? gather(x, now.inputs[1]!, axis) : x);
  const { q, scale, zero } = parts(layout, seen);
  const along = seen[layout.inside[0]!]!;
  const found = widened({ q: at(q), scale: at(scale), zero: zero && at(zero) }, along, layout.scheme.code);
  return slice(found, along, 0, layout.axes.find((a) => a.name === layout.inside[0])!.size);
}

/**
 * The program with the weights that `scheme` names (by path) as narrow ones, and how each lies: those that products read. A weight whose
 * products sum different axes is laid out as its first product wants it, and widened whole elsewhere.
 */
export function quantized(p: Program, scheme: (path: string) => Scheme | undefined): { program: Program; layouts: Layout[] } {
  const layouts = new Map<Node, Layout>();
  for (const [weight, { products }] of usesOfWeights(p)) {
    const wished = weight.axes.length > 1 && products.length > 0 ? scheme(inputOf(weight).name) : undefined;
    if (wished) layouts.set(weight, layoutOf(weight, wished, products));
  }
  const program = mapProgram(p, (now, was) => {
    if (was.op === "input") {
      const layout = layouts.get(was);
      return layout ? whole(layout) : now;
    }
    const use = useOf(was);
    const layout = use && layouts.get(use.view.weight);
    if (layout && namesOf(partOf(use.view.weight, use.over, true)).join() === layout.inside.join())
      return product(now, use, layout);
    if (was.op !== "gather") return now;
    const view = viewOf(was.inputs[0]!);
    const looked = view && layouts.get(view.weight);
    return (looked && lookup(now, view, looked)) ?? now;
  });
  return { program, layouts: [...layouts.values()] };
}
