/**
 * A product one of whose operands is made of products at each of its places, such as every gradient of attention: what lies between is as
 * large as the scores, and is made again in tiles rather than stored. Knows no target language.
 */
import { isFloat } from "../ir/dtype.ts";
import { type Axis, hasAxis, type Node } from "../ir/node.ts";
import { contractionAxes } from "../ops/reductions.ts";

/** A product within: its operands by whose lines they have, rows of the outer product or keys. */
export interface Inner {
  readonly node: Node;
  readonly left: Node;
  readonly right: Node;
  readonly rows: readonly Axis[];
  readonly columns: readonly Axis[];
  readonly over: readonly Axis[];
}

export interface Chained {
  readonly products: readonly Inner[];
  /** The operand that is made of products, at each row and key. */
  readonly tile: Node;
  readonly right: Node;
  readonly scores: undefined;
  readonly batch: readonly Axis[];
  readonly rows: readonly Axis[];
  readonly keys: readonly Axis[];
  readonly columns: readonly Axis[];
}

const views = new Set(["split", "merge", "rename", "expand", "slice", "squeeze", "concat", "pad", "gather"]);

/** The contractions inside an operand, reached without a change of places; undefined when one is reached with one. */
function productsIn(node: Node, inMemory: (n: Node) => boolean): Node[] | undefined {
  if (inMemory(node)) return [];
  if (node.op === "contract") return [node];
  const found: Node[] = [];
  for (const i of node.inputs) {
    const inner = productsIn(i, inMemory);
    if (!inner || (inner.length > 0 && views.has(node.op))) return undefined;
    found.push(...inner);
  }
  return [...new Set(found)];
}

const names = (axes: readonly Axis[]): Set<string> => new Set(axes.map((a) => a.name));

/** An inner product, its operands told apart by whose lines they have. */
function innerOf(node: Node, outerRows: readonly Axis[], outerKeys: readonly Axis[]): Inner | undefined {
  const [a, b] = node.inputs as [Node, Node];
  const { over } = contractionAxes(node);
  const [rows, keys] = [names(outerRows), names(outerKeys)];
  const among = (x: Node, lines: ReadonlySet<string>) => x.axes.some((axis) => lines.has(axis.name) && hasAxis(node, axis.name));
  for (const [left, right] of [
    [a, b],
    [b, a],
  ] as const)
    if (!among(left, keys) && !among(right, rows) && among(left, rows) && among(right, keys))
      return {
        node,
        left,
        right,
        rows: outerRows.filter((x) => hasAxis(left, x.name)),
        columns: outerKeys.filter((x) => hasAxis(right, x.name)),
        over,
      };
  return undefined;
}

/** A contraction as a chain of products; undefined when neither operand is made of products, or not in a way that tiles can follow. */
export function chainOf(node: Node, inMemory: (n: Node) => boolean): Chained | undefined {
  if (node.op !== "contract" || !isFloat(node.dtype)) return undefined;
  const { batch, left, right, over } = contractionAxes(node);
  const [a, b] = node.inputs as [Node, Node];
  for (const [tile, other, rows, columns] of [
    [a, b, left, right],
    [b, a, right, left],
  ] as const) {
    const inside = productsIn(tile, inMemory);
    if (!inside || inside.length === 0 || inside.length > 2 || rows.length === 0) continue;
    const products = inside.map((n) => innerOf(n, rows, over));
    if (products.some((p) => p === undefined)) continue;
    const all = products as Inner[];
    const whole = (p: Inner) => p.rows.length === rows.length && p.columns.length === over.length;
    const same = all.every((p) => whole(p) && p.over.map((x) => x.size).join() === all[0]!.over.map((x) => x.size).join());
    if (!same) continue;
    return { products: all, tile, right: other, scores: undefined, batch, rows, keys: over, columns };
  }
  return undefined;
}

/** Whether a value at a place follows from the operands' values at that place. */
type Pointwise = (op: string) => boolean;

/**
 * What is never stored: distributions by their logarithms of sums, exp(scores - scoreLogSumExp), what is computed from them place by place,
 * and the products that only they read; each product of them makes them again in tiles. None where something else than a product reads them.
 */
export function remade(order: readonly Node[], outputs: ReadonlySet<Node>, pointwise: Pointwise): Set<Node> {
  const readers = new Map<Node, Node[]>(order.map((n) => [n, []]));
  for (const n of order) for (const i of n.inputs) readers.get(i)!.push(n);
  const result = new Set<Node>();
  for (const seed of order) {
    if (seed.op !== "sub" || seed.inputs[1]!.op !== "scoreLogSumExp" || result.has(seed)) continue;
    const region = regionOf(seed, readers, pointwise);
    const all = new Set([...region.inside, ...region.products]);
    const chained = region.consumers.every((c) => c.op === "contract" && chainOf(c, (n) => !all.has(n)) !== undefined);
    if (chained && ![...all].some((n) => outputs.has(n))) for (const n of all) result.add(n);
  }
  return result;
}

/** The nodes at the places of a seed that follow from it, the products that only they read, and what reads them elsewhere. */
function regionOf(
  seed: Node,
  readers: ReadonlyMap<Node, readonly Node[]>,
  pointwise: Pointwise,
): { inside: Set<Node>; products: Set<Node>; consumers: Node[] } {
  const here = (n: Node): boolean => pointwise(n.op) && n.axes.length === seed.axes.length;
  const inside = new Set<Node>();
  const products = new Set<Node>();
  const consumers = new Set<Node>();
  const below = (n: Node): void => {
    for (const i of n.inputs) {
      if (inside.has(i) || products.has(i) || i.axes.length !== seed.axes.length) continue;
      const own = readers.get(i)!.every((r) => inside.has(r) || here(r));
      if (i.op === "contract" && own) products.add(i);
      else if (here(i)) visit(i);
    }
  };
  const visit = (n: Node): void => {
    if (inside.has(n)) return;
    inside.add(n);
    for (const r of readers.get(n)!)
      if (here(r)) visit(r);
      else consumers.add(r);
    below(n);
  };
  visit(seed);
  return { inside, products, consumers: [...consumers] };
}
