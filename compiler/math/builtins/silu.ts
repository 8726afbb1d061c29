// x * sigmoid(x), also called swish (Elfwing et al. 2017).
import * as k from "../../../kernels/index.ts";
import { unary } from "./unary.ts";

export const silu = unary({
  name: "silu",
  doc: "x * sigmoid(x), also called swish (Elfwing et al. 2017).",
  fold: (x) => x / (1 + Math.exp(-x)),
  node: k.silu,
});
