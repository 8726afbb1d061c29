// The sum over axes; that of a Prob stays a Prob.
import * as k from "../../../kernels/index.ts";
import { nodeOf, spread } from "../nodes.ts";
import { asTensor } from "../operators.ts";
import { tensor } from "../value.ts";
import { evaluate } from "../walk.ts";
import { type Builtin, keys, presence, read, unknownValue } from "./builtin.ts";
import { reduced, reduction } from "./reduction.ts";

const present = (x: k.Node, mask: k.Node | undefined, none: number): k.Node => (mask ? k.select(mask, x, none) : x);

const plain = reduction({
  name: "sum",
  doc: "The sum over axes of what is present; 0 of none. Without `over`, over all. That of a Prob stays a Prob.",
  linear: true,
  node: (x, over, mask) => k.sum(present(x, mask, 0), over),
  fold: (xs) => xs.reduce((a, b) => a + b, 0),
});

export const sum: Builtin = {
  ...plain,
  apply(scope, e) {
    const arg = read(scope, e, "sum", plain.signature, 1)?.positional[0];
    if (!arg) return unknownValue;
    const t = evaluate(scope, arg);
    if (t.kind === "unknown") return t;
    if (t.kind !== "tensor" || t.elem !== "prob")
      return t.kind === "list" || t.kind === "tensor" ? plain.apply(scope, e) : (asTensor(scope, t, arg.span) ?? unknownValue);
    const r = reduced(scope, e, t, false);
    if (!r) return unknownValue;
    const whole = t.whole ? { whole: {} } : {};
    if (!scope.world.trace) return tensor("prob", r.kept, { flow: r.flow, ...whole });
    return tensor("prob", r.kept, {
      flow: r.flow,
      ...whole,
      node: k.logSumExp(spread(nodeOf(t), r.over), keys(r.over), presence(scope, r.over, r.mask, t.axes)),
    });
  },
};
