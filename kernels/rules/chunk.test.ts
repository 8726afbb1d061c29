import { expect, test } from "vitest";
import { gradients } from "../autodiff.ts";
import { interpret } from "../interp/interpret.ts";
import { le, mul } from "../ir/elementwise.ts";
import { axis, type Node, namesOf } from "../ir/node.ts";
import { nodesOf, output, type Program, program } from "../ir/program.ts";
import { sum } from "../ir/reduce.ts";
import { input, iota } from "../ir/source.ts";
import { broken } from "../ir/spec.ts";
import { attention } from "../ops/attention.ts";
import { drawn } from "../ops/drawn.ts";
import { plan } from "../plan.ts";
import { runOnnx } from "../render/onnx-session.ts";
import { crossEntropy } from "../tests/large-vocabulary.ts";
import { chunked } from "./chunk.ts";
import { beforeGradients, optimized, targeted, through } from "./passes.ts";

const large = (p: Program): Node[] =>
  nodesOf(p).filter((n) => n.axes.length === 3 && n.axes.some((a) => a.name === "v" && (a.size as number) > 2048));

const apart = (a: Float64Array, b: Float64Array): number => a.reduce((worst, x, i) => Math.max(worst, Math.abs(x - b[i]!)), 0);

test.each([
  ["one", false],
  ["two of the same table", true],
])("cross entropy over a long vocabulary in slices is the same: %s", async (_, twice) => {
  const whole = crossEntropy(16_384 + 100, 4, twice);
  const slices = chunked(whole);
  expect(broken(slices)).toEqual([]);
  expect(large(whole).length).toBeGreaterThan(0);
  expect(large(targeted(whole, "onnx"))).toEqual([]);
  const sizes = { b: 1, t: 2 };
  const feeds = drawn(whole, sizes);
  const [expected, found, device] = [
    interpret(whole, feeds, sizes),
    interpret(slices, feeds, sizes),
    await runOnnx(whole, feeds, sizes),
  ];
  for (const { name } of whole.outputs) {
    expect(apart(found[name]!, expected[name]!), name).toBeLessThan(1e-9);
    expect(apart(device[name]!, expected[name]!), name).toBeLessThan(1e-4);
  }
});

test("the plan of a cross entropy over 32,768 words peaks far below its logits", () => {
  const sizes = { b: 16, t: 128 };
  const whole = crossEntropy(32_768, 256);
  const logits = 16 * 128 * 32_768 * 4;
  const outputs = 4 * (32_768 * 257 + 16 * 128 * 256);
  expect(plan(targeted(whole, "onnx"), sizes).peak).toBeLessThan(logits / 4 + 2 * outputs);
});

test("under a budget attention and its gradient are computed some heads at a time", async () => {
  const [b, t, u, h, d] = [axis("b", "b"), axis("t", "t"), axis("u", "t"), axis("h", 6), axis("d", 4)];
  const [q, key] = [input("q", "data", "f32", [b, t, h, d]), input("k", "data", "f32", [b, u, h, d])];
  const bias = input("bias", "weight", "f32", [h, t, u]);
  const present = le(iota(u), iota(t));
  const y = attention(q, key, mul(key, 0.5), { over: ["d"], along: "u", scale: 0.5, bias, present });
  const simple = through(program("p", [output("loss", "loss", sum(mul(y, y), ["b", "t", "h", "d"]))]), beforeGradients);
  const wanted = [q, key, bias];
  const found = gradients(simple.outputs[0]!.node, wanted).map((g, i) => output(`g${i}`, "value", g!, namesOf(wanted[i]!.axes)));
  const whole = optimized(program("p", [...simple.outputs, ...found]));
  const sizes = { b: 2, t: 40 };
  const scores = 2 * 6 * 40 * 40 * 4;
  const roomy = plan(targeted(whole, "onnx"), sizes);
  const given = { ...whole, memory: { bytes: 2.5 * scores, sizes } };
  const slices = chunked(given);
  expect(roomy.peak).toBeGreaterThan(3 * scores);
  expect(plan(targeted(slices, "onnx"), sizes).peak).toBeLessThan(2.5 * scores);
  const feeds = drawn(whole, sizes);
  const [expected, here, device] = [
    interpret(whole, feeds, sizes),
    interpret(slices, feeds, sizes),
    await runOnnx(given, feeds, sizes),
  ];
  for (const { name } of whole.outputs) {
    expect(apart(here[name]!, expected[name]!), name).toBeLessThan(1e-9);
    expect(apart(device[name]!, expected[name]!) / Math.max(1, ...expected[name]!.map(Math.abs)), name).toBeLessThan(1e-5);
  }
});
