// Products of whole numbers of eight bits, by `dot4I8Packed` and by what stands for it: exact sums, in tiles and for few rows.

import { afterAll, beforeAll, expect, test } from "vitest";
import * as k from "../../kernels/index.ts";
import type { Case } from "../../kernels/ops/cases.ts";
import { drawn } from "../../kernels/ops/drawn.ts";
import { portable } from "../../kernels/render/wgsl/target.ts";
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

const { axis, contract, input, quantizedContract } = k;
const [b, t, d, o] = [axis("b", "b"), axis("t", "t"), axis("d", 68), axis("o", 90)];
const [h, e] = [axis("h", 5), axis("e", 12)];
const binding = { b: 3, t: 21 };
const data = (name: string, dtype: k.DType, ...axes: k.Axis[]) => input(name, "data", dtype, axes);
const weight = (name: string, ...axes: k.Axis[]) => input(name, "weight", "i8", axes);
const scale = input("scale", "weight", "f32", [o]);
const bias = input("bias", "weight", "f32", [o]);

/** A row of texts is a few rows, all places of texts are many. */
const rows = (name: string, dtype: k.DType) => data(`${name}.${dtype}`, dtype, b, d);
const texts = (name: string, dtype: k.DType) => data(`${name}.${dtype}`, dtype, b, t, d);
const [w, v] = ["w", "v"].map((name) => weight(name, o, d)) as [k.Node, k.Node];
const seen = k.rename(weight("seen", axis("out", 90), axis("in", 68)), { in: "d", out: "o" });
const quantized = (x: k.Node, of: k.Node) => quantizedContract(x, of, scale, ["d"]);

const cases: readonly Case[] = [
  ["few rows", contract(rows("x", "i8"), w, ["d"])],
  ["few rows without a sign", contract(rows("x", "u8"), w, ["d"])],
  ["few rows with a weight under other names", contract(rows("x", "i8"), seen, ["d"])],
  ["few rows over two axes", contract(data("x", "i8", b, e, h), weight("w", o, h, e), ["h", "e"])],
  ["few rows as they are quantized", k.add(quantized(rows("x", "f32"), w), bias)],
  ["few rows and two matrices", k.mul(k.silu(quantized(rows("x", "f32"), w)), quantized(rows("x", "f32"), v))],
  ["texts", contract(texts("x", "i8"), w, ["d"])],
  ["texts without a sign", contract(texts("x", "u8"), w, ["d"])],
  ["texts with a matrix that lies the other way", contract(texts("x", "i8"), weight("w", d, o), ["d"])],
  ["texts over two axes", contract(data("x", "i8", b, t, h, e), weight("w", o, h, e), ["h", "e"])],
  ["texts as they are quantized", k.add(quantized(texts("x", "f32"), w), bias)],
  ["texts and two matrices", k.mul(k.silu(quantized(texts("x", "f32"), w)), quantized(texts("x", "f32"), v))],
  ["large matrices", contract(data("x", "i8", axis("r", 257), d), weight("w", axis("c", 260), d), ["d"])],
];

const program = (node: k.Node): k.Program => k.optimized(k.program("p", [k.output("out", "value", node)]));

test.concurrent.each(
  cases.flatMap(([name, node]) => [true, false].map((packed): [string, k.Node, boolean] => [name, node, packed])),
)("WebGPU sums whole numbers exactly: %s", async (_, node, packed) => {
  const p = program(node);
  const made = renderWgsl(p, { ...portable, packed });
  const code = made.kernels.map((kernel) => kernel.code).join();
  expect(code.includes("dot4I8Packed")).toBe(packed);
  expect(code.includes("neuro_dot_i8")).toBe(!packed);
  const feeds = drawn(p, binding);
  const source = { ...sourceOf(p, () => new Uint8Array()), wgsl: () => made };
  const found = await runOnce(gpu, source, feeds, binding);
  expect(difference(found.out!, k.interpret(p, feeds, binding).out!)).toBeLessThanOrEqual(node.dtype === "i32" ? 0 : 1e-4);
});

test("the device's own kernels use what its language has", async () => {
  const p = program(cases[4]![1]);
  let asked: boolean | undefined;
  const source = sourceOf(p, () => new Uint8Array());
  const watched = {
    ...source,
    wgsl: (target: typeof portable) => {
      asked = target.packed;
      return source.wgsl(target);
    },
  };
  await runOnce(gpu, watched, drawn(p, binding), binding);
  expect(asked).toBe(true);
});

test("sums whose words hold other places stay as they were", () => {
  const odd = contract(data("x", "i8", b, t, axis("d", 7)), weight("w", o, axis("d", 7)), ["d"]);
  const across = contract(rows("x", "i8"), weight("w", d, o), ["d"]);
  for (const node of [odd, across])
    expect(
      renderWgsl(program(node), { ...portable, packed: true })
        .kernels.map((x) => x.code)
        .join(),
    ).not.toContain("dot4");
});
