// scatter(x, at: index over s -> vocab): each value is added at the place that its index names; a Prob stays a Prob.
import * as k from "../../../kernels/index.ts";
import { absentAxis } from "../../diagnostics/absent_axis.ts";
import { missingArgument } from "../../diagnostics/missing_argument.ts";
import { wrongType } from "../../diagnostics/wrong_type.ts";
import { agree, distinct } from "../align.ts";
import { type Axis, find, keyOf, without } from "../axis.ts";
import { join } from "../flow.ts";
import { nodeOf, numberNode, spread } from "../nodes.ts";
import { tensorOf } from "../operators.ts";
import { axesText, fault, type Scope } from "../scope.ts";
import { toKernel } from "../trace.ts";
import { showType, type Tensor, tensor } from "../value.ts";
import { toOne } from "./axes.ts";
import { type Builtin, keys, overAxes, presence, read, unknownValue } from "./builtin.ts";

const signature = "scatter(x: [.., s], at: [s] of Int over s -> vocab) -> [.., vocab]";

export const scatter: Builtin = {
  name: "scatter",
  doc: "Zeros along a new axis, where each value is added at the place its index names. A Prob stays a Prob.",
  signature,
  wrong: { code: "missing_argument", text: "fn f(x: [b, s], vocab: axis) -> [b, vocab] = scatter(x over s -> vocab)" },
  right: "fn f(x: [b, s], at: [b, s] of Token, like: [vocab]) -> [b, vocab] = scatter(x, at: at over s -> vocab)",
  apply(scope, e) {
    const args = read(scope, e, "scatter", signature, 1, ["at"]);
    const arg = args?.positional[0];
    const x = arg && tensorOf(scope, arg);
    const over = x && e.over && overAxes(scope, e.over, x, e.span);
    if (!x) return unknownValue;
    const at = args.labelled.get("at");
    if (!at || !e.over)
      return fault(scope, missingArgument, e.span, { names: [at ? "over an axis" : "at"], callee: "scatter", signature });
    const index = tensorOf(scope, at);
    const to = toOne(scope, e, "scatter", signature);
    if (!index || !over || !to) return unknownValue;
    if (index.elem !== "int" && index.elem !== "token") {
      return fault(scope, wrongType, at.span, { what: "`at`", expected: "of Int or Token", found: showType(index) });
    }
    const into = scope.axes.get(to.name.text);
    if (!into) {
      const hint = `Its size must be known: ${to.name.text} is an axis of the table that the index points into.`;
      return fault(scope, absentAxis, to.span, { axis: to.name.text, axes: `[${[...scope.axes.keys()].join(", ")}]`, hint });
    }
    if (!agree(scope, { axes: x.axes, span: arg.span }, { axes: index.axes, span: at.span }, e.span)) return unknownValue;
    const foreign = index.axes.find((a) => !find(x.axes, a));
    if (foreign)
      return fault(scope, absentAxis, at.span, {
        axis: foreign.name,
        axes: axesText(scope, x.axes),
        hint: "Every axis of the index is one of the values.",
      });
    return scattered(scope, x, index, over, into, e.span);
  },
};

function scattered(scope: Scope, x: Tensor, index: Tensor, over: readonly Axis[], into: Axis, span: Parameters<typeof join>[2]) {
  const axes = [...without(x.axes, over), into];
  if (!distinct(scope, axes, span)) return unknownValue;
  const flow = join([x], true, span);
  const elem = x.elem === "prob" ? "prob" : "float";
  if (!scope.world.trace) return tensor(elem, axes, { flow });
  const present = presence(scope, over, undefined, x.axes);
  const number = spread(numberNode(x), x.axes);
  const value = present ? k.select(present, number, 0) : number;
  const plain = () => k.scatterAdd(value, spread(nodeOf(index), over), keys(over), toKernel(into));
  if (elem === "float") return tensor(elem, axes, { flow, node: plain() });
  const pick = (axis: string, at: k.Node): k.Node => {
    if (axis !== keyOf(into)) return k.gather(k.safeLog(plain()), at, axis);
    return k.safeLog(k.sum(k.select(k.eq(at, nodeOf(index)), value, 0), keys(over)));
  };
  return tensor(elem, axes, { flow, node: k.safeLog(plain()), forms: { plain, pick } });
}
