// A number held between two others.
import * as k from "../../../kernels/index.ts";
import { join } from "../flow.ts";
import { numberNode } from "../nodes.ts";
import { known, tensor } from "../value.ts";
import { type Builtin, numberArg, read, unknownValue } from "./builtin.ts";

const signature = "clip(x: [..], low: Float, high: Float) -> [..]";

export const clip: Builtin = {
  name: "clip",
  doc: "x, or the nearer of two bounds where it lies outside; the bounds may be tensors with axes of x. No gradient where it is held.",
  signature,
  wrong: { code: "missing_argument", text: "fn f(x: [t]) -> [t] = clip(x, 0)" },
  right: "fn f(x: [t]) -> [t] = clip(x, 0, 1)",
  apply(scope, e) {
    const args = read(scope, e, "clip", signature, 3)?.positional.map((arg) => numberArg(scope, arg, "clip"));
    const [x, low, high] = args ?? [];
    if (!x || !low || !high) return unknownValue;
    if (x.number !== undefined && low.number !== undefined && high.number !== undefined) {
      return known(Math.min(high.number, Math.max(low.number, x.number)), "float");
    }
    const flow = join([x, low, high], false, e.span);
    if (!scope.world.trace) return tensor("float", x.axes, { flow });
    return tensor("float", x.axes, { flow, node: k.minimum(k.maximum(numberNode(x), numberNode(low)), numberNode(high)) });
  },
};
