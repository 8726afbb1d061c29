// x * Phi(x), Phi the normal distribution function (Hendrycks and Gimpel 2016), the exact form.
import * as k from "../../../kernels/index.ts";
import { unary } from "./unary.ts";

export const gelu = unary({
  name: "gelu",
  doc: "x * Phi(x), Phi the normal distribution function (Hendrycks and Gimpel 2016), the exact form.",
  fold: (x) => x * 0.5 * (1 + erf(x * Math.SQRT1_2)),
  node: k.gelu,
});

/** The error function to double precision, by its series near 0 and its continued fraction far out (Abramowitz and Stegun 7.1.5, 7.1.14). */
function erf(x: number): number {
  const a = Math.abs(x);
  if (a < 2.5) {
    let term = a;
    let sum = a;
    for (let n = 1; n < 80 && Math.abs(term) > 1e-17; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * (a + fraction)));
}
