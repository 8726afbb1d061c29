import { expect, test } from "vitest";
import { add, mul } from "../../ir/elementwise.ts";
import { at, axis } from "../../ir/node.ts";
import { output, program } from "../../ir/program.ts";
import { sum } from "../../ir/reduce.ts";
import { input } from "../../ir/source.ts";
import { onnxModel } from "../onnx.ts";
import { onnxText } from "./text.ts";

test("a graph can be read: its border, its constants, a line for each operator with the spec line it came from", () => {
  const x = input("x", "data", "f32", [axis("b", "b"), axis("d", 4)]);
  const y = at(["main.neuro:3"], () => sum(mul(add(x, 1), x), ["d"]));
  expect(onnxText(onnxModel(program("small", [output("y", "value", y)])))).toMatchInlineSnapshot(`
    "<ir_version: 9, opset_import: ["" : 20, "com.microsoft" : 1]>
    small (
      float[b, 4] x
    )
    => (
      float[b] y
    )
    <
      float "#0" = {1},
      int64[1] "#1" = {1}
    >
    {
      "%0" = Add (x, "#0")  # main.neuro:3
      "%1" = Mul ("%0", x)  # main.neuro:3
      y = ReduceSum <keepdims = 0> ("%1", "#1")  # main.neuro:3
    }
    "
  `);
});
