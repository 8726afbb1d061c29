// Probabilities are kept as logarithms: `*`, `^`, `p + q` and `1 - p` stay Prob, a quotient is a Ratio, and both are exact.
//
// A Prob may know other forms of itself (the plain number, 1 - p, the value at one index); they are kept through these
// operations, so that mixing two distributions and reading one token of the mixture never makes the whole mixture.
import type { Span } from "../../grammar/index.ts";
import * as k from "../../kernels/index.ts";
import { type Axis, keyOf } from "./axis.ts";
import { join } from "./flow.ts";
import { nodeOf, numberNode } from "./nodes.ts";
import type { Scope } from "./scope.ts";
import { isProb, type ProbForms, type Tensor, tensor } from "./value.ts";

/** The result of an operator on probabilities that stays in the log; undefined where the operands become numbers first. */
export function probBinary(
  scope: Scope,
  op: "+" | "-" | "*" | "/" | "^",
  a: Tensor,
  b: Tensor,
  axes: readonly Axis[],
  span: Span,
): Tensor | undefined {
  const { trace } = scope.world;
  const whole = a.whole || b.whole ? { whole: {} } : {};
  if (op === "-") return complement(scope, a, b, span);
  if (op === "^" && isProb(a) && !isProb(b) && b.elem !== "bool") {
    const flow = join([a, b], true, span);
    const elem = a.elem === "ratio" || (b.number ?? 1) < 0 ? "ratio" : "prob";
    return tensor(elem, axes, { flow, ...whole, ...(trace ? { node: k.mul(nodeOf(a), numberNode(b)) } : {}) });
  }
  if (!isProb(a) || !isProb(b)) return undefined;
  if (op === "*" || op === "/") {
    const elem = op === "/" || a.elem === "ratio" || b.elem === "ratio" ? "ratio" : "prob";
    const flow = join([a, b], true, span);
    if (!trace) return tensor(elem, axes, { flow, ...whole });
    const node = (op === "*" ? k.add : k.sub)(nodeOf(a), nodeOf(b));
    const forms = elem === "prob" ? { forms: both(a, b, k.add, k.mul) } : {};
    return tensor(elem, axes, { flow, node, ...whole, ...forms });
  }
  if (op !== "+" || a.elem !== "prob" || b.elem !== "prob") return undefined;
  const flow = join([a, b], false, span);
  if (!trace) return tensor("prob", axes, { flow, ...whole });
  return tensor("prob", axes, { flow, node: k.logAddExp(nodeOf(a), nodeOf(b)), ...whole, forms: both(a, b, k.logAddExp, k.add) });
}

/** `1 - p`, exact; any other difference is one of numbers, but `r - 1` of a Ratio is exact too. */
function complement(scope: Scope, a: Tensor, b: Tensor, span: Span): Tensor | undefined {
  const { trace } = scope.world;
  if (a.number === 1 && b.elem === "prob" && !b.whole) {
    const flow = join([b], false, span);
    if (!trace) return tensor("prob", b.axes, { flow });
    const node = b.forms?.rest?.() ?? k.log1mExp(nodeOf(b));
    return tensor("prob", b.axes, { flow, node, forms: { rest: () => nodeOf(b), plain: () => k.sub(1, numberNode(b)) } });
  }
  if (b.number === 1 && isProb(a) && !a.whole) {
    return tensor("float", a.axes, { flow: join([a], false, span), ...(trace ? { node: k.expm1(nodeOf(a)) } : {}) });
  }
  return undefined;
}

type Combine = (a: k.Operand, b: k.Operand) => k.Node;

function both(a: Tensor, b: Tensor, logs: Combine, plains: Combine): ProbForms {
  return {
    plain: () => plains(numberNode(a), numberNode(b)),
    pick: (axis, index) => logs(pick(a, axis, index), pick(b, axis, index)),
  };
}

/** log p at one index (i32) of an axis (by key); what lacks the axis is the same at every index. */
export function pick(t: Tensor, axis: string, index: k.Node): k.Node {
  const node = nodeOf(t);
  if (!t.axes.some((a) => keyOf(a) === axis)) return node;
  return t.forms?.pick ? t.forms.pick(axis, index) : k.gather(node, index, axis);
}
