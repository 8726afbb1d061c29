/** log(max(x, 1e-30)): the logarithm of a number that may be 0; no gradient flows where it is held. */
import { div, gt, log, maximum, type Operand, select } from "../ir/elementwise.ts";
import type { Node } from "../ir/node.ts";
import { pointwise } from "./op.ts";

const least = 1e-30;

/** log(x), held at log(1e-30) for what is smaller. */
export const safeLog: (x: Operand) => Node = pointwise("safeLog", {
  lower: ([x]) => log(maximum(x!, least)),
  gradient: ({ inputs: [x] }, g) => [select(gt(x!, least), div(g, maximum(x!, least)), 0)],
  cases: (given) => [["safeLog", safeLog(maximum(given("x", "b s d"), 0))]],
});
