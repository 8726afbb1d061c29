/** log(sum(exp(x) over axes)) among what is present; of none it is LOG_ZERO, along an axis without places minus infinity. */
import { add, cast, log, maximum, mul } from "../ir/elementwise.ts";
import type { Node } from "../ir/node.ts";
import { composed } from "./op.ts";
import { overOf, overPresent, shifted, softmax, withPresence } from "./softmax.ts";

composed("logSumExp", {
  signature: overPresent("logSumExp", true),
  lower: ([x, present], attrs) => {
    const { total, top } = shifted(x!, overOf(attrs), present);
    return cast(add(top, log(maximum(total, 1e-30))), x!.dtype);
  },
  gradient: ({ inputs: [x, present], attrs }, g) => [mul(g, softmax(x!, overOf(attrs), present))],
  cases: (given) => [
    ["logSumExp", logSumExp(given("x", "b s d"), ["d"])],
    ["logSumExp of the present", logSumExp(given("x", "b s d"), ["s"], given("p", "b s", "bool"))],
  ],
});

/** log(sum(exp(x))) over axes, among what `present` (bool) says exists. */
export const logSumExp: (x: Node, over: readonly string[], present?: Node) => Node = withPresence("logSumExp");
