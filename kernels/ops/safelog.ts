/** log(max(x, 1e-30)): the logarithm of a number that may be 0; no gradient flows where it is held. */
import { div, gt, log, maximum, type Operand, operands, select } from "../ir/elementwise.ts";
import { declare, make, type Node } from "../ir/node.ts";
import type { Op } from "./op.ts";

declare("safeLog", ([x]) => ({ dtype: x!.dtype, axes: x!.axes }));

/** log(x), held at log(1e-30) for what is smaller. */
export const safeLog = (x: Operand): Node => make("safeLog", operands(x));

const least = 1e-30;

/** The record of safeLog. */
export const safeLogOp: Op = {
  name: "safeLog",
  lower: ([x]) => log(maximum(x!, least)),
  gradient: ({ inputs: [x] }, g) => [select(gt(x!, least), div(g, maximum(x!, least)), 0)],
};
