// The natural logarithm. Of a Prob or a Ratio it is what is kept already, so log(sigmoid(z)) and log(p / q) are exact.
import * as k from "../../../kernels/index.ts";
import { join } from "../flow.ts";
import { nodeOf, numberNode } from "../nodes.ts";
import { asNumber, asTensor } from "../operators.ts";
import { isProb, known, tensor } from "../value.ts";
import { evaluate } from "../walk.ts";
import { type Builtin, read, unknownValue } from "./builtin.ts";

const signature = "log(x: [..]) -> [..]";

export const log: Builtin = {
  name: "log",
  doc: "The natural logarithm; exact of a Prob or a Ratio, which are kept as logarithms.",
  signature,
  wrong: { code: "bool_as_number", text: "fn f(x: [t]) -> [t] = log(x > 1)" },
  right: "fn f(x: [t]) -> [t] = log(sigmoid(x))",
  apply(scope, e) {
    const arg = read(scope, e, "log", signature, 1)?.positional[0];
    const t = arg && asTensor(scope, evaluate(scope, arg), arg.span);
    if (!t || !arg) return unknownValue;
    if (isProb(t))
      return tensor("float", t.axes, { flow: join([t], true, e.span), ...(scope.world.trace ? { node: nodeOf(t) } : {}) });
    const x = asNumber(scope, t, arg.span, "log");
    if (!x) return unknownValue;
    if (x.number !== undefined) return known(Math.log(x.number), "float");
    return tensor("float", x.axes, {
      flow: join([x], false, e.span),
      ...(scope.world.trace ? { node: k.log(numberNode(x)) } : {}),
    });
  },
};
