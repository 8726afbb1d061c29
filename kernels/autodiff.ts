/** Reverse-mode differentiation over the graph: each operation's record says how its gradient reaches its inputs. */
import { add } from "./ir/elementwise.ts";
import { at, type Node, namesOf } from "./ir/node.ts";
import { topological } from "./ir/program.ts";
import { extraAxes, sum } from "./ir/reduce.ts";
import { rebuilt } from "./ir/rewrite.ts";
import { expand } from "./ir/shape.ts";
import { constant } from "./ir/source.ts";
import { lowered, opOf } from "./ops/table.ts";

/** A gradient brought to the axes of what it is a gradient of: sums what is too many, spreads what lacks. */
function fitted(g: Node, to: Node): Node {
  const summed = sum(g, namesOf(extraAxes(g, to)));
  return expand(summed, extraAxes(to, summed));
}

/** What each node becomes when composed operations without a gradient of their own are lowered. */
function differentiable(loss: Node): Map<Node, Node> {
  const change = (node: Node): Node => {
    const { gradient, lower } = opOf(node.op);
    if (!lower || gradient) return node;
    const root = lowered(node)!;
    return rebuilt([root], change, node.inputs).get(root)!;
  };
  return rebuilt([loss], change);
}

/**
 * The gradients of a loss (no axes, f32) with respect to nodes, in their order; undefined where the loss does not depend
 * on one. A gradient has the axes of its node. Gradient nodes keep the origin of what they differentiate.
 */
export function gradients(loss: Node, wanted: readonly Node[]): (Node | undefined)[] {
  if (loss.axes.length > 0) throw new Error("only a loss without axes has a gradient");
  const was = differentiable(loss);
  const root = was.get(loss)!;
  const targets = new Set(wanted.map((w) => was.get(w) ?? w));
  const order = topological([root]);
  const reaches = new Set<Node>();
  for (const n of order) if (targets.has(n) || (n.op !== "stop" && n.inputs.some((i) => reaches.has(i)))) reaches.add(n);
  const collected = new Map<Node, Node>([[root, constant(1)]]);
  for (const node of [...order].reverse()) {
    const g = collected.get(node);
    const { gradient } = opOf(node.op);
    if (!g || !gradient || !reaches.has(node)) continue;
    at(node.origin, () => {
      gradient(node, g).forEach((part, i) => {
        const input = node.inputs[i]!;
        if (!part || !reaches.has(input)) return;
        const whole = fitted(part, input);
        const old = collected.get(input);
        collected.set(input, old ? add(old, whole) : whole);
      });
    });
  }
  return wanted.map((w) => collected.get(was.get(w) ?? w));
}
