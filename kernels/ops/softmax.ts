/**
 * softmax(x over axes), among what is present only: what is absent is 0, and a row where nothing is present is all 0.
 */
import { broadcast, div, exp, maximum, mul, select, sub } from "../ir/elementwise.ts";
import { stop } from "../ir/mark.ts";
import { type Attrs, declare, fail, hasAxis, make, type Node } from "../ir/node.ts";
import { reduceMax, sum } from "../ir/reduce.ts";
import { LOG_ZERO, type Op } from "./op.ts";

interface Over extends Attrs {
  readonly over: readonly string[];
}

/** The names in `over` of a softmax-like node. */
export const overOf = (attrs: Attrs): readonly string[] => (attrs as Over).over;

/** A signature of x and, where given, presence (bool): elementwise, or reduced over `over`. */
export const overPresent =
  (op: string, reduces: boolean) =>
  (inputs: readonly Node[], { over }: Over) => {
    const [x, present] = inputs;
    if (x!.dtype !== "f32" || (present && present.dtype !== "bool")) fail(op, "takes f32 and presence as bool", inputs);
    const axes = broadcast(op, inputs);
    for (const name of over) if (!hasAxis({ dtype: "f32", axes }, name)) fail(op, `no axis ${name}`, inputs);
    return { dtype: "f32" as const, axes: reduces ? axes.filter((a) => !over.includes(a.name)) : axes };
  };

declare<Over>("softmax", overPresent("softmax", false));

/** x, present? and the axes summed to 1, as the inputs and attributes of a node. */
export const withPresence = (op: string) => (x: Node, over: readonly string[], present?: Node) =>
  make(op, present ? [x, present] : [x], { over: [...over].sort() });

/** Softmax over axes; `present` (bool, spread by name) says what exists. */
export const softmax: (x: Node, over: readonly string[], present?: Node) => Node = withPresence("softmax");

/** exp(x - m) where present, its sum over the axes, and m, the largest present (LOG_ZERO of none). */
export function shifted(x: Node, over: readonly string[], present?: Node): { e: Node; total: Node; top: Node } {
  const top = stop(reduceMax(present ? select(present, x, LOG_ZERO) : x, over));
  const e = present ? select(present, exp(sub(x, top)), 0) : exp(sub(x, top));
  return { e, total: sum(e, over), top };
}

/** The record of softmax. */
export const softmaxOp: Op = {
  name: "softmax",
  lower: ([x, present], attrs) => {
    const { e, total } = shifted(x!, overOf(attrs), present);
    return div(e, maximum(total, 1e-30));
  },
  gradient: (p, g) => [mul(p, sub(g, sum(mul(p, g), overOf(p.attrs))))],
};
