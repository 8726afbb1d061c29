import { expect, test } from "vitest";
import { trainingStep } from "../derive/training.ts";
import { interpret } from "../interp/interpret.ts";
import { add, exp, mul, tanh } from "../ir/elementwise.ts";
import { axis } from "../ir/node.ts";
import { inputOf, nodesOf, output, program, programFromJson, programToJson } from "../ir/program.ts";
import { contract, sum } from "../ir/reduce.ts";
import { input } from "../ir/source.ts";
import { broken } from "../ir/spec.ts";
import { drawn } from "../ops/drawn.ts";
import { plan } from "../plan.ts";
import { runOnnx } from "../render/onnx-session.ts";
import { crossEntropy } from "../tests/encoder-decoder.ts";
import { targeted } from "./passes.ts";

const sizes = { b: 2, s: 9, t: 7 };
const step = trainingStep(crossEntropy({ width: 16, heads: 2, encoder: 1, decoder: 1, vocabulary: 40 }), { name: "step" });
const plain = targeted(step, "onnx");
const whole = plan(plain, sizes);
const feeds = (() => {
  const all = drawn(step, sizes);
  for (const i of step.inputs) {
    const { name, role } = inputOf(i);
    if (role === "weight" || name.startsWith("m.")) all[name] = all[name]!.map((x) => x / 4);
    if (name.startsWith("v.") || role === "scalar") all[name] = all[name]!.map((x) => 0.05 + Math.abs(x) / 8);
    if (name.endsWith("present")) all[name] = all[name]!.map(() => 1);
  }
  return all;
})();

const equal = (a: Float64Array, b: Float64Array): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

test.each([0.85, 0.7])("with %d of the memory a training step gives the same bits", async (share) => {
  const given = { ...step, memory: { bytes: Math.floor(whole.peak * share), sizes } };
  const less = targeted(given, "onnx");
  expect(broken(less)).toEqual([]);
  const found = plan(less, sizes);
  expect(found.peak).toBeLessThanOrEqual(given.memory.bytes);
  expect(found.flops).toBeGreaterThan(whole.flops);
  expect(found.flops).toBeLessThan(whole.flops * 1.5);
  const [kept, again] = [interpret(plain, feeds, sizes), interpret(less, feeds, sizes)];
  for (const o of step.outputs) expect(equal(again[o.name]!, kept[o.name]!), o.name).toBe(true);
  const [here, there] = [await runOnnx(step, feeds, sizes), await runOnnx(given, feeds, sizes)];
  for (const o of step.outputs) expect(equal(there[o.name]!, here[o.name]!), o.name).toBe(true);
});

test("a budget travels with its program, and one without is left as it is", () => {
  const given = { ...step, memory: { bytes: 1000, sizes } };
  expect(programFromJson(JSON.parse(JSON.stringify(programToJson(given)))).memory).toEqual(given.memory);
  const roomy = { ...step, memory: { bytes: 1e9, sizes } };
  expect(nodesOf(targeted(roomy, "onnx"))).toEqual(nodesOf(plain));
});

test("what is cheap to make for its bytes is made again first", () => {
  const [b, d, e] = [axis("b", "b"), axis("d", 2048), axis("e", 64)];
  const x = input("x", "data", "f32", [b, e]);
  const made = exp(x);
  const product = contract(input("y", "data", "f32", [b, d]), input("w", "weight", "f32", [d, e]), ["d"]);
  const square = (y: typeof x, over: string[]) => sum(mul(y, y), over);
  const early = add(square(made, ["e"]), square(product, ["e"]));
  const late = square(exp(mul(x, early)), ["e"]);
  const out = mul(sum(mul(tanh(made), late), ["b"]), sum(mul(tanh(product), late), ["b", "e"]));
  const p = program("p", [output("out", "value", out)]);
  const before = plan(p, { b: 100 });
  const after = targeted({ ...p, memory: { bytes: before.peak - 1000, sizes: { b: 100 } } }, "onnx");
  const again = nodesOf(after).filter((n) => n.inputs[0]?.op === "after");
  expect(again.map((n) => n.op)).toEqual(["exp"]);
});
