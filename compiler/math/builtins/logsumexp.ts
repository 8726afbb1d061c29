// log(sum(exp(x))) over axes, without overflow.
import * as k from "../../../kernels/index.ts";
import { reduction } from "./reduction.ts";

export const logsumexp = reduction({
  name: "logsumexp",
  doc: "log(sum(exp(x))) over axes of what is present, without overflow.",
  linear: false,
  node: (x, over, present) => k.logSumExp(x, over, present),
  fold: (xs) => Math.max(...xs) + Math.log(xs.reduce((a, b) => a + Math.exp(b - Math.max(...xs)), 0)),
});
