/** A contraction seen as products of matrices: for each place of `batch`, rows by columns, summed over `over`. Knows no target language. */
import { isFloat } from "../ir/dtype.ts";
import type { Axis, Node } from "../ir/node.ts";
import { type Size, sizeTerms, times } from "../ir/size.ts";
import { contractionAxes } from "../ops/reductions.ts";

export interface Product {
  readonly node: Node;
  /** The operand that has the rows, and the one that has the columns. */
  readonly left: Node;
  readonly right: Node;
  readonly batch: readonly Axis[];
  readonly rows: readonly Axis[];
  readonly columns: readonly Axis[];
  readonly over: readonly Axis[];
}

const sizeOf = (axes: readonly Axis[]): Size => times(...axes.map((a) => a.size));

/** Whether axes have at least so many places; what only a run knows counts as many. */
export const many = (axes: readonly Axis[], least: number): boolean => {
  const size = sizeOf(axes);
  return typeof size !== "number" || size >= least;
};

/**
 * Whether axes have so few places that a product with them reads its other operand about once for nothing but them: at most 16, or as
 * many as one symbol says, such as the rows of a batch that decodes. The places of texts (`b*t`) are many.
 */
const fewPlaces = (axes: readonly Axis[]): boolean =>
  sizeTerms(sizeOf(axes)).every(({ symbols, top, bottom }) => symbols.length <= 1 && top <= 16 * bottom);

/** Axes in the order in which an operand has them. */
const inOrder = (axes: readonly Axis[], operand: Node): Axis[] => operand.axes.filter((a) => axes.some((b) => b.name === a.name));

/** Whether a tensor is an input, under whatever names: it lies in memory in the order of its axes. */
const given = (x: Node): boolean => x.op === "input" || (x.op === "rename" && given(x.inputs[0]!));

/** Whether the last of summed axes has a known multiple of four places: whole numbers of eight bits are multiplied four at a time. */
const inFours = (over: readonly Axis[]): boolean => {
  const size = over.at(-1)?.size;
  return typeof size === "number" && size % 4 === 0;
};

const products = new WeakMap<Node, { few: Product | undefined }>();

/**
 * A contraction of a few rows with a matrix, as in every step of decoding: what it costs is reading the matrix. Undefined for other
 * contractions, and of whole numbers whose words do not lie along the sum.
 */
export function fewRows(node: Node): Product | undefined {
  if (node.op !== "contract") return undefined;
  const known = products.get(node);
  if (known) return known.few;
  const { batch, left: own, right: other, over } = contractionAxes(node);
  const [a, b] = node.inputs as [Node, Node];
  const fits = (rows: readonly Axis[], columns: readonly Axis[]) => fewPlaces(rows) && many(columns, 8) && many(over, 8);
  const found: Product | undefined = fits(own, other)
    ? { node, left: a, right: b, batch, rows: own, columns: other, over: inOrder(over, b) }
    : fits(other, own)
      ? { node, left: b, right: a, batch, rows: other, columns: own, over: inOrder(over, a) }
      : undefined;
  const byWords = (p: Product): boolean => given(p.right) && inFours(p.over) && p.right.axes.at(-1) === p.over.at(-1);
  const few = found && (isFloat(node.dtype) || byWords(found)) ? found : undefined;
  products.set(node, { few });
  return few;
}

/** A contraction of many rows with many columns; undefined when one of few rows, or when tiles of it would be mostly empty. */
export function manyRows(node: Node): Product | undefined {
  if (node.op !== "contract" || fewRows(node)) return undefined;
  const { batch, left: rows, right: columns, over } = contractionAxes(node);
  const [left, right] = node.inputs as [Node, Node];
  const found: Product = { node, left, right, batch, rows, columns, over: inOrder(over, left) };
  if (!isFloat(node.dtype) && (fewPlaces(rows) || fewPlaces(columns) || !inFours(found.over))) return undefined;
  return many(rows, 8) && many(columns, 8) && many(over, 8) ? found : undefined;
}

const named = (axes: readonly Axis[]): string => axes.map((x) => x.name).join();

/**
 * Whether two products of one kind share their left operand, so that one kernel makes both at the same places, as a gate and what it
 * opens. Their columns have the same sizes in the same order.
 */
export function samePlan(a: Node, b: Node): boolean {
  for (const kind of [fewRows, manyRows]) {
    const [p, q] = [kind(a), kind(b)];
    if (p && q)
      return (
        p.left === q.left &&
        named(p.over) === named(q.over) &&
        p.columns.map((x) => x.size).join() === q.columns.map((x) => x.size).join()
      );
  }
  return false;
}
