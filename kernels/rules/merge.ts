/** Common subexpressions: nodes that differ only in where they come from become one, which comes from all those places. */
import { at, make, type Node } from "../ir/node.ts";
import { nodesOf, type Program } from "../ir/program.ts";
import { mapProgram } from "../ir/rewrite.ts";

/** Merges equal computations; the origins of what is merged are joined. */
export function merged(p: Program): Program {
  const same = new Map<Node, string>();
  const keys = new Map<string, number>();
  const origins = new Map<string, Set<string>>();
  for (const node of nodesOf(p)) {
    const text = JSON.stringify([node.op, node.inputs.map((i) => keys.get(same.get(i)!)), node.attrs]);
    if (!keys.has(text)) keys.set(text, keys.size);
    same.set(node, text);
    const all = origins.get(text) ?? new Set();
    for (const line of node.origin) all.add(line);
    origins.set(text, all);
  }
  return mapProgram(p, (node, was) => at([...origins.get(same.get(was)!)!].sort(), () => make(node.op, node.inputs, node.attrs)));
}
