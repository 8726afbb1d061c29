// Running sums along an axis, the own place included.
import * as k from "../../../kernels/index.ts";
import { type Axis, keyOf } from "../axis.ts";
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
    const present = presence(scope, [over], mask, undefined);
    const value = spread(elem === "int" ? nodeOf(x) : numberNode(x), [over]);
    const held = present ? k.select(present, value, 0) : value;
    return tensor(elem, x.axes, { flow, node: withinTexts(scope, over, held, k.cumsum(held, keyOf(over))) });
  },
};

/** Of several texts in one row each has a sum of its own: what had come before its first place is taken away. */
function withinTexts(scope: Scope, over: Axis, value: k.Node, sums: k.Node): k.Node {
  const starts = scope.world.trace!.starts(over);
  if (!starts) return sums;
  const key = keyOf(over);
  const at = k.rename(starts, { [key]: `${key} of` });
  return k.sub(sums, k.rename(k.gather(k.sub(sums, value), at, key), { [`${key} of`]: key }));
}

/** A condition as 0 and 1 of Int. */
const counting = (scope: Scope, c: Tensor): Tensor =>
  tensor("int", c.axes, scope.world.trace ? { node: k.cast(nodeOf(c), "i32") } : {});
