// x where it is positive, else 0.
import * as k from "../../../kernels/index.ts";
import { unary } from "./unary.ts";

export const relu = unary({
  name: "relu",
  doc: "x where it is positive, else 0.",
  fold: (x) => Math.max(x, 0),
  node: (x) => k.maximum(x, 0),
});
