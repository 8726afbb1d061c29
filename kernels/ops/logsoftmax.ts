/** log(softmax(x over axes)): exact for small probabilities; LOG_ZERO where absent. */
import { maximum, mul, select, sub } from "../ir/elementwise.ts";
import type { Node } from "../ir/node.ts";
import { sum } from "../ir/reduce.ts";
import { logSumExp } from "./logsumexp.ts";
import { composed, LOG_ZERO } from "./op.ts";
import { overOf, overPresent, softmax, withPresence } from "./softmax.ts";

composed("logSoftmax", {
  signature: overPresent("logSoftmax", false),
  lower: ([x, present], attrs) => {
    const out = sub(x!, logSumExp(x!, overOf(attrs), present));
    return present ? select(present, out, LOG_ZERO) : out;
  },
  gradient: ({ inputs: [x, present], attrs }, given) => {
    const g = present ? select(present, given, 0) : given;
    return [sub(g, mul(softmax(x!, overOf(attrs), present), sum(g, overOf(attrs))))];
  },
  cases: (given) => [
    ["logSoftmax", logSoftmax(given("x", "b s d"), ["d"])],
    ["logSoftmax of the present", maximum(logSoftmax(given("x", "b s d"), ["s"], given("p", "b s", "bool")), -100)],
  ],
});

/** log(softmax(x)) over axes, among what `present` (bool) says exists. */
export const logSoftmax: (x: Node, over: readonly string[], present?: Node) => Node = withPresence("logSoftmax");
