import { expect, test } from "vitest";
import { interpret } from "../interp/interpret.ts";
import type { Node } from "../ir/node.ts";
import { nodesOf, type Program } from "../ir/program.ts";
import { broken } from "../ir/spec.ts";
import { drawn } from "../ops/drawn.ts";
import { plan } from "../plan.ts";
import { runOnnx } from "../render/onnx-session.ts";
import { crossEntropy } from "../tests/large-vocabulary.ts";
import { chunked } from "./chunk.ts";
import { targeted } from "./passes.ts";

const large = (p: Program): Node[] =>
  nodesOf(p).filter((n) => n.axes.length === 3 && n.axes.some((a) => a.name === "v" && (a.size as number) > 2048));

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
  const apart = (a: Float64Array, b: Float64Array) => a.reduce((worst, x, i) => Math.max(worst, Math.abs(x - b[i]!)), 0);
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
