// The angle in radians whose cosine is x; x is in -1..1.
import * as k from "../../../kernels/index.ts";
import { unary } from "./unary.ts";

export const acos = unary({
  name: "acos",
  doc: "The angle in radians whose cosine is x; x is in -1..1.",
  fold: Math.acos,
  node: k.acos,
});
