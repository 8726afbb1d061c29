// Zeros drawn at random while a trained model trains (Srivastava et al. 2014); anywhere else x itself.
import * as k from "../../../kernels/index.ts";
import { outsideRange } from "../../diagnostics/outside_range.ts";
import { join } from "../flow.ts";
import { numberNode } from "../nodes.ts";
import { fault } from "../scope.ts";
import { tensor } from "../value.ts";
import { type Builtin, numberArg, read, unknownValue } from "./builtin.ts";

const signature = "dropout(x: [..], rate: Float in 0..1) -> [..]";

export const dropout: Builtin = {
  name: "dropout",
  doc: "x with a share of its values made 0 and the others enlarged to match, in training and only in `train` parameters; else x.",
  signature,
  wrong: { code: "outside_range", text: "fn f(x: [t]) -> [t] = dropout(x, 110%)" },
  right: "fn f(x: [t]) -> [t] = dropout(x, 10%)",
  apply(scope, e) {
    const args = read(scope, e, "dropout", signature, 2)?.positional;
    const x = args && numberArg(scope, args[0]!, "dropout");
    const rate = args && numberArg(scope, args[1]!, "dropout");
    if (!args || !x || !rate) return unknownValue;
    if (rate.number !== undefined && !(rate.number >= 0 && rate.number < 1)) {
      return fault(scope, outsideRange, args[1]!.span, { value: String(rate.number), range: "0..1", what: "The rate" });
    }
    const flow = join([x], true, e.span);
    const { trace } = scope.world;
    if (!trace) return tensor("float", x.axes, { flow });
    const kept = rate.number ? trace.dropout(x.axes, rate.number) : undefined;
    return tensor("float", x.axes, { flow, node: kept ? k.mul(numberNode(x), kept) : numberNode(x) });
  },
};
