/**
 * What a product or a sum ends in: the last node that follows from it alone, place by place, together with other tensors. Whoever reads that reads
 * nothing of what lies between, so the product's kernel stores it rather than the product (bias, activation, gate, residual).
 */
import type { Node } from "../ir/node.ts";
import { scoring } from "./alone.ts";

const ending = new Set(["contract", "sum", "reduceMax", "reduceMin"]);

/** How many nodes may lie between a product and its end. */
const far = 24;

/** The ends of products and sums, each with its loop, among nodes in order. `pointwise` says whether an operation works place by place. */
export function topsOf(order: readonly Node[], pointwise: (op: string) => boolean): Map<Node, Node> {
  const readers = new Map<Node, Node[]>(order.map((n) => [n, []]));
  for (const n of order) for (const i of n.inputs) readers.get(i)!.push(n);
  const tops = new Map<Node, Node>();
  for (const loop of order) if (ending.has(loop.op) || scoring.has(loop.op)) tops.set(topOf(loop, readers, pointwise), loop);
  return tops;
}

function topOf(loop: Node, readers: ReadonlyMap<Node, readonly Node[]>, pointwise: (op: string) => boolean): Node {
  let top = loop;
  const inside = new Set<Node>([loop]);
  for (;;) {
    const next = new Set([...inside].flatMap((n) => readers.get(n)!.filter((r) => !inside.has(r))));
    const here = [...next].every((r) => (pointwise(r.op) || r.op === "rename") && r.axes.length === loop.axes.length);
    if (!here || next.size === 0 || inside.size + next.size > far) return top;
    for (const n of next) inside.add(n);
    const exits = [...inside].filter((n) => readers.get(n)!.length === 0 || readers.get(n)!.some((r) => !inside.has(r)));
    if (exits.length === 1) top = exits[0]!;
  }
}
