/** Whether a float is a number at all: neither an infinity nor what no number is (NaN). */
import { gt, lt, neg, select } from "../ir/elementwise.ts";
import type { Node } from "../ir/node.ts";
import { constant } from "../ir/source.ts";
import { pointwise } from "./op.ts";

/** Whether x is finite, as a truth value. */
export const finite: (x: Node) => Node = pointwise("finite", {
  result: "bool",
  scalar: (x) => (Number.isFinite(x) ? 1 : 0),
  // By bits: a WGSL compiler may take it that no infinity and no NaN occurs.
  wgsl: ([x]) => `((bitcast<u32>(${x}) & 0x7f800000u) != 0x7f800000u)`,
  onnx: (e, [x]) => e.op("Not", [e.op("Or", [e.op("IsNaN", [x!]), e.op("IsInf", [x!])])]),
  cases: (given) => {
    const x = given("x", "b s d");
    const [infinite, none] = [constant(Number.POSITIVE_INFINITY), constant(Number.NaN)];
    const mixed = select(gt(x, 1), infinite, select(lt(x, -1), neg(infinite), select(gt(x, 0.5), none, x)));
    return [["finite among infinities and NaN", finite(mixed)]];
  },
});
