/**
 * softmax(x over axes), among what is present only: what is absent is 0, and a row where nothing is present is all 0.
 */
import { and, broadcast, cast, div, exp, maximum, mul, not, select, sub } from "../ir/elementwise.ts";
import { stop } from "../ir/mark.ts";
import { type Attrs, fail, hasAxis, make, type Node } from "../ir/node.ts";
import { reduceMax, sum } from "../ir/reduce.ts";
import { composed, LOG_ZERO } from "./op.ts";

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
    const { dtype } = x!;
    if ((dtype !== "f32" && dtype !== "f16") || (present && present.dtype !== "bool"))
      fail(op, "takes floats and presence as bool", inputs);
    const axes = broadcast(op, inputs);
    for (const name of over) if (!hasAxis({ dtype, axes }, name)) fail(op, `no axis ${name}`, inputs);
    return { dtype, axes: reduces ? axes.filter((a) => !over.includes(a.name)) : axes };
  };

/** x, present? and the axes summed to 1, as the inputs and attributes of a node. */
export const withPresence = (op: string) => (x: Node, over: readonly string[], present?: Node) =>
  make(op, present ? [x, present] : [x], { over: [...over].sort() });

/** exp(x - m) where present, its sum over the axes, and m, the largest present (LOG_ZERO of none): in f32 whatever x is. */
export function shifted(given: Node, over: readonly string[], present?: Node): { e: Node; total: Node; top: Node } {
  const x = cast(given, "f32");
  const top = stop(reduceMax(present ? select(present, x, LOG_ZERO) : x, over));
  const e = present ? select(present, exp(sub(x, top)), 0) : exp(sub(x, top));
  return { e, total: sum(e, over), top };
}

composed<Over>("softmax", {
  signature: overPresent("softmax", false),
  lower: ([x, present], attrs) => {
    const { e, total } = shifted(x!, overOf(attrs), present);
    return cast(div(e, maximum(total, 1e-30)), x!.dtype);
  },
  gradient: (p, g) => [mul(p, sub(g, sum(mul(p, g), overOf(p.attrs))))],
  cases: (given) => {
    const [x, p] = [given("x", "b s d"), given("p", "b s", "bool")];
    return [
      ["softmax", softmax(x, ["s"])],
      ["softmax over two axes", softmax(x, ["s", "d"])],
      ["softmax of the present", softmax(x, ["s"], p)],
      ["softmax where nothing is present", softmax(x, ["s"], and(p, not(p)))],
      ["softmax of huge numbers", softmax(mul(x, 1e4), ["d"])],
    ];
  },
});

/** Softmax over axes; `present` (bool, spread by name) says what exists. */
export const softmax: (x: Node, over: readonly string[], present?: Node) => Node = withPresence("softmax");
