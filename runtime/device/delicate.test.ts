// Where a formula would divide by nothing or take infinity from itself: every engine gives what the interpreter gives, and never NaN.
import { afterAll, beforeAll, expect, test } from "vitest";
import * as k from "../../kernels/index.ts";
import { cases } from "../../kernels/ops/cases.ts";
import { drawn } from "../../kernels/ops/drawn.ts";
import { openCpu } from "./cpu.ts";
import type { Device } from "./device.ts";
import { difference } from "./difference.ts";
import { runOnce } from "./once.ts";
import { sourceOf } from "./source.ts";
import { useSwiftshader } from "./swiftshader.ts";
import { openWebGpu } from "./webgpu.ts";

let gpu: Device;
let cpu: Device;

beforeAll(async () => {
  expect(useSwiftshader()).toBe(true);
  [gpu, cpu] = [await openWebGpu(), await openCpu()];
});

afterAll(async () => {
  await gpu.close();
  await cpu.close();
});

type Feeds = Readonly<Record<string, ArrayLike<number>>>;

async function same(devices: readonly Device[], p: k.Program, feeds: Feeds, binding: k.Binding): Promise<k.Feeds> {
  const expected = k.interpret(p, feeds, binding);
  for (const [name, values] of Object.entries(expected)) expect(values.some(Number.isNaN), `${name} has NaN`).toBe(false);
  for (const device of devices) {
    const source = sourceOf(p, () => k.renderOnnx(p));
    const found = await runOnce(device, source, feeds, binding);
    for (const o of p.outputs)
      expect(difference(found[o.name]!, expected[o.name]!), `${device.name}: ${o.name}`).toBeLessThan(1e-4);
  }
  return expected;
}

const [b, t, s, d] = [k.axis("b", 2), k.axis("t", 2), k.axis("s", 3), k.axis("d", 2)];
const scores = k.input("scores", "data", "f32", [b, s]);
const present = k.input("present", "data", "bool", [b, s]);
const weights = k.input("weights", "data", "f32", [b, s]);
const spread = [0.3, -1, 0.5, 2, 0.1, -0.7];

/** A tensor of scores, and the gradient of it weighed. */
function withGradient(name: string, node: k.Node): k.Output[] {
  const weighed = k.hasAxis(node, "s") ? k.mul(node, weights) : node;
  const [g] = k.gradients(k.sum(weighed, k.namesOf(weighed.axes)), [scores]);
  return [k.output(name, "value", node), k.output(`${name} gradient`, "value", g!)];
}

test("rows in which nothing is present are 0 and pass no gradient", async () => {
  const p = k.program("p", [
    ...withGradient("softmax", k.softmax(scores, ["s"], present)),
    ...withGradient("logSumExp", k.logSumExp(scores, ["s"], present)),
    ...withGradient("logSoftmax", k.maximum(k.logSoftmax(scores, ["s"], present), -100)),
    ...withGradient("mean", k.mean(scores, ["s"], present)),
  ]);
  const found = await same([cpu, gpu], p, { scores: [1, 2, 3, 4, 5, 6], present: [0, 0, 0, 1, 0, 1], weights: spread }, {});
  expect(Array.from(found.softmax!).slice(0, 4)).toEqual([0, 0, 0, expect.closeTo(1 / (1 + Math.E ** 2), 12)]);
  for (const name of ["softmax gradient", "logSumExp gradient", "logSoftmax gradient", "mean gradient"])
    expect(Array.from(found[name]!, Math.abs).slice(0, 3)).toEqual([0, 0, 0]);
});

test("attention of a query that may look at nothing is 0, and so are its gradients", async () => {
  const [q, key, v] = [
    k.input("q", "data", "f32", [b, t, d]),
    k.input("k", "data", "f32", [b, s, d]),
    k.input("v", "data", "f32", [b, s, d]),
  ];
  const out = k.attention(q, key, v, { over: ["d"], along: "s", scale: 1, present });
  const slopes = k.gradients(k.sum(k.mul(out, out), ["b", "t", "d"]), [q, key, v]);
  const p = k.program("p", [k.output("out", "value", out), ...slopes.map((g, i) => k.output(`of ${"qkv"[i]}`, "value", g!))]);
  const rows = (n: number): number[] => Array.from({ length: n }, (_, i) => Math.sin(3 * i + 1));
  const found = await same([cpu, gpu], p, { q: rows(8), k: rows(12), v: rows(12), present: [0, 0, 0, 1, 1, 0] }, {});
  expect(Array.from(found.out!, Math.abs).slice(0, 4)).toEqual([0, 0, 0, 0]);
});

test("huge logits overflow nothing", async () => {
  const label = k.input("label", "data", "i32", [b]);
  const chosen = k.gather(k.logSoftmax(scores, ["s"]), label, "s");
  const p = k.program("p", [
    ...withGradient("softmax", k.softmax(scores, ["s"])),
    ...withGradient("logSumExp", k.logSumExp(scores, ["s"])),
    ...withGradient("cross entropy", k.neg(chosen)),
    ...withGradient("logAddExp", k.logAddExp(scores, weights)),
    ...withGradient("logSigmoid", k.logSigmoid(scores)),
    ...withGradient("sigmoid", k.sigmoid(scores)),
    ...withGradient("silu", k.silu(k.mul(scores, 1e-3))),
    ...withGradient("gelu", k.gelu(k.mul(scores, 1e-3))),
  ]);
  const found = await same([cpu, gpu], p, { scores: [8e4, -9e4, 8e4, -1e4, -2e4, -3e4], weights: spread, label: [1, 2] }, {});
  expect(Array.from(found.softmax!)).toEqual([0.5, 0, 0.5, 1, 0, 0]);
});

test("what is ruled out by minus infinity has no share", async () => {
  const p = k.program("p", [
    ...withGradient("softmax", k.softmax(scores, ["s"])),
    ...withGradient("logSumExp", k.logSumExp(scores, ["s"])),
  ]);
  const none = Number.NEGATIVE_INFINITY;
  const found = await same([cpu, gpu], p, { scores: [none, 0, 0, 1, none, none], weights: spread }, {});
  expect(Array.from(found.softmax!)).toEqual([0, 0.5, 0.5, 1, 0, 0]);
});

test("among equals the first comes first, and the gradient of the largest is shared", async () => {
  const p = k.program("p", [
    ...withGradient("largest", k.reduceMax(scores, ["s"])),
    ...withGradient("smallest", k.reduceMin(scores, ["s"])),
    k.output("argmax", "value", k.argmax(scores, "s")),
    k.output("argmin", "value", k.argmin(scores, "s")),
    k.output("top", "value", k.topIndices(scores, "s", k.axis("c", 3))),
  ]);
  const found = await same([cpu, gpu], p, { scores: [1, 2, 2, 5, 5, 5] }, {});
  expect([found.argmax, found.argmin, found.top].map((x) => Array.from(x!))).toEqual([
    [1, 0],
    [0, 0],
    [1, 2, 0, 0, 1, 2],
  ]);
  expect(Array.from(found["largest gradient"]!)).toEqual([0, 0.5, 0.5, 1 / 3, 1 / 3, 1 / 3]);
});

// The largest of nothing has no place, and a part that is longer than the whole is none.
const needSomething = /^argm|^after|^scoreLogSumExp|^top|^sample|slice with symbolic|pick one/;
const few = new Set([
  "sum over an inner axis",
  "mean over a symbolic axis",
  "softmax",
  "cumsum",
  "put of symbolic sizes",
  "gather rows of a table",
]);

test.each([
  { b: 3, s: 0, t: 4 },
  { b: 0, s: 5, t: 4 },
])("axes without places: %o", async (binding) => {
  for (const [title, node] of cases.filter(([name]) => !needSomething.test(name))) {
    const p = k.program(title, [k.output("out", "value", node)]);
    await same(few.has(title) ? [cpu, gpu] : [cpu], p, drawn(p, binding), binding);
  }
});
