/**
 * log(1 - exp(x)) for x <= 0: the rest of a probability kept as a logarithm (Maechler 2012, "Accurately computing
 * log(1 - exp(-|a|))"). x is held below -1e-7, the nearest that float32 tells from 1, and no gradient flows beyond.
 */
import { add, exp, expm1, gt, log, log1p, minimum, mul, neg, type Operand, select } from "../ir/elementwise.ts";
import type { Node } from "../ir/node.ts";
import { pointwise } from "./op.ts";

/** log(1 - exp(x)) for x <= 0. */
export const log1mExp: (x: Operand) => Node = pointwise("log1mExp", {
  lower: ([x]) => {
    const held = minimum(x!, -1e-7);
    return select(gt(held, -Math.LN2), log(neg(expm1(held))), log1p(neg(exp(held))));
  },
  cases: (given) => {
    const x = given("x", "b s d");
    return [["log1mExp", log1mExp(neg(add(mul(x, x), 0.5)))]];
  },
});
