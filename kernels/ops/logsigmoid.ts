/** log(sigmoid(x)) = min(x, 0) - log(1 + exp(-|x|)): exact far out on both sides. softplus(x) is -logSigmoid(-x). */
import { abs, exp, log1p, minimum, mul, neg, type Operand, operands, sub } from "../ir/elementwise.ts";
import { declare, make, type Node } from "../ir/node.ts";
import type { Op } from "./op.ts";
import { sigmoid } from "./sigmoid.ts";

declare("logSigmoid", ([x]) => ({ dtype: x!.dtype, axes: x!.axes }));

/** log(sigmoid(x)). */
export const logSigmoid = (x: Operand): Node => make("logSigmoid", operands(x));
/** log(1 + exp(x)). */
export const softplus = (x: Operand): Node => neg(logSigmoid(neg(x)));

/** The record of logSigmoid. */
export const logSigmoidOp: Op = {
  name: "logSigmoid",
  lower: ([x]) => sub(minimum(x!, 0), log1p(exp(neg(abs(x!))))),
  gradient: ({ inputs: [x] }, g) => [mul(g, sigmoid(neg(x!)))],
};
