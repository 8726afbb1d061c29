// 1 / (1 + exp(-z)): a Prob, so its logarithm and that of its complement are exact on both sides.
import * as k from "../../../kernels/index.ts";
import { join } from "../flow.ts";
import { numberNode } from "../nodes.ts";
import { tensor } from "../value.ts";
import { type Builtin, numberArg, read, unknownValue } from "./builtin.ts";

const signature = "sigmoid(z: [..]) -> [..] of Prob";

export const sigmoid: Builtin = {
  name: "sigmoid",
  doc: "The probability whose log-odds are z.",
  signature,
  wrong: { code: "bool_as_number", text: "fn f(z: [t]) -> [t] of Prob = sigmoid(z > 0)" },
  right: "fn f(z: [t]) -> [t] of Prob = 1 - sigmoid(z)",
  apply(scope, e) {
    const arg = read(scope, e, "sigmoid", signature, 1)?.positional[0];
    const z = arg && numberArg(scope, arg, "sigmoid");
    if (!z) return unknownValue;
    const flow = join([z], false, e.span);
    if (!scope.world.trace) return tensor("prob", z.axes, { flow });
    const x = numberNode(z);
    return tensor("prob", z.axes, {
      flow,
      node: k.logSigmoid(x),
      forms: { plain: () => k.sigmoid(x), rest: () => k.logSigmoid(k.neg(x)) },
    });
  },
};
