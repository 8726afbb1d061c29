/** Products whose matrix is read as it lies in memory: a factor along the summed axes alone goes to the other operand. */
import { mul } from "../../ir/elementwise.ts";
import { hasAxis, type Node } from "../../ir/node.ts";
import { contract } from "../../ir/reduce.ts";

const views = new Set(["rename", "merge", "split", "squeeze", "slice"]);

/** Whether a node is an input, under whatever names. */
const given = (node: Node): boolean => node.op === "input" || (views.has(node.op) && given(node.inputs[0]!));

/** contract(x, w * c) with a given w and a c that has no axes of its own -> contract(x * c, w). */
export function bare(node: Node): Node {
  if (node.op !== "contract") return node;
  for (const i of [0, 1] as const) {
    const [matrix, other] = [node.inputs[i]!, node.inputs[1 - i]!];
    if (matrix.op !== "mul" || given(other)) continue;
    for (const [w, c] of [matrix.inputs, [...matrix.inputs].reverse()] as [Node, Node][])
      if (
        given(w) &&
        w.axes.length > c.axes.length &&
        c.axes.every((a) => hasAxis(other, a.name)) &&
        w.axes.length === matrix.axes.length
      ) {
        const over = node.attrs.over as readonly string[];
        return i === 0 ? contract(w, mul(other, c), over) : contract(mul(other, c), w, over);
      }
  }
  return node;
}
