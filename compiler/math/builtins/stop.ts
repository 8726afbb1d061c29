// x, through which no gradient flows.
import * as k from "../../../kernels/index.ts";
import { nodeOf } from "../nodes.ts";
import { tensorOf } from "../operators.ts";
import { noFlow } from "../value.ts";
import { type Builtin, read, unknownValue } from "./builtin.ts";

const signature = "stop(x: [..]) -> [..]";

export const stop: Builtin = {
  name: "stop",
  doc: "x as a number that training does not move: no gradient flows through it.",
  signature,
  wrong: { code: "missing_argument", text: "fn f(x: [t]) -> [t] = stop()" },
  right: "fn f(x: [t]) -> [t] = stop(x)",
  apply(scope, e) {
    const arg = read(scope, e, "stop", signature, 1)?.positional[0];
    const t = arg && tensorOf(scope, arg);
    if (!t) return unknownValue;
    const { forms: _, ...rest } = t;
    return { ...rest, flow: noFlow, ...(scope.world.trace && t.number === undefined ? { node: k.stop(nodeOf(t)) } : {}) };
  },
};
