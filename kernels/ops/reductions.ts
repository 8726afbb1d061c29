/** Reductions and the contraction: a record each. */
import { cast, div, eq, mul } from "../ir/elementwise.ts";
import { type Axis, axisOf, hasAxis, type Node, namesOf } from "../ir/node.ts";
import { contract, extraAxes, reduceMax, reduceMin, sum } from "../ir/reduce.ts";
import { type Case, enter, type Op, tried } from "./op.ts";

const overOf = (node: Node): readonly string[] => node.attrs.over as readonly string[];

const fold =
  (start: number, join: (a: number, b: number) => number): Op["reference"] =>
  ([x], node, frame) => {
    const out = new Float64Array(node.axes.reduce((n, a) => n * frame.size(a.size), 1)).fill(start);
    const places = frame.places(node.inputs[0]!.axes, node.axes);
    for (let i = 0; i < places.length; i++) out[places[i]!] = join(out[places[i]!]!, x![i]!);
    return out;
  };

/** The gradient of a largest or smallest: shared equally among those that are it. */
const toEqual: Op["gradient"] = (y, g) => {
  const equal = cast(eq(y.inputs[0]!, y), y.dtype);
  return [mul(equal, div(g, sum(equal, overOf(y))))];
};

const sumOp: Op = { name: "sum", reference: fold(0, (a, b) => a + b), gradient: (_, g) => [g] };
const maxOp: Op = { name: "reduceMax", reference: fold(Number.NEGATIVE_INFINITY, Math.max), gradient: toEqual };
const minOp: Op = { name: "reduceMin", reference: fold(Number.POSITIVE_INFINITY, Math.min), gradient: toEqual };

/** The axes of a contraction by role: shared and kept, the left's own, the right's own, summed. */
export function contractionAxes(node: Node): { batch: Axis[]; left: Axis[]; right: Axis[]; over: Axis[] } {
  const [a, b] = node.inputs as [Node, Node];
  const names = overOf(node);
  return {
    batch: a.axes.filter((x) => hasAxis(b, x.name) && !names.includes(x.name)),
    left: extraAxes(a, b),
    right: extraAxes(b, a),
    over: names.map((n) => axisOf(a, n)!),
  };
}

const contractOp: Op = {
  name: "contract",
  reference: ([x, y], node, frame) => {
    const [a, b] = node.inputs as [Node, Node];
    const { batch, left, right, over } = contractionAxes(node);
    const count = (axes: readonly Axis[]) => axes.reduce((n, s) => n * frame.size(s.size), 1);
    const [B, M, N, K] = [count(batch), count(left), count(right), count(over)];
    const ordered = (v: Float64Array, order: Axis[], axes: readonly Axis[]) =>
      Float64Array.from(frame.places(order, axes), (p) => v[p]!);
    const rows = ordered(x!, [...batch, ...left, ...over], a.axes);
    const columns = ordered(y!, [...batch, ...right, ...over], b.axes);
    const product = new Float64Array(B * M * N);
    for (let i = 0; i < B * M; i++) {
      const batchColumn = Math.floor(i / M) * N;
      for (let j = 0; j < N; j++) {
        let total = 0;
        for (let k = 0, p = i * K, q = (batchColumn + j) * K; k < K; k++) total += rows[p + k]! * columns[q + k]!;
        product[i * N + j] = total;
      }
    }
    return ordered(product, [...node.axes], [...batch, ...left, ...right]);
  },
  gradient: ({ inputs: [a, b], attrs }, g) => [towards(a!, g, b!, attrs), towards(b!, g, a!, attrs)],
};

/** The gradient of one operand, its axes in that operand's order as far as a product can: what reads it need not move it. */
function towards(x: Node, g: Node, other: Node, { over }: Node["attrs"]): Node {
  const summed = namesOf(extraAxes(other, x));
  const innermost = x.axes.findLast((a) => !hasAxis(other, a.name) || (over as readonly string[]).includes(a.name));
  const isSummed = innermost !== undefined && (over as readonly string[]).includes(innermost.name);
  return isSummed ? contract(g, other, summed) : contract(other, g, summed);
}

for (const op of [sumOp, maxOp, minOp, contractOp]) enter(op);

tried((given) => {
  const [x, whole] = [given("x", "b s d"), given("below9", "b s", "i32")];
  return [
    ...[sum, reduceMax, reduceMin].flatMap((f): Case[] => [
      [`${f(x, ["s"]).op} over an inner axis`, f(x, ["s"])],
      [`${f(x, ["s"]).op} over all`, f(x, ["b", "d", "s"])],
    ]),
    ["sum of whole numbers", sum(whole, ["s"])],
  ];
});

tried((given) => {
  const [x, m, n] = [given("x", "b s d"), given("m", "b s h k"), given("n", "b t h k")];
  return [
    ["contract with a weight", contract(x, given("w", "d v"), ["d"])],
    ["contract with a weight kept the other way", contract(x, given("w", "v d"), ["d"])],
    ["contract with shared axes", contract(m, n, ["k"])],
    ["contract over two axes", contract(m, given("o", "h k d"), ["h", "k"])],
    ["contract over two axes apart", contract(given("m", "h b k s"), given("o", "k d h"), ["h", "k"])],
    ["contract of attention with values", contract(given("l", "b h t s"), m, ["s"])],
    ["contract to a number", contract(x, x, ["b", "s", "d"])],
    ["contract of matrix and vector", contract(x, given("r", "d"), ["d"])],
    ["contract with nothing to sum", contract(given("g", "b t"), given("f", "b d"), [])],
    ["contract a tensor with a mask, heads between", contract(given("m", "b h s k"), given("n", "b s k"), ["b", "k", "s"])],
    ["contract of eight-bit whole numbers", contract(given("i8", "b s d", "i8"), given("wi8", "d v", "i8"), ["d"])],
    ["contract of unsigned and signed ones", contract(given("u8", "b s d", "u8"), given("wi8", "v d", "i8"), ["d"])],
    ["contract over the batch, as gradients do", contract(x, given("g", "b s v"), ["b", "s"])],
  ];
});
