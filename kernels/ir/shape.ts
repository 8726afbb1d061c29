/** Operations that move values and compute none: split, merge, rename, spread, slice, concatenate, pad. */
import { type Axis, axis, axisOf, declare, fail, hasAxis, make, type Node, namesOf, without } from "./node.ts";
import { minus, plus, type Size, size, times } from "./size.ts";

const need = (op: string, x: Node, name: string): Axis => axisOf(x, name) ?? fail(op, `no axis ${name}`, [x]);

declare<{ axis: string; into: readonly Axis[] }>("split", ([x], { axis: name, into }) => {
  const whole = need("split", x!, name);
  const product = times(...into.map((a) => a.size));
  if (product !== whole.size) fail("split", `${name} of ${whole.size} into parts of ${product}`, [x!]);
  return { dtype: x!.dtype, axes: x!.axes.flatMap((a) => (a.name === name ? into : [a])) };
});

declare<{ axes: readonly string[]; into: string }>("merge", ([x], { axes, into }) => {
  const parts = axes.map((name) => need("merge", x!, name));
  const merged: Axis = { name: into, size: times(...parts.map((p) => p.size)) };
  return { dtype: x!.dtype, axes: x!.axes.flatMap((a) => (a.name === axes[0] ? [merged] : axes.includes(a.name) ? [] : [a])) };
});

declare<{ from: readonly string[]; to: readonly string[] }>("rename", ([x], { from, to }) => {
  for (const name of from) need("rename", x!, name);
  return { dtype: x!.dtype, axes: x!.axes.map((a) => ({ name: to[from.indexOf(a.name)] ?? a.name, size: a.size })) };
});

declare<{ axes: readonly Axis[] }>("expand", ([x], { axes }) => {
  for (const a of axes) if (hasAxis(x!, a.name)) fail("expand", `${a.name} is there already`, [x!]);
  return { dtype: x!.dtype, axes: [...axes, ...x!.axes] };
});

declare<{ axis: string; start: Size; size: Size }>("slice", ([x], attrs) => {
  const whole = need("slice", x!, attrs.axis);
  const end = plus(attrs.start, attrs.size);
  if (typeof end === "number" && typeof whole.size === "number" && end > whole.size)
    fail("slice", `up to ${end} of ${whole.size}`, [x!]);
  return { dtype: x!.dtype, axes: x!.axes.map((a) => (a.name === attrs.axis ? { name: a.name, size: attrs.size } : a)) };
});

declare<{ axis: string }>("concat", (inputs, { axis: name }) => {
  const [first] = inputs;
  const total = inputs.reduce<Size>((n, x) => plus(n, need("concat", x, name).size), 0);
  const rest = (x: Node) => JSON.stringify(without(x.axes, [name]).sort((a, b) => (a.name < b.name ? -1 : 1)));
  if (inputs.some((x) => rest(x) !== rest(first!) || x.dtype !== first!.dtype))
    fail("concat", "parts that differ elsewhere", inputs);
  return { dtype: first!.dtype, axes: first!.axes.map((a) => (a.name === name ? { name, size: total } : a)) };
});

/** What `pad` adds to which axis. */
export type PadAttrs = { axis: string; before: Size; after: Size; value: number };

declare<PadAttrs>("pad", ([x], { axis: name, before, after }) => {
  const whole = need("pad", x!, name);
  return {
    dtype: x!.dtype,
    axes: x!.axes.map((a) => (a.name === name ? { name, size: plus(plus(before, whole.size), after) } : a)),
  };
});

const plain = (axes: readonly Axis[]): Axis[] => axes.map((a) => axis(a.name, a.size));

/** Cuts an axis in several, in its place; the first varies slowest. Their sizes must multiply to its size. */
export const split = (x: Node, name: string, into: readonly Axis[]): Node =>
  make("split", [x], { axis: name, into: plain(into) });

/** Joins axes to one, in the place of the first named, which varies slowest. They need not be neighbours. */
export const merge = (x: Node, axes: readonly string[], into: string): Node => make("merge", [x], { axes: [...axes], into });

/** Gives axes new names. */
export function rename(x: Node, names: Readonly<Record<string, string>>): Node {
  const from = namesOf(x.axes).filter((name) => names[name] !== undefined && names[name] !== name);
  return from.length === 0 ? x : make("rename", [x], { from, to: from.map((name) => names[name]!) });
}

/** Repeats the tensor along new axes, which come first. */
export const expand = (x: Node, axes: readonly Axis[]): Node =>
  axes.length === 0 ? x : make("expand", [x], { axes: plain(axes) });

/** The part of an axis from `start`, of the given length. */
export const slice = (x: Node, name: string, start: Size, length: Size): Node =>
  start === 0 && axisOf(x, name)?.size === size(length)
    ? x
    : make("slice", [x], { axis: name, start: size(start), size: size(length) });

/** One after another along an axis. */
export const concat = (parts: readonly Node[], name: string): Node =>
  parts.length === 1 ? parts[0]! : make("concat", parts, { axis: name });

/** Adds `before` and `after` places of one value (a finite number) along an axis. */
export const pad = (x: Node, name: string, before: Size, after: Size, value: number): Node =>
  make("pad", [x], { axis: name, before: size(before), after: size(after), value });

/** Puts tensors side by side along a new axis, which comes first. */
export const stack = (parts: readonly Node[], name: string): Node =>
  concat(
    parts.map((p) => expand(p, [{ name, size: 1 }])),
    name,
  );

/** Everything but the last `n` places of an axis. */
export const dropLast = (x: Node, name: string, n: Size): Node => slice(x, name, 0, minus(need("slice", x, name).size, n));

/** One place of an axis, which is removed. */
export const pick = (x: Node, name: string, place: Size): Node => make("squeeze", [slice(x, name, place, 1)], { axis: name });

declare<{ axis: string }>("squeeze", ([x], { axis: name }) => {
  if (need("squeeze", x!, name).size !== 1) fail("squeeze", `${name} is not of size 1`, [x!]);
  return { dtype: x!.dtype, axes: without(x!.axes, [name]) };
});
