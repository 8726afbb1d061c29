/** Presence as arithmetic: what is absent gets a number so low that its exponential is 0; for devices without masked softmax. */
import { add, cast, maximum, mul, select } from "../ir/elementwise.ts";
import { hasAxis, type Node } from "../ir/node.ts";
import { reduceMax } from "../ir/reduce.ts";
import { maskOf, reachesAll } from "../ops/attention-mask.ts";
import { logSoftmax } from "../ops/logsoftmax.ts";
import { logSumExp } from "../ops/logsumexp.ts";
import { LOG_ZERO } from "../ops/op.ts";
import { overOf, softmax } from "../ops/softmax.ts";
import { rule, table } from "./rule.ts";

/** x, to which LOG_ZERO is added where absent: float32 swallows what it is added to. In f32, since f16 has no number so low. */
const penalised = (x: Node, present: Node): Node => add(cast(x, "f32"), select(present, 0, LOG_ZERO));

/** x where anything is present in its row, else 0. A mask that leaves every row something needs no telling. */
function whereAny(x: Node, present: Node, over: readonly string[]): Node {
  const seen = over.filter((n) => hasAxis(present, n));
  if (seen.length === 1 && reachesAll(maskOf(present, seen[0]!))) return x;
  // The largest of no numbers at all is minus infinity.
  return mul(x, maximum(reduceMax(cast(present, "f32"), seen), 0));
}

/** Softmax among the present as softmax of x with a penalty. */
export const presence = table("presence", {
  softmax: [
    rule(
      "softmax(x, present) -> softmax(x + penalty) * some(present)",
      ({ inputs: [x, present], attrs }) =>
        present && cast(whereAny(softmax(penalised(x!, present), overOf(attrs)), present, overOf(attrs)), x!.dtype),
    ),
  ],
  logSumExp: [
    rule(
      "logSumExp(x, present) -> logSumExp(x + penalty)",
      ({ inputs: [x, present], attrs }) => present && cast(logSumExp(penalised(x!, present), overOf(attrs)), x!.dtype),
    ),
  ],
  logSoftmax: [
    rule(
      "logSoftmax(x, present) -> logSoftmax(x + penalty) where present",
      ({ inputs: [x, present], attrs }) =>
        present && cast(select(present, logSoftmax(penalised(x!, present), overOf(attrs)), LOG_ZERO), x!.dtype),
    ),
  ],
});
