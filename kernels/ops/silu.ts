/** silu(x) = x * sigmoid(x) (Elfwing et al. 2018), also called swish. */
import { add, mul, type Operand, sub } from "../ir/elementwise.ts";
import type { Node } from "../ir/node.ts";
import { pointwise } from "./op.ts";
import { sigmoid } from "./sigmoid.ts";

/** x * sigmoid(x). */
export const silu: (x: Operand) => Node = pointwise("silu", {
  lower: ([x]) => mul(x!, sigmoid(x!)),
  gradient: (u, g) => {
    const s = sigmoid(u.inputs[0]!);
    return [mul(g, add(s, mul(u, sub(1, s))))];
  },
  cases: (given) => [["silu", silu(given("x", "b s d"))]],
});
