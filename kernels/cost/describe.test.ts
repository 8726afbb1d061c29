import { expect, test } from "vitest";
import { add } from "../ir/elementwise.ts";
import { at, axis } from "../ir/node.ts";
import { output, program } from "../ir/program.ts";
import { contract } from "../ir/reduce.ts";
import { input } from "../ir/source.ts";
import { softmax } from "../ops/softmax.ts";
import { renderWgsl } from "../render/wgsl.ts";
import { describeProgram } from "./describe.ts";
import { onnxCosts } from "./onnx.ts";
import { wgslCosts } from "./wgsl.ts";

const x = input("x", "data", "f32", [axis("b", "b"), axis("d", 64)]);
const w = input("w", "weight", "f32", [axis("d", 64), axis("e", 32)]);
const sum = input("sum", "state", "f32", [axis("b", "b"), axis("e", 32)]);

const made = () => {
  const y = at(["main.neuro:3"], () => contract(x, w, ["d"]));
  const p = at(["main.neuro:4"], () => softmax(y, ["e"]));
  return program("small", [output("y", "value", p), output("sum", "state", add(sum, p))]);
};

const described = () => {
  const p = made();
  return describeProgram(p, { onnx: onnxCosts(p), wgsl: wgslCosts(p, renderWgsl(p)) }, { b: 10 });
};

test("a plan tells what a program takes and keeps, its memory, and what each target does and moves", () => {
  const text = described();
  expect(text).toContain("sizes    b = 10");
  expect(text).toContain("1 weight (8.19 kB)");
  expect(text).toContain("state    1.28 kB handed from run to run: sum [b, 32]");
  expect(text).toMatch(/memory {3}results find room in 1\.28 kB|memory {3}results find room in 2\.56 kB/);
  // 2 * 64 * 32 a row for the product, 5 * 32 for the softmax, 32 for the addition.
  expect(text).toContain("FLOP  = 4288*b");
  expect(text).toMatch(/MatMul +41\.0 kFLOP +12\.0 kB +3\.4 +main\.neuro:3/);
  expect(text).toMatch(/WebGPU +\d dispatches/);
  expect(text).toMatch(/contract.*main\.neuro:3/);
  expect(text).not.toMatch(/[ \t]$/m);
});

test("a plan is the same text again, and asks no clock and no machine", () => {
  expect(described()).toBe(described());
});

test("a target that is not told of is left out", () => {
  const p = made();
  expect(describeProgram(p, { onnx: onnxCosts(p) }, { b: 10 })).not.toContain("WebGPU");
});
