/** Whether a float is a number at all: neither an infinity nor what no number is (NaN). */
import { abs, div, log, neg, sub } from "../ir/elementwise.ts";
import type { Node } from "../ir/node.ts";
import { stack } from "../ir/shape.ts";
import { pointwise } from "./op.ts";

/** Whether x is finite, as a truth value. */
export const finite: (x: Node) => Node = pointwise("finite", {
  result: "bool",
  scalar: (x) => (Number.isFinite(x) ? 1 : 0),
  // By bits: a WGSL compiler may take it that no infinity and no NaN occurs.
  wgsl: ([x], { inputs }) =>
    inputs[0]!.dtype === "f16"
      ? `((bitcast<u32>(vec2<f16>(${x}, 0h)) & 0x7c00u) != 0x7c00u)`
      : `((bitcast<u32>(${x}) & 0x7f800000u) != 0x7f800000u)`,
  onnx: (e, [x]) => e.op("Not", [e.op("Or", [e.op("IsNaN", [x!]), e.op("IsInf", [x!])])]),
  cases: (given) => {
    const x = given("x", "b s");
    const nothing = sub(x, x);
    return [["finite among infinities and NaN", finite(stack([x, div(x, nothing), log(neg(abs(x)))], "c"))]];
  },
});
