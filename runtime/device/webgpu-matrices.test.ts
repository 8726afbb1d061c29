// Products on matrix units. Software has none: Dawn's backend that computes nothing checks the kernels' WGSL, and their arithmetic is checked by
// spelling out what the units do, each lane with its part of a small matrix.

import { afterAll, beforeAll, expect, test } from "vitest";
import { create, globals } from "webgpu";
import * as k from "../../kernels/index.ts";
import { drawn } from "../../kernels/ops/drawn.ts";
import { configFor } from "../../kernels/render/wgsl/matrices.ts";
import type { MatrixConfig, Target } from "../../kernels/render/wgsl/target.ts";
import { renderWgsl, type WgslProgram } from "../../kernels/render/wgsl.ts";
import type { Device } from "./device.ts";
import { difference } from "./difference.ts";
import { runOnce } from "./once.ts";
import { sourceOf } from "./source.ts";
import { halvesSpelled } from "./spelled.ts";
import { useSwiftshader } from "./swiftshader.ts";
import { openWebGpu } from "./webgpu.ts";

const single: MatrixConfig = { component: "f32", result: "f32", m: 8, n: 8, k: 8 };
const half: MatrixConfig = { component: "f16", result: "f32", m: 16, n: 16, k: 16 };
const targetOf = (...matrices: MatrixConfig[]): Target => ({
  subgroups: { least: 32, most: 32 },
  packed: true,
  f16: true,
  matrices,
});

const { axis, cast, input, output } = k;
const x = input("x", "data", "f32", [axis("b", "b"), axis("t", 37), axis("d", 75)]);
const weight = (name: string, dtype: k.DType) => input(name, "weight", dtype, [axis("d", 75), axis("o", 90)]);
const bias = input("bias", "weight", "f32", [axis("o", 90)]);

/** A product, an epilogue, and a second product of the same rows. */
const product = (dtype: "f32" | "f16"): k.Program => {
  const [a, b] = ["a", "c"].map((name) => k.contract(x, cast(weight(name, dtype), "f32"), ["d"])) as [k.Node, k.Node];
  return k.program("product", [output("y", "value", k.add(k.mul(k.silu(a), b), bias))]);
};

let gpu: Device;
/** Dawn's backend that computes nothing; its instance lives as long as its device. */
let dawn: GPU;
let none: GPUDevice;
beforeAll(async () => {
  expect(useSwiftshader()).toBe(true);
  gpu = await openWebGpu();
  Object.assign(globalThis, globals);
  dawn = create(["backend=null", "enable-dawn-features=allow_unsafe_apis"]);
  const adapter = await dawn.requestAdapter();
  const requiredFeatures = ["subgroups", "shader-f16", "chromium-experimental-subgroup-matrix"] as GPUFeatureName[];
  none = await adapter!.requestDevice({ requiredFeatures });
});
afterAll(() => gpu.close());

test.each([
  ["f32", single],
  ["f16", half],
] as const)("the kernels' WGSL is what Dawn takes: %s", async (dtype, config) => {
  const { kernels } = renderWgsl(product(dtype), targetOf(config));
  expect(kernels.some(({ code }) => code.includes("subgroupMatrixMultiplyAccumulate"))).toBe(true);
  for (const { code } of kernels) {
    none.pushErrorScope("validation");
    const { messages } = await none.createShaderModule({ code }).getCompilationInfo();
    expect(messages.map((m) => `${m.lineNum}: ${m.message}`)).toEqual([]);
    expect((await none.popErrorScope())?.message).toBeUndefined();
  }
});

/** One product: spelled out, halves take the room of two. */
const one = (dtype: "f32" | "f16"): k.Program =>
  k.program("one", [output("y", "value", k.add(k.contract(x, cast(weight("a", dtype), "f32"), ["d"]), bias))]);

/** A kernel that does without matrix units what they would do: lane l of 32 has places l, l + 32, ... of each small matrix. */
function spelled(code: string, { m, n, k: deep }: MatrixConfig): string {
  const each = (text: string) => `for (var i = 0u; i < ${(m * n) / 32}u; i++) { let e = lane % 32u + 32u * i; ${text} }`;
  return halvesSpelled(code)
    .replaceAll(/^(enable (?!subgroups)|diagnostic).*\n/gm, "")
    .replaceAll(/\bf16\b/g, "f32")
    .replaceAll(/: subgroup_matrix_result<[^>]*>/g, `: array<f32, ${(m * n) / 32}>`)
    .replaceAll(/subgroupMatrixLoad<.*?, row_major>\(&\w+, (.*), (\d+)u\);/g, "vec2u($1, $2u);")
    .replaceAll(/(\w+) = subgroupMatrixMultiplyAccumulate\((\w+), (\w+), \w+\);/g, (_, sum, left, right) => {
      const piece = `matrix_right${/^right(\d)/.exec(right)![1]}`;
      const term = `matrix_left[${left}.x + e / ${n}u * ${left}.y + z] * ${piece}[${right}.x + z * ${right}.y + e % ${n}u]`;
      return each(`for (var z = 0u; z < ${deep}u; z++) { ${sum}[i] += ${term}; }`);
    })
    .replaceAll(/subgroupMatrixStore<row_major>\(&(\w+), (.*), (\w+), (\d+)u\);/g, (_, results, at, sum, stride) =>
      each(`${results}[${at} + e / ${n}u * ${stride}u + e % ${n}u] = ${sum}[i];`),
    );
}

test.each([
  ["f32", product("f32"), single],
  ["f16", one("f16"), half],
] as const)("what the units do is a product, beyond edges too: %s", async (_, p, config) => {
  const made: WgslProgram = renderWgsl(p, targetOf(config));
  const kernels = made.kernels.map((kernel) => ({ ...kernel, code: spelled(kernel.code, config) }));
  expect(kernels.some(({ code }) => code.includes("array<f32,") && code.includes("matrix_left"))).toBe(true);
  const feeds = drawn(p, { b: 3 });
  const source = { ...sourceOf(p, () => new Uint8Array()), wgsl: () => ({ ...made, kernels }) };
  const found = await runOnce(gpu, source, feeds, { b: 3 });
  expect(difference(found.y!, k.interpret(p, feeds, { b: 3 }).y!)).toBeLessThan(1e-4);
});

test("halves take part only where an operand is stored in halves or fewer bits, and subgroups must be of 32 lanes", () => {
  const code = (dtype: "f32" | "f16", target: Target) =>
    renderWgsl(product(dtype), target)
      .kernels.map((x) => x.code)
      .join();
  expect(code("f32", targetOf(half))).not.toContain("subgroup_matrix");
  expect(code("f16", targetOf(half))).toContain("subgroup_matrix_left<f16, 16, 16>");
  expect(configFor(targetOf(half, single), false)).toBe(single);
  expect(configFor(targetOf(half, single), true)).toBe(half);
  expect(configFor({ ...targetOf(half, single), subgroups: { least: 16, most: 32 } }, true)).toBeUndefined();
});
