/** log(sum(exp(x) over axes)) among what is present; of none it is LOG_ZERO. */
import { add, log, maximum, mul } from "../ir/elementwise.ts";
import { declare, type Node } from "../ir/node.ts";
import type { Op } from "./op.ts";
import { overOf, overPresent, shifted, softmax, withPresence } from "./softmax.ts";

declare("logSumExp", overPresent("logSumExp", true));

/** log(sum(exp(x))) over axes, among what `present` (bool) says exists. */
export const logSumExp: (x: Node, over: readonly string[], present?: Node) => Node = withPresence("logSumExp");

/** The record of logSumExp. */
export const logSumExpOp: Op = {
  name: "logSumExp",
  lower: ([x, present], attrs) => {
    const { total, top } = shifted(x!, overOf(attrs), present);
    return add(top, log(maximum(total, 1e-30)));
  },
  gradient: ({ inputs: [x, present], attrs }, g) => [mul(g, softmax(x!, overOf(attrs), present))],
};
