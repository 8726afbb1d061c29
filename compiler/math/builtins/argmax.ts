// The place of the largest along one axis; there is no gradient of a place.
import * as k from "../../../kernels/index.ts";
import { keyOf, without } from "../axis.ts";
import { cutBy } from "../flow.ts";
import { nodeOf, numberNode, spread } from "../nodes.ts";
import { tensorOf } from "../operators.ts";
import { isProb, known, tensor } from "../value.ts";
import { type Builtin, overOne, presence, read, unknownValue, whereMask } from "./builtin.ts";

import { numbers } from "./numbers.ts";

const signature = "argmax(x: [.., a] over a where mask) -> [..] of Int";

export const argmax: Builtin = {
  name: "argmax",
  doc: "The index of the largest along one axis, the first among equals. It has no gradient.",
  signature,
  wrong: { code: "absent_axis", text: "fn f(x: [b, t]) -> [b] of Int = argmax(x over s)" },
  right: "fn f(x: [b, t]) -> [b] of Int = argmax(x over t)",
  apply(scope, e) {
    const arg = read(scope, e, "argmax", signature, 1)?.positional[0];
    const listed = arg && numbers(scope, arg, (xs) => xs.indexOf(Math.max(...xs)));
    if (listed) return listed.kind === "tensor" && listed.number !== undefined ? known(listed.number, "int") : tensor("int", []);
    const x = arg && tensorOf(scope, arg);
    const over = x && overOne(scope, e, x, "argmax", signature);
    const mask = over && whereMask(scope, e, x);
    if (!x || !over || mask === false) return unknownValue;
    const facts = { flow: cutBy(x.flow, "argmax", e.span) };
    if (!scope.world.trace) return tensor("int", without(x.axes, [over]), facts);
    const present = presence(scope, [over], mask, x.axes);
    const value = spread(isProb(x) ? nodeOf(x) : numberNode(x), [over]);
    return tensor("int", without(x.axes, [over]), {
      ...facts,
      node: k.argmax(present ? k.select(present, value, -3e38) : value, keyOf(over)),
    });
  },
};
