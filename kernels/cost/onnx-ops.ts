/** How each ONNX operator that the renderer writes sees its inputs: the dimensions of its results and how it visits memory. */
import { minus, plus, type Size, times } from "../ir/size.ts";
import { elementTypes, type OnnxNode } from "../render/onnx/proto.ts";
import { attentionOps } from "./onnx-attention.ts";
import { productOps } from "./onnx-products.ts";
import {
  broadcast,
  bytesOf,
  countOf,
  int,
  loopsOf,
  meeting,
  place,
  type Rule,
  reshaped,
  type Told,
  type Value,
} from "./onnx-value.ts";

const given = (inputs: readonly (Value | undefined)[]): Value[] => inputs.filter((v) => v !== undefined);

/** Sizes computed from sizes stay known. */
function sizesOf(node: OnnxNode, [a, b]: readonly (Value | undefined)[]): readonly Size[] | undefined {
  if (!a?.known || !b?.known) return undefined;
  const length = Math.max(a.known.length, b.known.length);
  const pairs = Array.from({ length }, (_, i) => [a.known![i] ?? a.known![0]!, b.known![i] ?? b.known![0]!] as const);
  if (node.type === "Mul") return pairs.map(([x, y]) => times(x, y));
  if (node.type === "Add") return pairs.map(([x, y]) => plus(x, y));
  if (node.type === "Sub") return pairs.map(([x, y]) => minus(x, y));
  if (node.type === "Div") return pairs.map(([x, y]) => times(`(${x})/${y}`));
  return undefined;
}

/** Place by place, operands broadcast; `each` operations at a place. */
const pointwise =
  (each = 1, type?: string): Rule =>
  (node, inputs) => {
    const all = given(inputs);
    const dims = broadcast(all.map((v) => v.dims));
    const known = sizesOf(node, inputs);
    const out: Value = { dims, type: type ?? all.at(-1)!.type, ...(known ? { known } : {}) };
    const met = meeting(all, dims);
    const loops = met === "" ? {} : { loops: loopsOf(all, dims) };
    return { outputs: [out], kind: node.type + met, flops: times(each, countOf(out)), ...loops };
  };

/** Each row along some dimensions: a normalisation, a softmax, a running sum. */
const rowwise =
  (each: number): Rule =>
  (node, [x]) => {
    const last = place(int(node, "axis", -1), x!.dims.length) === x!.dims.length - 1;
    return {
      outputs: node.outputs.map(() => ({ dims: x!.dims, type: x!.type })),
      kind: node.type + (last ? "" : ".outer"),
      flops: times(each, countOf(x!)),
    };
  };

const cast: Rule = (node, [x]) => {
  const to = int(node, "to", 1);
  const type = Object.entries(elementTypes).find(([, n]) => n === to)?.[0] ?? x!.type;
  return { outputs: [{ ...x!, type, weight: false }], flops: countOf(x!) };
};

/** Where the places reduced stand: `.last` trailing, `.first` leading, `.middle` between. */
function reducing(places: readonly number[], rank: number): string {
  if (places.length === rank) return ".last";
  if (places.every((p) => p >= rank - places.length)) return ".last";
  return places.every((p) => p < places.length) ? ".first" : ".middle";
}

const reduce: Rule = (node, [x, axes]) => {
  const rank = x!.dims.length;
  const named =
    axes?.known?.map(Number) ?? (node.type === "ArgMax" || node.type === "ArgMin" ? [int(node, "axis", 0)] : undefined);
  const places = (named ?? x!.dims.map((_, i) => i)).map((p) => place(p, rank));
  const keep = int(node, "keepdims", 1) === 1;
  const dims = x!.dims.flatMap((d, i) => (places.includes(i) ? (keep ? [1] : []) : [d]));
  const wide = reducing(places, rank);
  const found = node.type.startsWith("Arg") ? "int64" : x!.type;
  return { outputs: [{ dims, type: found }], kind: node.type + wide, flops: countOf(x!) };
};

const view =
  (dims: (node: OnnxNode, inputs: readonly (Value | undefined)[]) => readonly Size[]): Rule =>
  (node, inputs) => ({ outputs: [{ ...inputs[0]!, dims: dims(node, inputs) }], kind: "view", bytes: 0 });

const shape: Rule = (node, [x]) => {
  const rank = x!.dims.length;
  const known = x!.dims.slice(place(int(node, "start", 0), rank), place(int(node, "end", rank), rank));
  return { outputs: [{ dims: [known.length], type: "int64", known }], kind: "size", bytes: 0 };
};

const transpose: Rule = (node, [x]) => {
  const perm = (node.attributes.perm as readonly number[] | undefined) ?? x!.dims.map((_, i) => x!.dims.length - 1 - i);
  const out = { dims: perm.map((p) => x!.dims[p]!), type: x!.type };
  return { outputs: [out], kind: perm.at(-1) === perm.length - 1 ? "Transpose.rows" : "Transpose.inner" };
};

const concat: Rule = (node, inputs) => {
  const all = given(inputs);
  const at = place(int(node, "axis", 0), all[0]!.dims.length);
  const dims = all[0]!.dims.map((d, i) => (i === at ? all.map((v) => v.dims[at]!).reduce(plus) : d));
  const known = all.every((v) => v.known) ? all.flatMap((v) => v.known!) : undefined;
  return { outputs: [{ dims, type: all[0]!.type, ...(known ? { known } : {}) }] };
};

/** A part of a tensor, read and written. */
const part = (out: Value, more: readonly Value[] = [], kind?: string): Told => ({
  outputs: [out],
  bytes: [out, out, ...more].map(bytesOf).reduce(plus),
  items: countOf(out),
  ...(kind ? { kind } : {}),
});

const slice: Rule = (_, [x, starts, ends, axes]) => {
  const rank = x!.dims.length;
  const places = axes?.known?.map((a) => place(Number(a), rank)) ?? (starts?.known ?? []).map((_s, i) => i);
  const dims = [...x!.dims];
  for (const [i, p] of places.entries()) {
    const [from, to] = [starts?.known?.[i], ends?.known?.[i]];
    // Of a part whose borders are values, no more is known than what it is a part of.
    if (from === undefined || to === undefined) continue;
    const end = typeof to === "number" && to > 2 ** 31 - 2 ? x!.dims[p]! : to;
    dims[p] = minus(end, from);
  }
  return part({ dims, type: x!.type });
};

const gather: Rule = (node, [x, index]) => {
  const at = place(int(node, "axis", 0), x!.dims.length);
  const dims = [...x!.dims.slice(0, at), ...index!.dims, ...x!.dims.slice(at + 1)];
  const known = x!.known && index!.known ? index!.known.map((i) => x!.known![Number(i)]!) : undefined;
  const kind = at === x!.dims.length - 1 && at > 0 ? "Gather.inner" : "Gather";
  return part({ dims, type: x!.type, ...(known ? { known } : {}) }, [index!], kind);
};

const gatherNd: Rule = (node, [x, index]) => {
  const batch = int(node, "batch_dims", 0);
  const depth = Number(index!.dims.at(-1)!);
  return part({ dims: [...index!.dims.slice(0, -1), ...x!.dims.slice(batch + depth)], type: x!.type }, [index!]);
};

/** Values put or added into a copy of a tensor, or into the tensor itself where its next value lies where it lay. */
const scatter: Rule = (node, [x, index, values]) => {
  // The renderer's name for a result that is written over an input: two primes.
  const inPlace = node.outputs[0] === `${node.inputs[0]}''`;
  return {
    outputs: [{ dims: x!.dims, type: x!.type }],
    items: countOf(values!),
    bytes: [...(inPlace ? [] : [x!, x!]), index!, values!, values!].map(bytesOf).reduce(plus),
    flops: node.attributes.reduction === "add" ? countOf(values!) : 0,
  };
};

const pad: Rule = (_, [x, pads]) => {
  const rank = x!.dims.length;
  const dims = x!.dims.map((d, i) => [d, pads!.known![i]!, pads!.known![i + rank]!].reduce(plus));
  return { outputs: [{ dims, type: x!.type }] };
};

const expand: Rule = (_, [x, to]) => {
  const out = { dims: broadcast([x!.dims, to!.known!]), type: x!.type };
  return { outputs: [out] };
};

const filled: Rule = (_, [to]) => ({ outputs: [{ dims: to!.known!, type: "float" }] });

const range: Rule = (_, [start, limit]) => ({
  outputs: [{ dims: [minus(limit!.known?.[0] ?? 64, start!.known?.[0] ?? 0)], type: start!.type }],
});

const topK: Rule = (node, [x, k]) => {
  const at = place(int(node, "axis", -1), x!.dims.length);
  const dims = x!.dims.map((d, i) => (i === at ? k!.known![0]! : d));
  return {
    outputs: [
      { dims, type: x!.type },
      { dims, type: "int64" },
    ],
    items: countOf(x!),
    flops: countOf(x!),
  };
};

const squeeze = view((_, [x, axes]) => {
  const places = axes?.known?.map((a) => place(Number(a), x!.dims.length));
  return x!.dims.filter((d, i) => (places ? !places.includes(i) : d !== 1));
});

const unsqueeze = view((_, [x, axes]) => {
  const rank = x!.dims.length + axes!.known!.length;
  const places = axes!.known!.map((a) => place(Number(a), rank));
  const rest = [...x!.dims];
  return Array.from({ length: rank }, (_d, i) => (places.includes(i) ? 1 : rest.shift()!));
});

const split: Rule = (node, [x, parts]) => {
  const at = place(int(node, "axis", 0), x!.dims.length);
  const sizes = parts?.known ?? node.outputs.map(() => times(`(${x!.dims[at]})/${node.outputs.length}`));
  return { outputs: sizes.map((s) => ({ dims: x!.dims.map((d, i) => (i === at ? s : d)), type: x!.type })) };
};

const sequence: Rule = () => ({ outputs: [{ dims: [], type: "float" }], kind: "view", bytes: 0 });

const logical = ["Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual", "And", "Or", "Xor", "Not", "IsNaN", "IsInf"];
const arithmetic =
  "Add Sub Mul Div Mod Pow Max Min Neg Abs Sign Sqrt Reciprocal Exp Log Sin Cos Acos Floor Ceil Round Clip Where BitwiseXor BitwiseAnd BitwiseOr BitShift BitwiseNot Relu".split(
    " ",
  );
/** Composed operators, by operations at a place. */
const composed = { Tanh: 4, Erf: 6, Sigmoid: 4, Softplus: 5, Gelu: 6, QuickGelu: 5 };
const rows = {
  Softmax: 5,
  LogSoftmax: 5,
  SimplifiedLayerNormalization: 4,
  RMSNormalization: 4,
  LayerNormalization: 7,
  CumSum: 1,
  RotaryEmbedding: 3,
};

/** The rules by operator. */
export const onnxRules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(arithmetic.map((op) => [op, pointwise()])),
  ...Object.fromEntries(logical.map((op) => [op, pointwise(1, "bool")])),
  ...Object.fromEntries(Object.entries(composed).map(([op, each]) => [op, pointwise(each)])),
  ...Object.fromEntries(Object.entries(rows).map(([op, each]) => [op, rowwise(each)])),
  ...Object.fromEntries(
    "ReduceSum ReduceMax ReduceMin ReduceMean ReduceSumSquare ReduceLogSumExp ReduceL2 ArgMax ArgMin"
      .split(" ")
      .map((op) => [op, reduce]),
  ),
  ...productOps,
  ...attentionOps,
  Cast: cast,
  Reshape: view((_, [x, to]) => reshaped(x!.dims, to?.known ?? x!.dims)),
  Identity: (_, [x]) => ({ outputs: [{ ...x!, weight: false }] }),
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Shape: shape,
  Transpose: transpose,
  Concat: concat,
  Slice: slice,
  Split: split,
  Gather: gather,
  GatherND: gatherNd,
  GatherElements: (_, [x, index]) => part({ dims: index!.dims, type: x!.type }, [index!]),
  ScatterElements: scatter,
  ScatterND: scatter,
  TensorScatter: (node, [x, values, at]) => scatter(node, [x, at, values]),
  Pad: pad,
  Expand: expand,
  ConstantOfShape: filled,
  Range: range,
  TopK: topK,
  SequenceConstruct: sequence,
  SequenceEmpty: sequence,
};
