import { expect, test } from "vitest";
import { gradients } from "../autodiff.ts";
import { interpret } from "../interp/interpret.ts";
import { isFloat } from "../ir/dtype.ts";
import { cast, mul } from "../ir/elementwise.ts";
import { type Node, namesOf } from "../ir/node.ts";
import { type Output, output, program, topological } from "../ir/program.ts";
import { sum } from "../ir/reduce.ts";
import { input } from "../ir/source.ts";
import { caseBinding, cases, narrowCases } from "../ops/cases.ts";
import { drawn } from "../ops/drawn.ts";
import { renderOnnx } from "./onnx.ts";
import { runOnnx } from "./onnx-session.ts";

/** The largest difference between two results, relative to the larger of 1 and the size of what is expected. */
function difference(found: Float64Array, expected: Float64Array): number {
  expect(found.length).toBe(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  return found.reduce((worst, v, i) => Math.max(worst, v === expected[i] ? 0 : Math.abs(v - expected[i]!) / scale), 0);
}

async function agree(outputs: Output[], within = 1e-5): Promise<void> {
  const p = program("p", outputs);
  const feeds = drawn(p, caseBinding);
  const expected = interpret(p, feeds, caseBinding);
  const found = await runOnnx(p, feeds, caseBinding);
  for (const o of outputs) expect(difference(found[o.name]!, expected[o.name]!), o.name).toBeLessThan(within);
}

test.each(cases)("onnxruntime agrees with the interpreter: %s", (_, node) => agree([output("out", "value", node)]));

/** Half precision is computed in f32 here, so only what a cast says is rounded. */
const roundings = (node: Node): number => (topological([node]).some((n) => n.dtype === "f16") ? 1e-2 : 2e-5);

test.each(narrowCases)("onnxruntime agrees with the interpreter on narrow types: %s", (_, node) =>
  agree([output("out", "value", isFloat(node.dtype) ? cast(node, "f32") : node)], roundings(node)),
);

const gradientOf = (node: Node): Output[] => {
  const loss = sum(mul(node, input("weights", "data", "f32", node.axes)), namesOf(node.axes));
  const inputs = topological([loss]).filter((n) => n.op === "input" && n.dtype === "f32");
  return gradients(loss, inputs).flatMap((g, i) => (g ? [output(`g${i}`, "value", g, namesOf(inputs[i]!.axes))] : []));
};

test.each(cases.filter((c) => c[1].dtype === "f32"))("onnxruntime agrees on the gradient: %s", (_, node) =>
  agree(gradientOf(node)),
);

test("rendering is a function of the program", () => {
  const p = program("p", [output("out", "value", cases.at(-1)![1])]);
  expect(renderOnnx(p)).toEqual(renderOnnx(p));
});
