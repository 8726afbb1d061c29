/** What several sums add to different tensors is added up once: (x + a) + c and (y + a) + c share a + c. */
import { add } from "../ir/elementwise.ts";
import { type Axis, at, hasAxis, make, type Node } from "../ir/node.ts";
import { nodesOf, type Program } from "../ir/program.ts";
import { mapProgram } from "../ir/rewrite.ts";

interface Sum {
  readonly x: Node;
  readonly a: Node;
  readonly c: Node;
}

/** How many axes of a node are longer than 1. */
const wide = (node: Node): number => node.axes.filter((a) => a.size !== 1).length;

/** The ways to see a node as (x + a) + c with x of every axis and c spread; a may be either. */
function sumsOf(node: Node): Sum[] {
  if (node.op !== "add" || node.dtype !== "f32") return [];
  const full = (n: Node) => wide(n) === wide(node);
  const [inner, c] = full(node.inputs[0]!) ? node.inputs : [...node.inputs].reverse();
  if (inner!.op !== "add" || full(c!) || !full(inner!) || c!.axes.length === 0) return [];
  const [p, q] = inner!.inputs as [Node, Node];
  return [
    { x: p, a: q, c: c! },
    { x: q, a: p, c: c! },
  ].filter(({ x, a }) => full(x) && a.axes.length > 0);
}

/** What moves a tensor's values and computes none, with nothing to do on the axes of another. */
function moves(node: Node, beside: Node): boolean {
  if (node.op === "split") return (node.attrs.into as readonly Axis[]).every((a) => !hasAxis(beside, a.name));
  return node.op === "rename" && (node.attrs.to as readonly string[]).every((name) => !hasAxis(beside, name));
}

/** The tensor behind moves that c has nothing to do with. */
function root(a: Node, c: Node): Node {
  const below = a.inputs[0];
  const free = below && moves(a, c) && !below.axes.some((x) => hasAxis(c, x.name) && !hasAxis(a, x.name));
  return free ? root(below, c) : a;
}

/** a + c, added at the root of a and moved as a is. */
const addedAtRoot = (a: Node, c: Node): Node =>
  root(a, c) === a ? add(a, c) : at(a.origin, () => make(a.op, [addedAtRoot(a.inputs[0]!, c)], a.attrs));

const key = ({ a, c }: Sum): string => `${root(a, c).id} ${c.id}`;

/** Adds up what is added more than once, such as a bias and a penalty that all layers of a stack share. */
export function shared(p: Program): Program {
  const counts = new Map<string, number>();
  for (const node of nodesOf(p)) for (const sum of sumsOf(node)) counts.set(key(sum), (counts.get(key(sum)) ?? 0) + 1);
  return mapProgram(p, (node, was) => {
    const place = sumsOf(was).findIndex((sum) => counts.get(key(sum))! > 1);
    const sum = place < 0 ? undefined : sumsOf(node)[place];
    return sum ? add(sum.x, addedAtRoot(sum.a, sum.c)) : node;
  });
}
