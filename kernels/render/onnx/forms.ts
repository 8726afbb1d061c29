/** How each operation that is not elementwise is written in ONNX: a table from name to form. */
import { type Axis, axisOf, type Node, namesOf } from "../../ir/node.ts";
import { plus, type Size, times } from "../../ir/size.ts";
import { inner } from "./border.ts";
import { contraction } from "./contract.ts";
import type { Emitter, Placed } from "./emitter.ts";
import { counting, gathered, largest, randomWords, running, scatter } from "./lookup.ts";
import { elementTypes } from "./proto.ts";

type Form = (e: Emitter, node: Node) => Placed;

const sizes = (axes: readonly Axis[]): Size[] => axes.map((a) => a.size);
const place = (value: Placed, name: unknown): number => value.order.findIndex((a) => a.name === name);

/** A value whose last dimensions are `over`, joined to one; and how the result is seen again with its own. */
function rows(e: Emitter, node: Node, over: readonly string[]): { name: string; order: Axis[]; back: (name: string) => string } {
  const value = e.at(node.inputs[0]!);
  const kept = value.order.filter((a) => !over.includes(a.name));
  const order = [...kept, ...value.order.filter((a) => over.includes(a.name))];
  const moved = e.ordered(value, order);
  const joined = [...sizes(kept), times(...sizes(order.slice(kept.length)))];
  return { name: e.reshape(moved.name, sizes(order), joined), order, back: (name) => e.reshape(name, joined, sizes(order)) };
}

const normalised =
  (type: string, attributes: Readonly<Record<string, bigint | number>> = {}): Form =>
  (e, node) => {
    const { name, order, back } = rows(e, node, node.attrs.over as readonly string[]);
    return { name: back(e.op(type, [name], { axis: -1n, ...attributes })), order };
  };

/** A norm of onnxruntime, with a scale over the axes of the norm if there is one. */
export const normal =
  (type: string, scale?: Node): Form =>
  (e, node) => {
    const over = node.attrs.over as readonly string[];
    const { name, order, back } = rows(e, node, over);
    const size = times(...over.map((n) => axisOf(node, n)!.size)) as number;
    const own = order.slice(order.length - over.length);
    const factor = scale
      ? e.reshape(e.ordered(e.at(scale), own).name, sizes(own), [size])
      : e.constant(
          "float",
          Array.from({ length: size }, () => 1),
          [size],
        );
    return { name: back(e.op(type, [name, factor], { axis: -1n, epsilon: node.attrs.epsilon as number })), order };
  };

/** The norms by operation. */
export const normTypes = { rmsNorm: "SimplifiedLayerNormalization", layerNorm: "LayerNormalization" } as const;

/** A reduction by an operator of ONNX, of the node's operand or of another tensor with its axes. */
export const reduced =
  (type: string, of?: Node): Form =>
  (e, node) => {
    const value = e.at(of ?? node.inputs[0]!);
    const over = node.attrs.over as readonly string[];
    const axes = over.map((n) => place(value, n)).sort((a, b) => a - b);
    const name = e.op(type, [value.name, e.ints(...axes)], { keepdims: 0n });
    return { name, order: value.order.filter((a) => !over.includes(a.name)) };
  };

const split: Form = (e, node) => {
  const value = e.at(node.inputs[0]!);
  const order = value.order.flatMap((a) => (a.name === node.attrs.axis ? (node.attrs.into as readonly Axis[]) : [a]));
  return { name: e.reshape(value.name, sizes(value.order), sizes(order)), order };
};

const merge: Form = (e, node) => {
  const value = e.at(node.inputs[0]!);
  const names = node.attrs.axes as readonly string[];
  const parts = names.map((n) => axisOf(node.inputs[0]!, n)!);
  const into = axisOf(node, node.attrs.into as string)!;
  const ordered = e.ordered(
    value,
    value.order.flatMap((a) => (a.name === names[0] ? parts : names.includes(a.name) ? [] : [a])),
  );
  const order = ordered.order.flatMap((a) => (a.name === names[0] ? [into] : names.includes(a.name) ? [] : [a]));
  return { name: e.reshape(ordered.name, sizes(ordered.order), sizes(order)), order };
};

const rename: Form = (e, node) => {
  const value = e.at(node.inputs[0]!);
  const from = namesOf(node.inputs[0]!.axes);
  return { name: value.name, order: value.order.map((a) => node.axes[from.indexOf(a.name)]!) };
};

const expand: Form = (e, node) => {
  const value = e.at(node.inputs[0]!);
  const order = [...(node.attrs.axes as readonly Axis[]), ...value.order];
  return { name: e.op("Expand", [value.name, e.shape(sizes(order), { exact: true })]), order };
};

const squeeze: Form = (e, node) => {
  const value = e.at(node.inputs[0]!);
  const order = value.order.filter((a) => a.name !== node.attrs.axis);
  return { name: e.reshape(value.name, sizes(value.order), sizes(order)), order };
};

/** The dimensions of a value whose node has other sizes than its input. */
const resized = (value: Placed, node: Node): Axis[] => value.order.map((a) => axisOf(node, a.name)!);

const slice: Form = (e, node) => {
  const value = e.at(node.inputs[0]!);
  const start = node.attrs.start as Size;
  const end = plus(start, node.attrs.size as Size);
  const args = [value.name, e.size(start), e.size(end), e.ints(place(value, node.attrs.axis))];
  return { name: e.op("Slice", args), order: resized(value, node) };
};

const pad: Form = (e, node) => {
  const value = e.at(node.inputs[0]!);
  const at = place(value, node.attrs.axis);
  // For every axis, not by an `axes` input: onnxruntime's transpose optimizer permutes the pads as if there were none.
  const widths = (size: Size): Size[] => value.order.map((_, i) => (i === at ? size : 0));
  const pads = e.shape([...widths(node.attrs.before as Size), ...widths(node.attrs.after as Size)], { exact: true });
  const fill = e.constant(inner[node.dtype], [node.attrs.value as number]);
  return { name: e.op("Pad", [value.name, pads, fill], { mode: "constant" }), order: resized(value, node) };
};

const concat: Form = (e, node) => {
  const first = e.at(node.inputs[0]!);
  const parts = node.inputs.map((i) => {
    const value = e.at(i);
    return e.ordered(
      value,
      first.order.map((a) => value.order.find((b) => b.name === a.name)!),
    ).name;
  });
  return { name: e.op("Concat", parts, { axis: BigInt(place(first, node.attrs.axis)) }), order: resized(first, node) };
};

const number: Form = (e, node) => ({ name: e.constant(inner[node.dtype], [Number(node.attrs.value)]), order: [] });

const table: Form = (e, node) => ({
  name: e.constant(inner[node.dtype], node.attrs.values as readonly number[], sizes(node.axes) as number[]),
  order: node.axes,
});

const sizeNumber: Form = (e, node) => {
  const scalar = e.reshape(e.size(node.attrs.size as Size), [1], []);
  return { name: e.op("Cast", [scalar], { to: BigInt(elementTypes[inner[node.dtype]]) }), order: [] };
};

const iota: Form = (e, node) => {
  const size = node.axes[0]!.size;
  const name = e.once(`iota ${size}`, () => e.op("Cast", [counting(e, size)], { to: BigInt(elementTypes.int32) }));
  return { name, order: node.axes };
};

/** The forms by operation; elementwise ones are in elementwise.ts. */
export const forms: Readonly<Record<string, Form>> = {
  const: number,
  tensor: table,
  size: sizeNumber,
  iota,
  sum: reduced("ReduceSum"),
  reduceMax: reduced("ReduceMax"),
  reduceMin: reduced("ReduceMin"),
  contract: (e, node) => contraction(e, node),
  softmax: normalised("Softmax"),
  logSoftmax: normalised("LogSoftmax"),
  rmsNorm: normal(normTypes.rmsNorm),
  layerNorm: normal(normTypes.layerNorm),
  split,
  merge,
  rename,
  cached: rename,
  stop: (e, node) => e.at(node.inputs[0]!),
  expand,
  squeeze,
  slice,
  pad,
  concat,
  gather: gathered,
  scatterAdd: (e, node) => scatter(e, node),
  cumsum: running,
  topValues: largest,
  topIndices: largest,
  philox: randomWords,
};
