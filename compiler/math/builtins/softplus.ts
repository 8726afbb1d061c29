// log(1 + exp(x)), exact on both sides.
import * as k from "../../../kernels/index.ts";
import { unary } from "./unary.ts";

export const softplus = unary({
  name: "softplus",
  doc: "log(1 + exp(x)), exact on both sides.",
  fold: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  node: k.softplus,
});
