// dot(a, b over k): multiply and sum over axes that both have, align the other shared axes, keep the rest.

import type { Span } from "../../../grammar/index.ts";
import * as k from "../../../kernels/index.ts";
import { absentContraction } from "../../diagnostics/absent_contraction.ts";
import { missingArgument } from "../../diagnostics/missing_argument.ts";
import { agree } from "../align.ts";
import { type Axis, find, without } from "../axis.ts";
import { checkLeak, join } from "../flow.ts";
import { numberNode, spread } from "../nodes.ts";
import { axesText, fault, nameOf, type Scope } from "../scope.ts";
import { type Tensor, tensor } from "../value.ts";
import { type Builtin, keys, numberArg, operandAxis, presence, read, unknownValue } from "./builtin.ts";

const signature = "dot(a: [.., k], b: [.., k] over k) -> [..]";

export const dot: Builtin = {
  name: "dot",
  doc: "The product of two tensors summed over axes that both have. Other shared axes are aligned; the result has the left's remaining axes, then the right's new ones.",
  signature,
  wrong: { code: "absent_contraction", text: "fn f(q: [b, t, d], n: [b, s, k]) -> [b, t, s] = dot(q, n over d)" },
  right: "fn f(q: [b, t, k], n: [b, s, k]) -> [b, t, s] = dot(q, n over k)",
  apply(scope, e) {
    const args = read(scope, e, "dot", signature, 2)?.positional;
    const a = args && numberArg(scope, args[0]!, "dot");
    const b = args && numberArg(scope, args[1]!, "dot");
    if (!args || !a || !b) return unknownValue;
    if (!e.over) return fault(scope, missingArgument, e.span, { names: ["over an axis"], callee: "dot", signature });
    const over: Axis[] = [];
    for (const tree of e.over) {
      if (tree.kind === "Ellipsis")
        return fault(scope, missingArgument, tree.span, { names: ["axes by name"], callee: "dot", signature });
      const axis = operandAxis(scope, tree.name.text, a) ?? operandAxis(scope, tree.name.text, b);
      const left = axis && (find(a.axes, axis) || a.axes.some((x) => x.rest));
      const right = axis && (find(b.axes, axis) || b.axes.some((x) => x.rest));
      if (!axis || !left || !right) return missing(scope, tree.name.text, a, b, !left, tree.span);
      over.push(axis);
    }
    if (!agree(scope, { axes: a.axes, span: args[0]!.span }, { axes: b.axes, span: args[1]!.span }, e.span)) return unknownValue;
    checkLeak(scope, a, b, args[0]!.span, args[1]!.span);
    const kept = without(a.axes, over);
    const axes = [...kept, ...without(b.axes, over).filter((x) => !find(kept, x))];
    const flow = join([a, b], a.flow.grads.length === 0 || b.flow.grads.length === 0, e.span);
    if (!scope.world.trace) return tensor("float", axes, { flow });
    const present = presence(scope, over, undefined, [...a.axes, ...b.axes]);
    const left = spread(numberNode(a), over);
    const masked = present && !vanishes(a, keys(over)) ? k.select(present, left, 0) : left;
    return tensor("float", axes, { flow, node: k.contract(masked, spread(numberNode(b), over), keys(over)) });
  },
};

/** What comes out of a softmax over these axes is 0 where nothing is present, so it needs no mask again. */
const vanishes = (t: Tensor, over: readonly string[]): boolean =>
  t.node?.op === "softmax" && over.every((name) => (t.node!.attrs.over as readonly string[]).includes(name));

function missing(scope: Scope, name: string, a: Tensor, b: Tensor, left: boolean, span: Span) {
  const [side, t, other] = left ? ["left", a, b] : (["right", b, a] as const);
  const shared = a.axes.filter((x) => find(b.axes, x)).map((x) => nameOf(scope, x));
  const hint =
    shared.length > 0
      ? `Both have ${shared.join(", ")}: over ${shared.at(-1)}.`
      : `The other is ${axesText(scope, (other as Tensor).axes)}.`;
  return fault(scope, absentContraction, span, {
    axis: name,
    side: side as string,
    axes: axesText(scope, (t as Tensor).axes),
    hint,
    ...(shared.length > 0 && { shared: shared.at(-1)! }),
  });
}
