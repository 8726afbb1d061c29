// The kernels of scatter-add, running sums, the k largest and draws at sizes where they take many rounds, against the interpreter.
import { afterAll, beforeAll, expect, test } from "vitest";
import * as k from "../../kernels/index.ts";
import { numbers } from "../../kernels/ops/drawn.ts";
import { chunksOf } from "../../kernels/render/wgsl/wide.ts";
import { renderWgsl } from "../../kernels/render/wgsl.ts";
import type { Device } from "./device.ts";
import { difference } from "./difference.ts";
import { runOnce } from "./once.ts";
import { sourceOf } from "./source.ts";
import { useSwiftshader } from "./swiftshader.ts";
import { openWebGpu } from "./webgpu.ts";

let gpu: Device;
beforeAll(async () => {
  expect(useSwiftshader()).toBe(true);
  gpu = await openWebGpu();
});
afterAll(() => gpu.close());

const { axis, input } = k;
const draw = (count: number, seed: number, of: (x: number) => number): Float64Array => {
  const next = numbers(seed);
  return Float64Array.from({ length: count }, () => of(next()));
};
const floats = (count: number, seed = 1) => draw(count, seed, (x) => Math.fround(x * 4 - 2));
/** Few different numbers, so that many are equal. */
const coarse = (count: number, seed = 2) => draw(count, seed, (x) => Math.floor(x * 12) / 4 - 1);
const below = (most: number, count: number, seed = 3) => draw(count, seed, (x) => Math.floor(x * most));

async function agree(
  node: k.Node,
  feeds: Record<string, Float64Array>,
  binding: k.Binding = {},
  order?: string[],
): Promise<void> {
  const p = k.program("p", [k.output("out", "value", node, order)]);
  const expected = k.interpret(p, feeds, binding).out!;
  const found = await runOnce(
    gpu,
    sourceOf(p, () => new Uint8Array()),
    feeds,
    binding,
  );
  expect(difference(found.out!, expected)).toBeLessThan(1e-5);
}

const kernelsOf = (node: k.Node): readonly { code: string }[] =>
  renderWgsl(k.program("p", [k.output("out", "value", node)])).kernels;
const about = (node: k.Node): string =>
  kernelsOf(node)
    .map((kernel) => kernel.code)
    .join("\n");

test("rows are added into a table wherever their index occurs, many times or never", async () => {
  const values = input("values", "data", "f32", [axis("b", "b"), axis("t", 9), axis("d", 70)]);
  const index = input("index", "data", "i32", [axis("b", "b"), axis("t", 9)]);
  const node = k.scatterAdd(values, index, ["b", "t"], axis("v", 75));
  const feeds = { values: floats(50 * 9 * 70), index: below(40, 50 * 9) };
  expect(about(node)).toContain("scatter_sums_f32");
  await agree(node, feeds, { b: 50 });
  await agree(node, feeds, { b: 50 }, ["v", "d"]);
});

test("shares of a source are added up for each word and each row of a batch", async () => {
  const look = input("look", "data", "f32", [axis("b", 3), axis("t", 5), axis("s", "s")]);
  const source = input("source", "data", "i32", [axis("b", 3), axis("s", "s")]);
  const node = k.scatterAdd(look, source, ["s"], axis("v", 130));
  expect(about(node)).toContain("firstTrailingBit");
  await agree(k.add(node, 1), { look: floats(3 * 5 * 300), source: below(130, 900) }, { s: 300 });
});

test("numbers of equal places are added in one order: two runs give the same bits", async () => {
  const values = input("values", "data", "f32", [axis("n", "n")]);
  const index = input("index", "data", "i32", [axis("n", "n")]);
  const source = sourceOf(
    k.program("p", [k.output("out", "value", k.scatterAdd(values, index, ["n"], axis("v", 3)))]),
    () => new Uint8Array(),
  );
  const feeds = { values: floats(2000).map((x) => x * 1e3), index: below(3, 2000) };
  const [one, other] = [await runOnce(gpu, source, feeds, { n: 2000 }), await runOnce(gpu, source, feeds, { n: 2000 })];
  expect(other.out).toEqual(one.out);
});

test.each([{}, { reverse: true }, { exclusive: true }, { reverse: true, exclusive: true }])(
  "running sums %o along rows and columns",
  async (how) => {
    const x = input("x", "data", "f32", [axis("b", 3), axis("n", "n")]);
    await agree(k.mul(k.cumsum(x, "n", how), 2), { x: floats(3 * 150) }, { n: 150 });
    const y = input("y", "data", "f32", [axis("n", 70), axis("d", 40)]);
    await agree(k.cumsum(y, "n", how), { y: floats(70 * 40) });
    const places = input("places", "data", "i32", [axis("n", 200)]);
    await agree(k.cumsum(places, "n", how), { places: below(9, 200) });
  },
);

test("the largest of many, the first of equals first", async () => {
  for (const [n, most, values] of [
    [700, 5, floats],
    [700, 5, coarse],
    [1000, 256, coarse],
    [64, 64, coarse],
    [400, 300, coarse],
    [300, 300, floats],
  ] as const) {
    const x = input("x", "data", "f32", [axis("b", 2), axis("n", n)]);
    const feeds = { x: values(2 * n) };
    await agree(k.topIndices(x, "n", axis("c", most)), feeds);
    await agree(k.topValues(k.div(x, 0.7), "n", axis("c", most)), feeds);
  }
});

test("nothing is larger than infinity, and zeros are equal whatever their sign", async () => {
  const x = input("x", "data", "f32", [axis("n", 66)]);
  const odd = [-0, 0, Infinity, -Infinity, 3e38, 1e-40, -3e38, 0, -0];
  const feeds = { x: Float64Array.from({ length: 66 }, (_, i) => Math.fround(odd[i % odd.length]!)) };
  await agree(k.topIndices(x, "n", axis("c", 20)), { x: feeds.x.map((v) => (Math.abs(v) < 1e-30 ? 0 * Math.sign(1 / v) : v)) });
});

test("a choice among a vocabulary is made in chunks, the first of equals still first", async () => {
  expect([32768, 128256, 151936, 50257, 8193, 10007].map(chunksOf)).toEqual([16, 64, 64, 29, 3, undefined]);
  const x = input("x", "data", "f32", [axis("b", "b"), axis("v", 8192)]);
  for (const values of [floats, coarse]) {
    const feeds = { x: values(2 * 8192) };
    await agree(k.argmax(x, "v"), feeds, { b: 2 });
    await agree(k.topIndices(x, "v", axis("c", 40)), feeds, { b: 2 });
    await agree(k.topValues(x, "v", axis("c", 3)), feeds, { b: 2 });
  }
  expect(kernelsOf(k.argmax(x, "v"))).toHaveLength(3);
});

test("the likeliest word needs no logarithm of a sum, and sums over a vocabulary are made in chunks", async () => {
  const x = input("x", "data", "f32", [axis("b", "b"), axis("v", 8192)]);
  expect(kernelsOf(k.argmax(k.logSoftmax(x, ["v"]), "v"))).toHaveLength(kernelsOf(k.argmax(x, "v")).length);
  const feeds = { x: floats(2 * 8192) };
  await agree(k.argmax(k.logSoftmax(x, ["v"]), "v"), feeds, { b: 2 });
  await agree(k.logSumExp(x, ["v"]), feeds, { b: 2 });
});

test("a token is drawn from a vocabulary as the interpreter draws it", async () => {
  const logits = input("logits", "data", "f32", [axis("b", 3), axis("v", 600)]);
  const uniform = input("uniform", "data", "f32", [axis("b", 3)]);
  const feeds = { logits: floats(1800, 9).map((x) => 3 * x), uniform: draw(3, 8, (x) => x) };
  for (const how of [{ k: 40, p: 0.9, temperature: 0.8 }, { p: 0.7 }, { minP: 0.1 }, { temperature: 0 }])
    await agree(k.sample(logits, uniform, "v", how), feeds);
});
