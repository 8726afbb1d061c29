/** Operations that move values: a record each. Their references say from which place each value comes. */

import { add, mul } from "../ir/elementwise.ts";
import { cached, stop } from "../ir/mark.ts";
import { type Axis, axis, axisOf, type Node, namesOf } from "../ir/node.ts";
import { sum } from "../ir/reduce.ts";
import { concat, expand, merge, pad, pick, rename, slice, split, stack } from "../ir/shape.ts";
import { minus, plus, type Size } from "../ir/size.ts";
import { enter, type Op, tried } from "./op.ts";

/** The same values in the same order. */
const same: Op["reference"] = ([x]) => x!;

const splitOp: Op = {
  name: "split",
  reference: same,
  gradient: ({ attrs }, g) => [merge(g, namesOf(attrs.into as readonly Axis[]), attrs.axis as string)],
};

const mergeOp: Op = {
  name: "merge",
  reference: ([x], node, frame) => {
    const names = node.attrs.axes as readonly string[];
    const from = node.inputs[0]!.axes;
    const parts = names.map((n) => from.find((a) => a.name === n)!);
    const order = from.flatMap((a) => (a.name === names[0] ? parts : names.includes(a.name) ? [] : [a]));
    return Float64Array.from(frame.places(order, from), (place) => x![place]!);
  },
  gradient: ({ inputs: [x], attrs }, g) => [
    split(
      g,
      attrs.into as string,
      (attrs.axes as readonly string[]).map((n) => axisOf(x!, n)!),
    ),
  ],
};

const back = (attrs: Node["attrs"]): Record<string, string> =>
  Object.fromEntries((attrs.to as string[]).map((n, i) => [n, (attrs.from as string[])[i]!]));

const renameOp: Op = { name: "rename", reference: same, gradient: ({ attrs }, g) => [rename(g, back(attrs))] };

const cachedOp: Op = {
  name: "cached",
  reference: same,
  gradient: ({ attrs }, g) => [rename(g, { [attrs.axis as string]: attrs.of as string })],
};

const stopOp: Op = { name: "stop", reference: same };

const expandOp: Op = {
  name: "expand",
  reference: ([x], node, frame) => Float64Array.from(frame.places(node.axes, node.inputs[0]!.axes), (place) => x![place]!),
  gradient: ({ attrs }, g) => [sum(g, namesOf(attrs.axes as readonly Axis[]))],
};

const squeezeOp: Op = {
  name: "squeeze",
  reference: same,
  gradient: ({ attrs }, g) => [expand(g, [{ name: attrs.axis as string, size: 1 }])],
};

/** Rows before and after an axis: how many blocks stand before it and how many values each place holds. */
function around(
  axes: readonly Axis[],
  name: string,
  size: (s: Size) => number,
): { blocks: number; length: number; step: number } {
  const at = axes.findIndex((a) => a.name === name);
  const product = (part: readonly Axis[]) => part.reduce((n, a) => n * size(a.size), 1);
  return { blocks: product(axes.slice(0, at)), length: size(axes[at]!.size), step: product(axes.slice(at + 1)) };
}

const sliceOp: Op = {
  name: "slice",
  reference: ([x], node, { size }) => {
    const name = node.attrs.axis as string;
    const from = around(node.inputs[0]!.axes, name, size);
    const to = around(node.axes, name, size);
    const start = size(node.attrs.start as Size);
    if (start + to.length > from.length) throw new Error(`slice: ${start} + ${to.length} of ${from.length} along ${name}`);
    const out = new Float64Array(to.blocks * to.length * to.step);
    for (let b = 0; b < to.blocks; b++) {
      const first = (b * from.length + start) * from.step;
      out.set(x!.subarray(first, first + to.length * to.step), b * to.length * to.step);
    }
    return out;
  },
  gradient: ({ inputs: [x], attrs }, g) => {
    const whole = axisOf(x!, attrs.axis as string)!.size;
    const after = minus(minus(whole, attrs.start as Size), attrs.size as Size);
    return [pad(g, attrs.axis as string, attrs.start as Size, after, 0)];
  },
};

const padOp: Op = {
  name: "pad",
  reference: ([x], node, { size }) => {
    const name = node.attrs.axis as string;
    const from = around(node.inputs[0]!.axes, name, size);
    const to = around(node.axes, name, size);
    const out = new Float64Array(to.blocks * to.length * to.step).fill(node.attrs.value as number);
    for (let b = 0; b < from.blocks; b++) {
      const block = x!.subarray(b * from.length * from.step, (b + 1) * from.length * from.step);
      out.set(block, (b * to.length + size(node.attrs.before as Size)) * to.step);
    }
    return out;
  },
  gradient: ({ inputs: [x], attrs }, g) => [
    slice(g, attrs.axis as string, attrs.before as Size, axisOf(x!, attrs.axis as string)!.size),
  ],
};

const concatOp: Op = {
  name: "concat",
  reference: (inputs, node, frame) => {
    const name = node.attrs.axis as string;
    const to = around(node.axes, name, frame.size);
    const out = new Float64Array(to.blocks * to.length * to.step);
    let start = 0;
    node.inputs.forEach((input, i) => {
      const ordered = input.axes.every((a, k) => a.name === node.axes[k]!.name);
      const order = node.axes.map((a) => axisOf(input, a.name)!);
      const values = ordered ? inputs[i]! : Float64Array.from(frame.places(order, input.axes), (p) => inputs[i]![p]!);
      const { length } = around(order, name, frame.size);
      for (let b = 0; b < to.blocks; b++)
        out.set(values.subarray(b * length * to.step, (b + 1) * length * to.step), (b * to.length + start) * to.step);
      start += length;
    });
    return out;
  },
  gradient: ({ inputs, attrs }, g) => {
    const name = attrs.axis as string;
    let start: Size = 0;
    return inputs.map((x) => {
      const { size } = axisOf(x, name)!;
      const part = slice(g, name, start, size);
      start = plus(start, size);
      return part;
    });
  },
};

for (const op of [splitOp, mergeOp, renameOp, cachedOp, stopOp, expandOp, squeezeOp, sliceOp, padOp, concatOp]) enter(op);

tried((given) => {
  const [x, y, wide] = [given("x", "b s d"), given("y", "s d"), given("wide", "b s h k")];
  return [
    ["split in two", split(x, "d", [axis("h", 2), axis("k", 3)])],
    ["merge neighbours", merge(wide, ["h", "k"], "d")],
    ["merge in another order", merge(wide, ["k", "h"], "d")],
    ["merge what is apart", merge(wide, ["h", "b"], "c")],
    ["rename", rename(x, { s: "t", d: "e" })],
    ["expand", add(expand(y, [axis("b", "b")]), x)],
    ["slice with symbolic size", slice(x, "s", 1, "s-2")],
    ["pick one place", pick(x, "s", "s-1")],
    ["pad", pad(x, "s", 2, 1, -1)],
    ["concat along a symbolic axis", concat([x, given("more", "s b d")], "s")],
    ["stack", stack([y, mul(y, 2)], "c")],
    ["stop", stop(x)],
    ["cached", cached(x, "s", "u")],
  ];
});
