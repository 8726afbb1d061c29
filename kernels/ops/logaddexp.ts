/** log(exp(a) + exp(b)): the sum of two probabilities kept as logarithms. */
import { abs, add, exp, log1p, maximum, mul, neg, type Operand, sub } from "../ir/elementwise.ts";
import type { Node } from "../ir/node.ts";
import { pointwise } from "./op.ts";
import { sigmoid } from "./sigmoid.ts";

/** log(exp(a) + exp(b)). */
export const logAddExp: (a: Operand, b: Operand) => Node = pointwise("logAddExp", {
  lower: ([a, b]) => add(maximum(a!, b!), log1p(exp(neg(abs(sub(a!, b!)))))),
  gradient: ({ inputs: [a, b] }, g) => {
    const left = sigmoid(sub(a!, b!));
    return [mul(g, left), mul(g, sub(1, left))];
  },
  cases: (given) => [["logAddExp", logAddExp(given("x", "b s d"), given("y", "s d"))]],
});
