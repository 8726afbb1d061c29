// Running sums along an axis, the own place included.
import * as k from "../../../kernels/index.ts";
import { keyOf } from "../axis.ts";
import { join } from "../flow.ts";
import { nodeOf, numberNode, spread } from "../nodes.ts";
import { asNumber, tensorOf } from "../operators.ts";
import type { Scope } from "../scope.ts";
import { type Tensor, tensor } from "../value.ts";
import { type Builtin, overOne, presence, read, unknownValue, whereMask } from "./builtin.ts";

const signature = "cumsum(x: [.., t] over t where mask) -> [.., t]";

export const cumsum: Builtin = {
  name: "cumsum",
  doc: "Running sums along an axis, the own place included; what is absent counts as 0. Of a condition, how often it held so far.",
  signature,
  wrong: { code: "absent_axis", text: "fn f(x: [b, t]) -> [b, t] = cumsum(x over s)" },
  right: "fn f(x: [b, t]) -> [b, t] = cumsum(x over t)",
  apply(scope, e) {
    const arg = read(scope, e, "cumsum", signature, 1)?.positional[0];
    const given = arg && tensorOf(scope, arg);
    const x = given?.elem === "bool" ? counting(scope, given) : given && asNumber(scope, given, arg.span, "cumsum");
    const over = x && overOne(scope, e, x, "cumsum", signature);
    const mask = over && whereMask(scope, e, x);
    if (!x || !over || mask === false) return unknownValue;
    const elem = x.elem === "float" ? "float" : "int";
    const flow = join([x], true, e.span);
    if (!scope.world.trace) return tensor(elem, x.axes, { flow });
    const present = presence(scope, [over], mask);
    const value = spread(elem === "int" ? nodeOf(x) : numberNode(x), [over]);
    return tensor(elem, x.axes, { flow, node: k.cumsum(present ? k.select(present, value, 0) : value, keyOf(over)) });
  },
};

/** A condition as 0 and 1 of Int. */
const counting = (scope: Scope, c: Tensor): Tensor =>
  tensor("int", c.axes, scope.world.trace ? { node: k.cast(nodeOf(c), "i32") } : {});
