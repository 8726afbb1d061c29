/** log(max(x, 1e-30)): the logarithm of a number that may be 0; no gradient flows where it is held. */
import { cast, div, gt, log, maximum, type Operand, select } from "../ir/elementwise.ts";
import type { Node } from "../ir/node.ts";
import { pointwise } from "./op.ts";

const least = 1e-30;

/** log(x), held at log(1e-30) for what is smaller. */
export const safeLog: (x: Operand) => Node = pointwise("safeLog", {
  // The least is too small for f16.
  lower: ([x]) => cast(log(maximum(cast(x!, "f32"), least)), x!.dtype),
  gradient: ({ inputs: [given] }, g) => {
    const x = cast(given!, "f32");
    return [cast(select(gt(x, least), div(cast(g, "f32"), maximum(x, least)), 0), g.dtype)];
  },
  cases: (given) => [["safeLog", safeLog(maximum(given("x", "b s d"), 0))]],
});
