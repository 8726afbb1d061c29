/** What one operation of the IR costs when it reads its operands once and writes its result once. Knows nothing of fusion or a device. */
import { bits } from "../ir/dtype.ts";
import type { Axis, Node } from "../ir/node.ts";
import { divide, plus, type Size, times } from "../ir/size.ts";
import { contractionAxes } from "../ops/reductions.ts";
import { isPointwise } from "../rules/pointwise.ts";
import type { Product } from "./cost.ts";

/** How many values axes hold. */
export const countOf = (axes: readonly Axis[]): Size => times(...axes.map((a) => a.size));

/** The bytes of a tensor where it lies packed. */
export const bytesOf = (node: Pick<Node, "axes" | "dtype">): Size => packed(countOf(node.axes), bits(node.dtype));

/** Bytes of `count` values of so many bits. Two of four bits share a byte: an axis that holds them has an even size. */
export function packed(count: Size, each: number): Size {
  if (each >= 8) return times(count, each / 8);
  return typeof count === "number" ? Math.ceil((count * each) / 8) : divide(count, 8 / each)!;
}

/** Arithmetic operations at one result place of what is composed, as its definition counts them; one where nothing is said. */
const atEachPlace: Readonly<Record<string, number>> = {
  softmax: 5,
  logSoftmax: 5,
  logSumExp: 5,
  rmsNorm: 4,
  layerNorm: 7,
  gelu: 6,
  silu: 5,
  sigmoid: 4,
  logSigmoid: 5,
  softplus: 5,
  logAddExp: 6,
  log1mExp: 5,
  safeLog: 2,
  quantize: 3,
  dequantize: 2,
  philox: 100,
};

/** Operations that visit every value of their first operand once. */
const overOperand = new Set(["sum", "reduceMax", "reduceMin", "argmax", "argmin", "cumsum", "scatterAdd", "mean", "logSumExp"]);
const composed = new Set(Object.keys(atEachPlace));

/** Bits of a value where it lies in memory: what a product unpacks on its way is read packed. */
const storedBits = (node: Node): number =>
  node.op === "dequantize" || node.op === "cast" ? storedBits(node.inputs[0]!) : bits(node.dtype);

/** The shape of a contraction as a matrix product. */
export function productOf(node: Node): Product {
  const { batch, left, right, over } = contractionAxes(node);
  const [a, b] = node.inputs as [Node, Node];
  return {
    batch: countOf(batch),
    rows: countOf(left),
    columns: countOf(right),
    inner: countOf(over),
    bits: Math.min(storedBits(a), storedBits(b)),
    ...(bits(a.dtype) <= 8 && bits(b.dtype) <= 8 ? { integer: true } : {}),
  };
}

/** Queries, keys and values of `attention`: 2 for a score and 2 for its share of the result at every pair, and a softmax of it. */
function attentionFlops(node: Node): Size {
  const [q, k, v] = node.inputs as [Node, Node, Node];
  const over = node.attrs.over as readonly string[];
  const along = node.attrs.along as string;
  const places = new Map([...q.axes, ...k.axes].filter((a) => !over.includes(a.name)).map((a) => [a.name, a]));
  const pairs = countOf([...places.values()]);
  const inner = countOf(q.axes.filter((a) => over.includes(a.name)));
  const width = v ? countOf(v.axes.filter((a) => a.name !== along && !places.has(a.name))) : 0;
  const score = times(pairs, 2, inner);
  return node.op === "attention" ? sumOf(score, times(pairs, 2, width), times(pairs, 5)) : sumOf(score, times(pairs, 5));
}

const sumOf = (...sizes: Size[]): Size => sizes.reduce(plus);

/** Arithmetic operations of one node: 2 for a multiplication and addition of a product, 0 for what only moves values. */
export function flopsOf(node: Node): Size {
  if (node.op === "contract") return times(2, countOf(node.axes), countOf(contractionAxes(node).over));
  if (node.op === "attention" || node.op === "scoreLogSumExp") return attentionFlops(node);
  if (node.op === "partialSquares" || node.op === "sumOfSquares")
    return times(2, sumOf(...node.inputs.map((x) => countOf(x.axes))));
  if (overOperand.has(node.op)) return times(countOf(node.inputs[0]!.axes), atEachPlace[node.op] ?? 1);
  const each = atEachPlace[node.op];
  if (each !== undefined) return times(each, countOf(node.axes));
  return isPointwise(node.op) || composed.has(node.op) ? countOf(node.axes) : 0;
}

/** What a node moves when it stands alone: operands read once, the result written. A gather reads the rows it takes, not the table. */
export function movedBytes(node: Node): Size {
  const result = bytesOf(node);
  if (node.op === "gather") return sumOf(result, result, bytesOf(node.inputs[1]!));
  if (node.op === "slice" || node.op === "pick") return sumOf(result, result);
  return node.inputs.reduce((n, x) => sumOf(n, bytesOf(x)), result);
}
