/** Sources and operations that use numbers as places: a record each. */
import { add, cast, div, mul } from "../ir/elementwise.ts";
import { cumsum, gather, scatterAdd, topIndices, topValues } from "../ir/lookup.ts";
import { type Axis, axis, axisOf, type Node, namesOf, without } from "../ir/node.ts";
import type { Size } from "../ir/size.ts";
import { constant, iota, sizeOf, tensor } from "../ir/source.ts";
import { enter, type Frame, type Op, tried } from "./op.ts";

const count = (axes: readonly Axis[], frame: Frame): number => axes.reduce((n, a) => n * frame.size(a.size), 1);

const constOp: Op = { name: "const", reference: (_, { attrs }) => Float64Array.of(Number(attrs.value)) };
const tensorOp: Op = { name: "tensor", reference: (_, { attrs }) => Float64Array.from(attrs.values as readonly number[]) };
const sizeOp: Op = { name: "size", reference: (_, { attrs }, frame) => Float64Array.of(frame.size(attrs.size as Size)) };
const iotaOp: Op = {
  name: "iota",
  reference: (_, node, frame) => Float64Array.from({ length: frame.size(node.axes[0]!.size) }, (_, i) => i),
};

/** The axes of x that a gather keeps. */
const keptOf = (x: Node, name: string): Axis[] => without(x.axes, [name]);

const checked = (place: number, length: number, op: string): number => {
  if (place < 0 || place >= length) throw new Error(`${op}: place ${place} of ${length}`);
  return place;
};

const gatherOp: Op = {
  name: "gather",
  reference: ([x, index], node, frame) => {
    const [from, places] = node.inputs as [Node, Node];
    const along = axisOf(from, node.attrs.axis as string)!;
    const length = frame.size(along.size);
    const at = from.axes.indexOf(along);
    const step = count(from.axes.slice(at + 1), frame);
    // The offset of each result place in x with the gathered axis at 0: under a name that no result has.
    const shape = from.axes.map((a) => (a === along ? { name: `${a.name}\u0000`, size: a.size } : a));
    const base = frame.places(node.axes, shape);
    const which = frame.places(node.axes, places.axes);
    return Float64Array.from(base, (offset, i) => x![offset + step * checked(index![which[i]!]!, length, "gather")]!);
  },
  gradient: ({ inputs: [x, index], attrs }, g) => {
    const name = attrs.axis as string;
    const fresh = without(index!.axes, namesOf(keptOf(x!, name)));
    return [scatterAdd(g, index!, namesOf(fresh), axisOf(x!, name)!), undefined];
  },
};

const scatterOp: Op = {
  name: "scatterAdd",
  reference: ([values, index], node, frame) => {
    const [v, i] = node.inputs as [Node, Node];
    const into = node.attrs.into as Axis;
    const length = frame.size(into.size);
    const out = new Float64Array(count(node.axes, frame));
    const shape = node.axes.map((a) => (a.name === into.name ? { name: `${a.name}\u0000`, size: a.size } : a));
    const base = frame.places(v.axes, shape);
    const which = frame.places(v.axes, i.axes);
    const step = count(node.axes.slice(node.axes.findIndex((a) => a.name === into.name) + 1), frame);
    for (let p = 0; p < base.length; p++) {
      const target = base[p]! + step * checked(index![which[p]!]!, length, "scatterAdd");
      out[target] = out[target]! + values![p]!;
    }
    return out;
  },
  gradient: ({ inputs: [, index], attrs }, g) => [gather(g, index!, (attrs.into as Axis).name), undefined],
};

const cumsumOp: Op = {
  name: "cumsum",
  reference: ([x], node, frame) => {
    const along = axisOf(node, node.attrs.axis as string)!;
    const length = frame.size(along.size);
    const places = frame.places([...without(node.axes, [along.name]), along], node.axes);
    const out = new Float64Array(x!.length);
    for (let row = 0; row < places.length; row += length) {
      let total = 0;
      for (let k = 0; k < length; k++) {
        const at = places[row + (node.attrs.reverse ? length - 1 - k : k)]!;
        const before = total;
        total += x![at]!;
        out[at] = node.attrs.exclusive ? before : total;
      }
    }
    return out;
  },
  gradient: ({ attrs }, g) => [
    cumsum(g, attrs.axis as string, { reverse: !attrs.reverse, exclusive: attrs.exclusive as boolean }),
  ],
};

const top =
  (pickValue: boolean): Op["reference"] =>
  ([x], node, frame) => {
    const from = node.inputs[0]!;
    const into = node.attrs.into as Axis;
    const along = axisOf(from, node.attrs.axis as string)!;
    const rest = without(node.axes, [into.name]);
    const [length, most] = [frame.size(along.size), frame.size(into.size)];
    const places = frame.places([...rest, along], from.axes);
    const targets = frame.places([...rest, into], node.axes);
    const out = new Float64Array(targets.length);
    for (let row = 0; row * length < places.length; row++) {
      const at = (i: number) => x![places[row * length + i]!]!;
      const order = Array.from({ length }, (_, i) => i).sort((i, j) => at(j) - at(i) || i - j);
      for (let k = 0; k < most; k++) out[targets[row * most + k]!] = pickValue ? at(order[k]!) : order[k]!;
    }
    return out;
  };

const topValuesOp: Op = {
  name: "topValues",
  reference: top(true),
  gradient: ({ inputs: [x], attrs }, g) => {
    const [name, into] = [attrs.axis as string, attrs.into as Axis];
    return [scatterAdd(g, topIndices(x!, name, into), [into.name], axisOf(x!, name)!)];
  },
};
const topIndicesOp: Op = { name: "topIndices", reference: top(false) };

enter({ name: "input" });
for (const op of [constOp, tensorOp, sizeOp, iotaOp, gatherOp, scatterOp, cumsumOp, topValuesOp, topIndicesOp]) enter(op);

tried((given) => {
  const [x, y] = [given("x", "b s d"), given("y", "s d")];
  return [
    ["constants", add(x, constant(2))],
    ["a table", mul(y, tensor([1, 2, 3, 4, 5, 6], [axis("d", 6)]))],
    ["positions along an axis", mul(y, cast(iota(axis("s", "s")), "f32"))],
    ["a size as a number", div(x, sizeOf("2*s+b"))],
    ["cumsum", cumsum(x, "s")],
    ["cumsum reversed and exclusive", cumsum(x, "s", { reverse: true, exclusive: true })],
    ["cumsum of whole numbers", cumsum(given("below9", "b s", "i32"), "s")],
    ["topValues", topValues(x, "d", axis("c", 2))],
    ["topIndices", topIndices(given("lp", "b v d"), "v", axis("c", 3))],
    ["topIndices of equal numbers are in order", topIndices(mul(x, 0), "d", axis("c", 3))],
    ["topValues of all", topValues(x, "d", axis("c", 6))],
  ];
});

tried((given) => {
  const [below7, l, v] = [given("below7", "b t", "i32"), given("l", "b t"), axis("v", 7)];
  return [
    ["gather rows of a table", gather(given("w", "v d"), below7, "v")],
    ["gather along an inner axis", gather(given("w", "d v"), below7, "v")],
    ["gather with shared axes", gather(given("lp", "b t v"), below7, "v")],
    ["gather with shared and new axes", gather(given("n", "b v d"), below7, "v")],
    ["gather of whole numbers", gather(given("below9", "b v", "i32"), below7, "v")],
    ["scatter to a vocabulary", scatterAdd(l, below7, ["t"], v)],
    ["scatter with more axes than the index", scatterAdd(given("l", "b s t"), below7, ["t"], v)],
    ["scatter rows into a table", scatterAdd(given("l", "b t d"), below7, ["b", "t"], v)],
    ["scatter one place a row", scatterAdd(l, below7, [], v)],
    ["a scatter added to what has the same axes", add(given("lp", "b t v"), scatterAdd(l, below7, [], v))],
    [
      "a scatter added to what has more axes",
      add(given("lp", "b t v"), scatterAdd(given("g", "t"), given("below7t", "t", "i32"), [], v)),
    ],
  ];
});
