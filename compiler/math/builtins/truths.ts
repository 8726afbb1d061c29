// `any`, `all` and `count`: reductions of truth values, over the present only.

import type { Call } from "../../../grammar/index.ts";
import * as k from "../../../kernels/index.ts";
import { wrongType } from "../../diagnostics/wrong_type.ts";
import { nodeOf, spread } from "../nodes.ts";
import { asTensor } from "../operators.ts";
import { fault, type Scope } from "../scope.ts";
import { noFlow, showType, type Tensor, tensor, type Value } from "../value.ts";
import { evaluate } from "../walk.ts";
import { type Builtin, keys, presence, read, unknownValue } from "./builtin.ts";
import { type Reduced, reduced } from "./reduction.ts";

/** How many places of `over` hold, f32; `what` is bool and may lack axes of `over`. */
export function counted(scope: Scope, what: k.Node | undefined, r: Reduced): k.Node {
  const parts = [what, presence(scope, r.over, r.mask, [...r.over, ...r.kept])].filter((n): n is k.Node => n !== undefined);
  const holds = parts.length > 0 ? parts.reduce((a, b) => k.and(a, b)) : k.ne(k.constant(1), 0);
  return k.sum(spread(k.cast(holds, "f32"), r.over), keys(r.over));
}

/** The record of `any` or `all`. */
export function truthReduction(name: "any" | "all", doc: string): Builtin {
  const signature = `${name}(c: [.., a] of Bool over a where mask) -> [..] of Bool`;
  return {
    name,
    doc,
    signature,
    wrong: { code: "wrong_type", text: `fn f(x: [b, t]) -> [b] of Bool = ${name}(x over t)` },
    right: `fn f(x: [b, t]) -> [b] of Bool = ${name}(x > 0 over t)`,
    apply(scope: Scope, e: Call): Value {
      const operand = boolOperand(scope, e, name, signature);
      const r = operand && reduced(scope, e, operand, false);
      if (!operand || !r) return unknownValue;
      if (!scope.world.trace) return tensor("bool", r.kept);
      const node = nodeOf(operand);
      const count = counted(scope, name === "any" ? node : k.not(node), r);
      return tensor("bool", r.kept, { node: name === "any" ? k.gt(count, 0) : k.eq(count, 0) });
    },
  };
}

function boolOperand(scope: Scope, e: Call, name: string, signature: string): Tensor | undefined {
  const arg = read(scope, e, name, signature, 1)?.positional[0];
  const t = arg && asTensor(scope, evaluate(scope, arg), arg.span);
  if (t && t.elem !== "bool") {
    fault(scope, wrongType, arg.span, { what: `What \`${name}\` takes`, expected: "Bool", found: showType(t) });
    return undefined;
  }
  return t;
}

const countSignature = "count(x: [.., a] over a where mask) -> [..]";

export const count: Builtin = {
  name: "count",
  doc: "How many places are present over axes; of a Bool tensor, how many hold; of a list, its length.",
  signature: countSignature,
  wrong: { code: "absent_axis", text: "fn f(x: [b, t]) -> [b] = count(x over s)" },
  right: "fn f(x: [b, t]) -> [b] = count(x over t where x > 0)",
  apply(scope, e) {
    const arg = read(scope, e, "count", countSignature, 1)?.positional[0];
    const value = arg ? evaluate(scope, arg) : unknownValue;
    if (value.kind === "list") return value.count;
    const t = arg && asTensor(scope, value, arg.span);
    const r = t && reduced(scope, e, t, false);
    if (!t || !r) return unknownValue;
    if (!scope.world.trace) return tensor("float", r.kept, { flow: noFlow });
    return tensor("float", r.kept, { node: counted(scope, t.elem === "bool" ? nodeOf(t) : undefined, r) });
  },
};
