/** What several sums add to different tensors is added up once: (x + a) + c and (y + a) + c share a + c. */
import { add } from "../ir/elementwise.ts";
import type { Node } from "../ir/node.ts";
import { nodesOf, type Program } from "../ir/program.ts";
import { mapProgram } from "../ir/rewrite.ts";

interface Sum {
  readonly x: Node;
  readonly a: Node;
  readonly c: Node;
}

/** (x + a) + c, where x has every axis and a and c are spread. */
function sumOf(node: Node): Sum | undefined {
  if (node.op !== "add" || node.dtype !== "f32") return undefined;
  const full = (n: Node) => n.axes.length === node.axes.length;
  const [inner, c] = full(node.inputs[0]!) ? node.inputs : [...node.inputs].reverse();
  if (inner!.op !== "add" || full(c!) || !full(inner!) || c!.axes.length === 0) return undefined;
  const [x, a] = full(inner!.inputs[0]!) ? inner!.inputs : [...inner!.inputs].reverse();
  return !full(x!) || full(a!) || a!.axes.length === 0 ? undefined : { x: x!, a: a!, c: c! };
}

const key = ({ a, c }: Sum): string => `${a.id} ${c.id}`;

/** Adds up what is added more than once, such as a bias and a penalty that all layers of a stack share. */
export function shared(p: Program): Program {
  const counts = new Map<string, number>();
  for (const node of nodesOf(p)) {
    const sum = sumOf(node);
    if (sum) counts.set(key(sum), (counts.get(key(sum)) ?? 0) + 1);
  }
  return mapProgram(p, (node, was) => {
    const before = sumOf(was);
    const sum = sumOf(node);
    return before && sum && (counts.get(key(before)) ?? 0) > 1 ? add(sum.x, add(sum.a, sum.c)) : node;
  });
}
