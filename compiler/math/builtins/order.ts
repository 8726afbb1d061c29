// order(x over b, t, d): the axes in another order, for a call that binds them in order.
import { missingArgument } from "../../diagnostics/missing_argument.ts";
import { without } from "../axis.ts";
import { tensorOf } from "../operators.ts";
import { fault } from "../scope.ts";
import { type Builtin, overAxes, read, unknownValue } from "./builtin.ts";

const signature = "order(x: [..] over b, t, d) -> [b, t, d]";

export const order: Builtin = {
  name: "order",
  doc: "The same tensor with its axes in the order given; those not named come first.",
  signature,
  wrong: { code: "absent_axis", text: "fn f(x: [b, t]) -> [t, b] = order(x over t, c)" },
  right: "fn f(x: [b, t]) -> [t, b] = order(x over t, b)",
  apply(scope, e) {
    const arg = read(scope, e, "order", signature, 1)?.positional[0];
    const x = arg && tensorOf(scope, arg);
    if (!x) return unknownValue;
    if (!e.over) return fault(scope, missingArgument, e.span, { names: ["over axes"], callee: "order", signature });
    const over = overAxes(scope, e.over, x, e.span);
    return over ? { ...x, axes: [...without(x.axes, over), ...over] } : unknownValue;
  },
};
