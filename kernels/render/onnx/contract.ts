/** Contractions in ONNX: one matrix product (Gemm, MatMul or FusedMatMul), with dimensions moved as little as possible. */
import type { Axis, Node } from "../../ir/node.ts";
import { type Size, times } from "../../ir/size.ts";
import { contractionAxes } from "../../ops/reductions.ts";
import { converted } from "./border.ts";
import { bulk, together } from "./elementwise.ts";
import type { Emitter, Placed } from "./emitter.ts";

interface Plan {
  readonly batch: readonly Axis[];
  readonly over: readonly Axis[];
  readonly a: readonly Axis[];
  readonly b: readonly Axis[];
  readonly transA: boolean;
  readonly transB: boolean;
}

const inOrderOf = (axes: readonly Axis[], value: Placed): Axis[] =>
  value.order.filter((a) => axes.some((b) => b.name === a.name)).map((a) => axes.find((b) => b.name === a.name)!);

/**
 * What it costs to have a value in an order: nothing, moving all of it in runs, or number by number where what lay side by side does so no more
 * (about five times as long).
 */
function moving(value: Placed, order: readonly Axis[]): number {
  const wide = (axes: readonly Axis[]) => axes.filter((a) => a.size !== 1).map((a) => a.name);
  const [from, to] = [wide(value.order), wide(order)];
  if (from.join() === to.join()) return 0;
  return bulk(order) * (from.at(-1) === to.at(-1) ? 1 : 5);
}

/**
 * Summed axes that stand before the first axis a matrix keeps, where others stand after it: a product with a vector leaves
 * them, as one more batch, and adds them up at the end, rather than moving the matrix.
 */
function outerSums(node: Node, a: Placed, b: Placed): readonly Axis[] {
  const { left, right, over } = contractionAxes(node);
  if (left.length > 0 === right.length > 0) return [];
  const [matrix, own] = left.length > 0 ? [a, left] : [b, right];
  const place = (axis: Axis) => matrix.order.findIndex((x) => x.name === axis.name);
  const first = Math.min(...own.map(place));
  const before = over.filter((o) => place(o) < first);
  return before.length < over.length ? before : [];
}

/** The cheapest way to bring both operands to [batch, rows, inner] and [batch, inner, columns], either transposed. */
function planned(node: Node, a: Placed, b: Placed, outer: readonly Axis[]): Plan {
  const { left, right, ...rest } = contractionAxes(node);
  const batch = [...rest.batch, ...outer];
  const over = rest.over.filter((o) => !outer.includes(o));
  const rows = inOrderOf(left, a);
  const columns = inOrderOf(right, b);
  let best: Plan | undefined;
  let least = Number.POSITIVE_INFINITY;
  // Whole numbers are multiplied only as they lie.
  const flags = node.dtype === "i32" ? [false] : [false, true];
  for (const shared of [inOrderOf(batch, a), inOrderOf(batch, b)])
    for (const summed of [inOrderOf(over, a), inOrderOf(over, b)])
      for (const transA of flags)
        for (const transB of flags) {
          const orderA = transA ? [...shared, ...summed, ...rows] : [...shared, ...rows, ...summed];
          const orderB = transB ? [...shared, ...columns, ...summed] : [...shared, ...summed, ...columns];
          const cost = moving(a, orderA) + moving(b, orderB);
          if (cost < least) {
            least = cost;
            best = { batch: shared, over: summed, a: orderA, b: orderB, transA, transB };
          }
        }
  return best!;
}

const total = (axes: readonly Axis[]) => times(...axes.map((a) => a.size));

/** The product of two operands summed over the node's axes, times `alpha`. */
export function contraction(e: Emitter, node: Node, alpha = 1): Placed {
  const [a, b] = node.inputs.map((i) => e.at(i)) as [Placed, Placed];
  const { left, right, ...rest } = contractionAxes(node);
  if (left.length + right.length === 0 || rest.over.length === 0) return productSum(e, node, alpha);
  const outer = outerSums(node, a, b);
  const plan = planned(node, a, b, outer);
  const [batch, over] = [plan.batch, plan.over];
  const rows = plan.a.filter((x) => left.some((y) => y.name === x.name));
  const columns = plan.b.filter((x) => right.some((y) => y.name === x.name));
  const [B, M, N, K] = [batch.length > 0 ? [total(batch)] : [], total(rows), total(columns), total(over)];
  const seen = (value: Placed, order: readonly Axis[], sizes: readonly Size[]) =>
    e.reshape(
      e.ordered(value, order).name,
      order.map((x) => x.size),
      sizes,
    );
  // A matrix times rows of any number of dimensions, which MatMul takes as they are.
  const asIs = batch.length === 0 && !plan.transA && !plan.transB && alpha === 1 && rows.length > 0;
  const before = asIs ? rows.map((r) => r.size) : [...B, M];
  const x = seen(a, plan.a, plan.transA ? [...B, K, M] : [...before, K]);
  const y = seen(b, plan.b, plan.transB ? [...B, N, K] : [...B, K, N]);
  const order = [...plan.batch, ...rows, ...columns];
  const product = node.dtype === "i32" ? e.op("MatMulInteger", [x, y]) : multiplied(e, x, y, plan, alpha, batch.length > 0);
  const name = e.reshape(
    product,
    [...before, N],
    order.map((s) => s.size),
  );
  return outer.length === 0 ? { name, order } : addedUp(e, { name, order }, outer);
}

/** The sum of a tensor over axes. */
function addedUp(e: Emitter, { name, order }: Placed, over: readonly Axis[]): Placed {
  const gone = (x: Axis) => over.some((o) => o.name === x.name);
  const places = order.flatMap((x, i) => (gone(x) ? [i] : []));
  return { name: e.op("ReduceSum", [name, e.ints(...places)], { keepdims: 0n }), order: order.filter((x) => !gone(x)) };
}

function multiplied(e: Emitter, x: string, y: string, { transA, transB }: Plan, alpha: number, batched: boolean): string {
  if (!transA && !transB && alpha === 1) return e.op("MatMul", [x, y]);
  const flags = { alpha, transA: BigInt(transA), transB: BigInt(transB) };
  return batched ? e.op("FusedMatMul", [x, y], flags, "com.microsoft") : e.op("Gemm", [x, y], flags);
}

/** Where a matrix product has no rows and columns of its own: multiply, then add up. */
function productSum(e: Emitter, node: Node, alpha: number): Placed {
  const [a, b] = node.inputs as [Node, Node];
  const { over } = contractionAxes(node);
  const square = a === b && over.length > 0 && node.dtype !== "i32";
  const all = { ...node, axes: [...node.axes, ...over] };
  const wide = (x: Node): Placed => ({ ...e.at(x), name: converted(e, e.at(x).name, x.dtype, node.dtype) });
  const product = square ? e.at(a) : together(e, all, [wide(a), wide(b)], (names) => e.op("Mul", names));
  const places = over.map((o) => product.order.findIndex((p) => p.name === o.name));
  const order = product.order.filter((p) => !over.some((o) => o.name === p.name));
  let name = product.name;
  if (over.length > 0) name = e.op(square ? "ReduceSumSquare" : "ReduceSum", [name, e.ints(...places)], { keepdims: 0n });
  if (alpha !== 1) name = e.op("Mul", [name, e.constant("float", [alpha])]);
  return { name, order };
}
