// The largest whole number that is not above x.
import * as k from "../../../kernels/index.ts";
import { unary } from "./unary.ts";

export const floor = unary({
  name: "floor",
  doc: "The largest whole number that is not above x.",
  fold: Math.floor,
  node: k.floor,
});
