/** log(sigmoid(x)) = min(x, 0) - log(1 + exp(-|x|)): exact far out on both sides. softplus(x) is -logSigmoid(-x). */
import { abs, exp, log1p, minimum, mul, neg, type Operand, sub } from "../ir/elementwise.ts";
import type { Node } from "../ir/node.ts";
import { pointwise } from "./op.ts";
import { sigmoid } from "./sigmoid.ts";

/** log(sigmoid(x)). */
export const logSigmoid: (x: Operand) => Node = pointwise("logSigmoid", {
  lower: ([x]) => sub(minimum(x!, 0), log1p(exp(neg(abs(x!))))),
  gradient: ({ inputs: [x] }, g) => [mul(g, sigmoid(neg(x!)))],
  cases: (given) => [
    ["logSigmoid far out", logSigmoid(mul(given("x", "b s d"), 50))],
    ["softplus", softplus(given("x", "b s d"))],
  ],
});

/** log(1 + exp(x)). */
export const softplus = (x: Operand): Node => neg(logSigmoid(neg(x)));
