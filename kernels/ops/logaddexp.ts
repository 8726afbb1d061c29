/** log(exp(a) + exp(b)): the sum of two probabilities kept as logarithms. */
import { abs, add, broadcast, exp, log1p, maximum, mul, neg, type Operand, operands, sub } from "../ir/elementwise.ts";
import { declare, make, type Node } from "../ir/node.ts";
import type { Op } from "./op.ts";
import { sigmoid } from "./sigmoid.ts";

declare("logAddExp", (inputs) => ({ dtype: "f32", axes: broadcast("logAddExp", inputs) }));

/** log(exp(a) + exp(b)). */
export const logAddExp = (a: Operand, b: Operand): Node => make("logAddExp", operands(a, b));

/** The record of logAddExp. */
export const logAddExpOp: Op = {
  name: "logAddExp",
  lower: ([a, b]) => add(maximum(a!, b!), log1p(exp(neg(abs(sub(a!, b!)))))),
  gradient: ({ inputs: [a, b] }, g) => {
    const left = sigmoid(sub(a!, b!));
    return [mul(g, left), mul(g, sub(1, left))];
  },
};
