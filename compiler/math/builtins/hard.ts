// 1 where a condition holds, 0 where not: the only way from Bool to number.
import * as k from "../../../kernels/index.ts";
import { nodeOf } from "../nodes.ts";
import { boolOf } from "../operators.ts";
import { known, tensor } from "../value.ts";
import { type Builtin, read, unknownValue } from "./builtin.ts";

const signature = "hard(c: [..] of Bool) -> [..]";

export const hard: Builtin = {
  name: "hard",
  doc: "1 where the condition holds, 0 where not.",
  signature,
  wrong: { code: "wrong_type", text: "fn f(x: [t]) -> [t] = hard(x)" },
  right: "fn f(x: [t]) -> [t] = hard(x > 1)",
  apply(scope, e) {
    const arg = read(scope, e, "hard", signature, 1)?.positional[0];
    const c = arg && boolOf(scope, arg);
    if (!c) return unknownValue;
    if (c.number !== undefined) return known(c.number, "float");
    return tensor("float", c.axes, scope.world.trace ? { node: k.cast(nodeOf(c), "f32") } : {});
  },
};
