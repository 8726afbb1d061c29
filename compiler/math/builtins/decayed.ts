// y[t] = x[t] + by * y[t + 1]: discounted sums to the end of a text, as in GAE (Schulman et al. 2016).
import * as k from "../../../kernels/index.ts";
import { missingArgument } from "../../diagnostics/missing_argument.ts";
import { keyOf } from "../axis.ts";
import { join } from "../flow.ts";
import { numberNode, spread } from "../nodes.ts";
import { fault } from "../scope.ts";
import { tensor } from "../value.ts";
import { type Builtin, numberArg, overOne, presence, read, unknownValue } from "./builtin.ts";

const signature = "decayed(x: [.., t], by: Float over t) -> [.., t]";

export const decayed: Builtin = {
  name: "decayed",
  doc: "Sums from each place to the end of an axis, each step further weighed by `by` once more.",
  signature,
  wrong: { code: "missing_argument", text: "fn f(x: [b, t]) -> [b, t] = decayed(x over t)" },
  right: "fn f(x: [b, t]) -> [b, t] = decayed(x, by: 0.9 over t)",
  apply(scope, e) {
    const args = read(scope, e, "decayed", signature, 1, ["by"]);
    const arg = args?.positional[0];
    const x = arg && numberArg(scope, arg, "decayed");
    const over = x && overOne(scope, e, x, "decayed", signature);
    if (!x || !over) return unknownValue;
    const byArg = args.labelled.get("by");
    if (!byArg) return fault(scope, missingArgument, e.span, { names: ["by"], callee: "decayed", signature });
    const by = numberArg(scope, byArg, "decayed");
    if (!by) return unknownValue;
    const flow = join([x, by], by.flow.grads.length === 0, e.span);
    if (!scope.world.trace) return tensor("float", x.axes, { flow });
    const present = presence(scope, [over], undefined, x.axes);
    const value = spread(numberNode(x), [over]);
    return tensor("float", x.axes, {
      flow,
      node: k.decayed(present ? k.select(present, value, 0) : value, numberNode(by), keyOf(over)),
    });
  },
};
