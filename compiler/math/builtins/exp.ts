// The number whose logarithm is x; exp(log(r)) makes a probability a number where that is meant.
import * as k from "../../../kernels/index.ts";
import { unary } from "./unary.ts";

export const exp = unary({
  name: "exp",
  doc: "The number whose logarithm is x; exp(log(r)) makes a probability a number where that is meant.",
  fold: Math.exp,
  node: k.exp,
});
