// outer(a op b): every combination, for that one operator.
import { wrongType } from "../../diagnostics/wrong_type.ts";
import { binary, compare } from "../operators.ts";
import { fault } from "../scope.ts";
import { type Builtin, read, unknownValue } from "./builtin.ts";

const signature = "outer(a op b)";

export const outer: Builtin = {
  name: "outer",
  doc: "One operator over every combination of two tensors: the left's axes, then the right's new ones.",
  signature,
  wrong: { code: "wrong_type", text: "fn f(x: [t], y: [s]) -> [t, s] = outer(x)" },
  right: "fn f(x: [t], y: [s]) -> [t, s] = outer(x - y)",
  apply(scope, e) {
    const arg = read(scope, e, "outer", signature, 1)?.positional[0];
    if (arg?.kind === "Binary") return binary(scope, arg, undefined, true);
    if (arg?.kind === "Compare") return compare(scope, arg, true);
    if (!arg) return unknownValue;
    return fault(scope, wrongType, arg.span, {
      what: "What `outer` takes",
      expected: "one operator between two tensors",
      found: "something else",
    });
  },
};
