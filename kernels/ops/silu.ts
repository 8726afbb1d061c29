/** silu(x) = x * sigmoid(x) (Elfwing et al. 2018), also called swish. */
import { add, mul, type Operand, operands, sub } from "../ir/elementwise.ts";
import { declare, make, type Node } from "../ir/node.ts";
import type { Op } from "./op.ts";
import { sigmoid } from "./sigmoid.ts";

declare("silu", ([x]) => ({ dtype: x!.dtype, axes: x!.axes }));

/** x * sigmoid(x). */
export const silu = (x: Operand): Node => make("silu", operands(x));

/** The record of silu. */
export const siluOp: Op = {
  name: "silu",
  lower: ([x]) => mul(x!, sigmoid(x!)),
  gradient: (u, g) => {
    const s = sigmoid(u.inputs[0]!);
    return [mul(g, add(s, mul(u, sub(1, s))))];
  },
};
