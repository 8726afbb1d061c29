import { afterAll, beforeAll, expect, test } from "vitest";
import { interpret, output, program } from "../../kernels/index.ts";
import { caseBinding, narrowCases } from "../../kernels/ops/cases.ts";
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

test.concurrent.each(narrowCases)("WebGPU agrees with the interpreter in narrow types: %s", async (_, node) => {
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
