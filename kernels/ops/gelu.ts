/** gelu(x) = x * Phi(x), Phi the normal distribution function by erf (Hendrycks and Gimpel 2016): the exact form. */
import { add, erf, exp, mul, type Operand, operands } from "../ir/elementwise.ts";
import { declare, make, type Node } from "../ir/node.ts";
import type { Op } from "./op.ts";

declare("gelu", ([x]) => ({ dtype: x!.dtype, axes: x!.axes }));

export const gelu = (x: Operand): Node => make("gelu", operands(x));

const below = (x: Node): Node => mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);

export const geluOp: Op = {
  name: "gelu",
  lower: ([x]) => mul(x!, below(x!)),
  gradient: ({ inputs: [x] }, g) => [
    mul(g, add(below(x!), mul(mul(x!, exp(mul(mul(x!, x!), -0.5))), 1 / Math.sqrt(2 * Math.PI)))),
  ],
};
