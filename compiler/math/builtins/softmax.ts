// exp(x) / sum(exp(x)) over axes: a Prob. What is absent or masked is 0, and a row with nothing present is all 0.
import * as k from "../../../kernels/index.ts";
import { missingArgument } from "../../diagnostics/missing_argument.ts";
import { keyOf } from "../axis.ts";
import { join } from "../flow.ts";
import { numberNode, spread } from "../nodes.ts";
import { fault } from "../scope.ts";
import { tensor } from "../value.ts";
import { type Builtin, keys, numberArg, overAxes, presence, read, unknownValue, whereMask } from "./builtin.ts";
import { acrossBatch } from "./reduction.ts";

const signature = "softmax(x: [.., a] over a where mask) -> [.., a] of Prob";

export const softmax: Builtin = {
  name: "softmax",
  doc: "Weights along the axes of `over` that sum to 1 among what is present and what `where` keeps.",
  signature,
  wrong: { code: "absent_axis", text: "fn f(x: [b, t]) -> [b, t] of Prob = softmax(x over s)" },
  right: "fn f(x: [b, t]) -> [b, t] of Prob = softmax(x over t)",
  apply(scope, e) {
    const arg = read(scope, e, "softmax", signature, 1)?.positional[0];
    const x = arg && numberArg(scope, arg, "softmax");
    if (!x) return unknownValue;
    if (!e.over) return fault(scope, missingArgument, e.span, { names: ["over an axis"], callee: "softmax", signature });
    const over = overAxes(scope, e.over, x, e.span);
    const mask = over && whereMask(scope, e, x);
    if (!over || mask === false) return unknownValue;
    const flow = acrossBatch(join([x], false, e.span), over, false, e);
    if (!scope.world.trace) return tensor("prob", x.axes, { flow });
    const present = presence(scope, over, mask, x.axes);
    const z = spread(numberNode(x), over);
    const pick = (axis: string, index: k.Node): k.Node => {
      if (present || over.length !== 1 || keyOf(over[0]!) !== axis)
        return k.gather(k.logSoftmax(z, keys(over), present), index, axis);
      return k.sub(k.gather(z, index, axis), k.logSumExp(z, keys(over)));
    };
    return tensor("prob", x.axes, {
      flow,
      node: k.logSoftmax(z, keys(over), present),
      forms: { plain: () => k.softmax(z, keys(over), present), pick },
    });
  },
};
