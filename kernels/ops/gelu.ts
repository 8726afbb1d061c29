/** gelu(x) = x * Phi(x), Phi the normal distribution function by erf (Hendrycks and Gimpel 2016): the exact form. */
import { add, erf, exp, mul, type Operand, sub } from "../ir/elementwise.ts";
import type { Node } from "../ir/node.ts";
import { pointwise } from "./op.ts";

/** x times the share of a normal distribution below x. */
export const gelu: (x: Operand) => Node = pointwise("gelu", {
  lower: ([x]) => mul(x!, mul(add(erf(mul(x!, Math.SQRT1_2)), 1), 0.5)),
  // Phi(x) + x phi(x) = (1 + erf(z) + z exp(log(2 / sqrt(pi)) - z^2)) / 2 with z = x / sqrt(2): the fewest steps; the half is
  // outermost so that it can leave through a product.
  gradient: ({ inputs: [x] }, g) => {
    const z = mul(x!, Math.SQRT1_2);
    const bell = mul(z, exp(sub(Math.log(2 / Math.sqrt(Math.PI)), mul(z, z))));
    return [mul(mul(g, add(add(erf(z), bell), 1)), 0.5)];
  },
  cases: (given) => [["gelu", gelu(given("x", "b s d"))]],
});
