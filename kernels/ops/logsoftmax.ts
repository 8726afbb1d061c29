/** log(softmax(x over axes)): exact for small probabilities; LOG_ZERO where absent. */
import { mul, select, sub } from "../ir/elementwise.ts";
import { declare, type Node } from "../ir/node.ts";
import { sum } from "../ir/reduce.ts";
import { logSumExp } from "./logsumexp.ts";
import { LOG_ZERO, type Op } from "./op.ts";
import { overOf, overPresent, softmax, withPresence } from "./softmax.ts";

declare("logSoftmax", overPresent("logSoftmax", false));

/** log(softmax(x)) over axes, among what `present` (bool) says exists. */
export const logSoftmax: (x: Node, over: readonly string[], present?: Node) => Node = withPresence("logSoftmax");

/** The record of logSoftmax. */
export const logSoftmaxOp: Op = {
  name: "logSoftmax",
  lower: ([x, present], attrs) => {
    const out = sub(x!, logSumExp(x!, overOf(attrs), present));
    return present ? select(present, out, LOG_ZERO) : out;
  },
  gradient: ({ inputs: [x, present], attrs }, given) => {
    const g = present ? select(present, given, 0) : given;
    return [sub(g, mul(softmax(x!, overOf(attrs), present), sum(g, overOf(attrs))))];
  },
};
