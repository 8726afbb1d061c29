/** Which caches are replaced in part where they lie, rather than copied. */
import type { Node } from "../../ir/node.ts";
import { inputOf, type Program } from "../../ir/program.ts";

/**
 * The inputs of a program whose places may be replaced where they lie: for the output of their name, in the order of its memory, where
 * nothing else reads the input.
 */
export function replaceable(p: Program): ReadonlySet<Node> {
  const readers = new Map<Node, number>();
  const seen = new Set<Node>();
  const visit = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const x of node.inputs) {
      readers.set(x, (readers.get(x) ?? 0) + 1);
      visit(x);
    }
  };
  for (const o of p.outputs) visit(o.node);
  return new Set(
    p.outputs.flatMap(({ name, node, axes }) => {
      const [old] = node.inputs;
      if (node.op !== "put" || old?.op !== "input" || inputOf(old).name !== name || readers.get(old) !== 1) return [];
      const outputs = p.outputs.filter((o) => o.node === node || o.node === old);
      return outputs.length === 1 && axes.every((a, i) => a.name === old.axes[i]!.name) ? [old] : [];
    }),
  );
}
