/** Rebuilding a graph from its leaves: the one way in which passes change programs. */
import { at, make, type Node } from "./node.ts";
import { type Program, symbolsIn, toldBy, topological } from "./program.ts";

/** A node with other inputs, of the same origin. */
export const withInputs = (node: Node, inputs: readonly Node[]): Node =>
  inputs.every((n, i) => n === node.inputs[i]) ? node : at(node.origin, () => make(node.op, inputs, node.attrs));

/**
 * What each node that `roots` reach becomes: `change` is given a node whose inputs are already changed, and the node it
 * was; it returns what stands in its place. The replacement is not visited again. Nodes of `leaves` stay what they are.
 */
export function rebuilt(
  roots: readonly Node[],
  change: (node: Node, was: Node) => Node,
  leaves: readonly Node[] = [],
): Map<Node, Node> {
  const become = new Map<Node, Node>(leaves.map((n) => [n, n]));
  for (const node of topological(roots, leaves)) {
    const current = withInputs(
      node,
      node.inputs.map((i) => become.get(i)!),
    );
    become.set(
      node,
      at(node.origin, () => change(current, node)),
    );
  }
  return become;
}

/** Inputs that nothing reaches but that alone tell what a symbol is. */
function binding(p: Program, kept: readonly Node[], reached: ReadonlySet<Node>): Node[] {
  const missing = symbolsIn(reached).difference(new Set(kept.flatMap(toldBy)));
  const found: Node[] = [];
  for (const input of p.inputs) {
    const told = toldBy(input).filter((s) => missing.has(s));
    if (told.length > 0) found.push(input);
    for (const s of told) missing.delete(s);
  }
  return found;
}

/** A program with every node changed; outputs keep names and memory order, inputs that are no longer needed go. */
export function mapProgram(p: Program, change: (node: Node, was: Node) => Node): Program {
  const become = rebuilt(
    p.outputs.map((o) => o.node),
    change,
  );
  const outputs = p.outputs.map((o) => ({ ...o, node: become.get(o.node)! }));
  const reached = new Set(topological(outputs.map((o) => o.node)));
  const read = p.inputs.filter((i) => reached.has(i));
  const bind = read.length === p.inputs.length ? [] : binding(p, read, reached);
  const kept = p.inputs.filter((i) => reached.has(i) || bind.includes(i));
  const fresh = [...reached].filter((n) => n.op === "input" && !kept.includes(n));
  return { ...p, outputs, inputs: [...kept, ...fresh] };
}
