/** sigmoid(x) = 1 / (1 + exp(-x)), without overflow on either side. */
import { abs, add, div, exp, ge, mul, neg, type Operand, select, sub } from "../ir/elementwise.ts";
import type { Node } from "../ir/node.ts";
import { pointwise } from "./op.ts";

/** 1 / (1 + exp(-x)). */
export const sigmoid: (x: Operand) => Node = pointwise("sigmoid", {
  scalar: (x) => (x! >= 0 ? 1 / (1 + Math.exp(-x!)) : Math.exp(x!) / (1 + Math.exp(x!))),
  lower: ([x]) => {
    const small = exp(neg(abs(x!)));
    return div(select(ge(x!, 0), 1, small), add(small, 1));
  },
  gradient: (s, g) => [mul(g, mul(s, sub(1, s)))],
  wgsl: ([x]) => `(1.0 / (1.0 + exp(-${x})))`,
  onnx: "Sigmoid",
  cases: (given) => [["sigmoid", sigmoid(mul(given("x", "b s d"), 5))]],
});
