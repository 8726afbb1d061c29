/** Attention and its gradient, decomposed, share one softmax; a logarithm of a sum shares its exponentials with the softmax. */
import { div, maximum } from "../ir/elementwise.ts";
import type { Node } from "../ir/node.ts";
import { nodesOf, type Program } from "../ir/program.ts";
import { mapProgram } from "../ir/rewrite.ts";
import { overOf, shifted, softmax } from "../ops/softmax.ts";
import { lowered } from "../ops/table.ts";
import { rule, table } from "./rule.ts";

/** The logSumExp of x in exp(x - logSumExp(x)). */
function normaliser(node: Node): Node | undefined {
  const [difference] = node.inputs;
  if (node.op !== "exp" || difference!.op !== "sub") return undefined;
  const [x, total] = difference!.inputs as [Node, Node];
  return total.op === "logSumExp" && total.inputs[0] === x ? total : undefined;
}

/** Distributions by their logarithms. */
export const distributions = table("distributions", {
  exp: [
    rule("exp(x - logSumExp(x)) -> softmax(x)", (node) => {
      const total = normaliser(node);
      return total && !total.inputs[1] ? softmax(total.inputs[0]!, overOf(total.attrs)) : undefined;
    }),
  ],
  select: [
    rule("select(present, exp(x - logSumExp(x, present)), 0) -> softmax(x, present)", ({ inputs: [present, p, other] }) => {
      const total = normaliser(p!);
      const zero = other!.op === "const" && Number(other!.attrs.value) === 0;
      return zero && total?.inputs[1] === present ? softmax(total!.inputs[0]!, overOf(total!.attrs), present) : undefined;
    }),
  ],
});

/** A softmax and a logarithm of a sum of the same numbers, wherever both are, share their exponentials. */
export function sharedExponentials(p: Program): Program {
  const key = (node: Node): string => `${node.inputs.map((i) => i.id).join(" ")} over ${overOf(node.attrs).join(" ")}`;
  const summed = new Set(nodesOf(p).flatMap((n) => (n.op === "logSumExp" ? [key(n)] : [])));
  const both = new Set(nodesOf(p).flatMap((n) => (n.op === "softmax" && summed.has(key(n)) ? [key(n)] : [])));
  if (both.size === 0) return p;
  return mapProgram(p, (node, was) => {
    if ((was.op !== "softmax" && was.op !== "logSumExp") || !both.has(key(was))) return node;
    if (was.op === "logSumExp") return lowered(node)!;
    const { e, total } = shifted(node.inputs[0]!, overOf(node.attrs), node.inputs[1]);
    return div(e, maximum(total, 1e-30));
  });
}
