// Tensors read as halves. Software has none: Dawn's backend that computes nothing checks the kernels' WGSL, and their arithmetic is checked
// with the reading of halves spelled out.

import { afterAll, beforeAll, expect, test } from "vitest";
import { create, globals } from "webgpu";
import * as k from "../../kernels/index.ts";
import { type Case, halfCases } from "../../kernels/ops/cases.ts";
import { drawn } from "../../kernels/ops/drawn.ts";
import { portable } from "../../kernels/render/wgsl/target.ts";
import { renderWgsl, type WgslProgram } from "../../kernels/render/wgsl.ts";
import type { Device } from "./device.ts";
import { difference } from "./difference.ts";
import { runOnce } from "./once.ts";
import { sourceOf } from "./source.ts";
import { halvesSpelled } from "./spelled.ts";
import { useSwiftshader } from "./swiftshader.ts";
import { openWebGpu } from "./webgpu.ts";

let gpu: Device;
/** Dawn's backend that computes nothing; its instance lives as long as its device. */
let dawn: GPU;
let none: GPUDevice;
beforeAll(async () => {
  expect(useSwiftshader()).toBe(true);
  gpu = await openWebGpu();
  Object.assign(globalThis, globals);
  dawn = create(["backend=null"]);
  none = await (await dawn.requestAdapter())!.requestDevice({ requiredFeatures: ["shader-f16"] });
});
afterAll(() => gpu.close());

const { axis, cast, contract, input } = k;
const [b, t, d, o] = [axis("b", "b"), axis("t", "t"), axis("d", 68), axis("o", 92)];
const binding = { b: 3, t: 21 };
const data = (dtype: k.DType, ...axes: k.Axis[]) => cast(input("x", "data", dtype, axes), "f32");
const weight = (...axes: k.Axis[]) => cast(input("w", "weight", "f16", axes), "f32");
const odd = axis("odd", 7);
const [h, u, c] = [axis("h", 2), axis("u", 9), axis("c", 16)];
const cache = (name: string) => cast(input(name, "state", "f16", [b, h, u, c]), "f32");

const cases: readonly Case[] = [
  ["a sum along rows of weights", contract(data("f32", b, d), weight(o, d), ["d"])],
  ["a sum along their columns", contract(data("f32", b, d), weight(d, o), ["d"])],
  ["both operands, in tiles", contract(data("f16", b, t, d), weight(d, o), ["d"])],
  ["an odd number of places", contract(data("f16", b, t, odd), weight(odd, o), ["odd"])],
  ["place by place", k.add(data("f16", b, odd), 1)],
  ["rows and a product of one tensor", k.add(contract(data("f32", b, d), weight(o, d), ["d"]), k.sum(weight(o, d), ["d"]))],
  [
    "attention over a cache",
    k.attention(data("f32", b, h, c), cache("k"), k.rename(cache("v"), { c: "e" }), { over: ["c"], along: "u", scale: 0.25 }),
  ],
  ["to be stored in halves again", cast(k.mul(data("f16", b, d), 2), "f16")],
];

const made = (node: k.Node, f16: boolean): { p: k.Program; wgsl: WgslProgram } => {
  const p = k.optimized(k.program("p", [k.output("out", "value", node)]));
  return { p, wgsl: renderWgsl(p, { ...portable, f16 }) };
};

/** What Dawn says against kernels. */
async function complaints({ kernels }: WgslProgram): Promise<string[]> {
  const found: string[] = [];
  for (const { code } of kernels) {
    none.pushErrorScope("validation");
    const { messages } = await none.createShaderModule({ code }).getCompilationInfo();
    found.push(...messages.map((m) => `${m.lineNum}: ${m.message}`));
    const error = await none.popErrorScope();
    if (error) found.push(error.message);
  }
  return found;
}

test.each(cases)("the kernels' WGSL is what Dawn takes: %s", async (_, node) => {
  const { wgsl } = made(node, true);
  expect(wgsl.kernels.some(({ code }) => code.includes("enable f16;") && !code.includes("unpack2x16float(in"))).toBe(true);
  for (const { code } of wgsl.kernels) expect(code.includes("enable f16;")).toBe(/\bf16>/.test(code));
  expect(await complaints(wgsl)).toEqual([]);
});

test("so is that of every operation in halves", async () => {
  let halves = 0;
  for (const [name, node] of halfCases) {
    const { wgsl } = made(node, true);
    if (wgsl.kernels.some(({ code }) => code.includes("enable f16;"))) halves++;
    expect([name, await complaints(wgsl)]).toEqual([name, []]);
  }
  expect(halves).toBeGreaterThan(halfCases.length / 2);
});

test.each(cases)("what is read is what lies there: %s", async (_, node) => {
  const { p, wgsl } = made(node, true);
  const kernels = wgsl.kernels.map((kernel) => ({ ...kernel, code: halvesSpelled(kernel.code) }));
  expect(kernels.map((x) => x.code).join()).not.toMatch(/\bf16>/);
  const feeds = drawn(p, binding);
  const run = (program: WgslProgram) =>
    runOnce(gpu, { ...sourceOf(p, () => new Uint8Array()), wgsl: () => program }, feeds, binding);
  const [found, packed] = [await run({ ...wgsl, kernels }), await run(made(node, false).wgsl)];
  expect(found.out).toEqual(packed.out);
  expect(difference(found.out!, k.interpret(p, feeds, binding).out!)).toBeLessThan(1e-2);
});

test("kernels that read no halves enable none, and a build's kernels never do", () => {
  for (const [node, f16] of [
    [contract(data("f32", b, d), cast(input("w", "weight", "bf16", [o, d]), "f32"), ["d"]), true],
    [cases[0]![1], false],
  ] as const)
    expect(
      made(node, f16)
        .wgsl.kernels.map(({ code }) => code)
        .join(),
    ).not.toMatch(/\bf16>|enable f16/);
});
