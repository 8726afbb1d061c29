// Every case in f16, where an engine computes in it: the interpreter rounds after each operation, an engine where it likes.
import { afterAll, beforeAll, expect, test } from "vitest";
import { interpret, output, program, renderOnnx } from "../../kernels/index.ts";
import { type Case, caseBinding, halfCases, narrowCases } from "../../kernels/ops/cases.ts";
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

async function agrees(device: Device, node: Case[1]): Promise<void> {
  const p = program("p", [output("out", "value", node)]);
  const feeds = drawn(p, caseBinding);
  const expected = interpret(p, feeds, caseBinding);
  const found = await runOnce(
    device,
    sourceOf(p, () => renderOnnx(p)),
    feeds,
    caseBinding,
  );
  expect(difference(found.out!, expected.out!)).toBeLessThan(1e-2);
}

test.concurrent.each(halfCases)("WebGPU agrees with the interpreter in f16: %s", (_, node) => agrees(gpu, node));
test.concurrent.each(halfCases)("onnxruntime agrees with the interpreter in f16: %s", (_, node) => agrees(cpu, node));
test.concurrent.each(narrowCases)("onnxruntime agrees with the interpreter in narrow types: %s", (_, node) => agrees(cpu, node));
