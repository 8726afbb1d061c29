import { afterAll, beforeAll, expect, test } from "vitest";
import {
  axis,
  cast,
  contract,
  type DType,
  dequantize,
  input,
  interpret,
  type Node,
  output,
  program,
} from "../../kernels/index.ts";
import { type Case, caseBinding, narrowCases } from "../../kernels/ops/cases.ts";
import { drawn } from "../../kernels/ops/drawn.ts";
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

const [b, d, o] = [axis("b", "b"), axis("d", 64), axis("o", 24)];
const x = input("x", "data", "f32", [b, d]);
const rows = (dtype: DType): Node => input(`rows.${dtype}`, "weight", dtype, [o, d]);
const columns = (dtype: DType): Node => input(`columns.${dtype}`, "weight", dtype, [d, o]);
const scales = input("scales", "weight", "f32", [o, axis("d", 2)]);
const zeros = input("zeros", "weight", "u8", [o, axis("d", 2)]);

/** Products of few rows with weights that lie packed, either way round, whole or in groups. */
const products: readonly Case[] = [
  ...(["f16", "bf16", "e4m3", "e5m2"] as const).flatMap((dtype): Case[] => [
    [`rows of ${dtype}`, contract(x, cast(rows(dtype), "f32"), ["d"])],
    [`columns of ${dtype}`, contract(x, cast(columns(dtype), "f32"), ["d"])],
  ]),
  ...(["i8", "u8", "i4", "u4"] as const).flatMap((dtype): Case[] => [
    [`rows of ${dtype} in groups`, contract(x, dequantize(rows(dtype), scales, "d"), ["d"])],
    [`columns of ${dtype}`, contract(x, dequantize(columns(dtype), input("scale", "weight", "f32", [o]), "d"), ["d"])],
  ]),
  ["rows of u4 with zero points", contract(x, dequantize(rows("u4"), scales, "d", { zero: zeros }), ["d"])],
  ["rows of nf4", contract(x, dequantize(rows("u4"), scales, "d", { code: "nf4" }), ["d"])],
];

test.concurrent.each([...narrowCases, ...products])("WebGPU agrees with the interpreter in narrow types: %s", async (_, node) => {
  const p = program("p", [output("out", "value", node)]);
  const feeds = drawn(p, caseBinding);
  const expected = interpret(p, feeds, caseBinding);
  const found = await runOnce(
    gpu,
    sourceOf(p, () => new Uint8Array()),
    feeds,
    caseBinding,
  );
  expect(difference(found.out!, expected.out!)).toBeLessThan(1e-2);
});
