/**
 * log(1 - exp(x)) for x <= 0: the rest of a probability kept as a logarithm (Maechler 2012, "Accurately computing
 * log(1 - exp(-|a|))"). x is held below -1e-7, the nearest that float32 tells from 1, and no gradient flows beyond.
 */
import { exp, expm1, gt, log, log1p, minimum, neg, type Operand, operands, select } from "../ir/elementwise.ts";
import { declare, make, type Node } from "../ir/node.ts";
import type { Op } from "./op.ts";

declare("log1mExp", ([x]) => ({ dtype: x!.dtype, axes: x!.axes }));

/** log(1 - exp(x)) for x <= 0. */
export const log1mExp = (x: Operand): Node => make("log1mExp", operands(x));

/** The record of log1mExp. */
export const log1mExpOp: Op = {
  name: "log1mExp",
  lower: ([x]) => {
    const held = minimum(x!, -1e-7);
    return select(gt(held, -Math.LN2), log(neg(expm1(held))), log1p(neg(exp(held))));
  },
};
