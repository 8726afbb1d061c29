import { afterAll, beforeAll, expect, test } from "vitest";
import { renderOnnx } from "../../kernels/index.ts";
import { drawn } from "../../kernels/ops/drawn.ts";
import { openCpu } from "./cpu.ts";
import type { Data, Device, Tensor } from "./device.ts";
import { arrayOf } from "./device.ts";
import { difference } from "./difference.ts";
import { openInterp } from "./interp.ts";
import { runOnce } from "./once.ts";
import { randomBinding, randomProgram } from "./random-graphs.ts";
import { sourceOf } from "./source.ts";
import { useSwiftshader } from "./swiftshader.ts";
import { tinyBinding, tinyStep } from "./tiny.ts";
import { openWebGpu } from "./webgpu.ts";

let devices: Device[];
const step = tinyStep();
const source = sourceOf(step, renderOnnx);
const feeds = drawn(step, tinyBinding);
for (const name of ["tokens", "below40"]) feeds[name] = feeds[name]!.map((_, i) => (i * 7 + (name === "tokens" ? 0 : 7)) % 40);
for (const [name, values] of Object.entries(feeds)) {
  if (/^(0|table|scale)/.test(name)) feeds[name] = values.map((x) => x / 8);
  if (/^[mv]\./.test(name)) feeds[name] = values.map(() => 0);
}
feeds.rate = Float64Array.of(0.01);

beforeAll(async () => {
  expect(useSwiftshader()).toBe(true);
  devices = [openInterp(), await openCpu({ threads: 1 }), await openWebGpu()];
});

afterAll(async () => {
  for (const device of devices) await device.close();
});

test("a training step of a transformer agrees on all engines", async () => {
  const results = [];
  for (const device of devices) results.push(await runOnce(device, source, feeds, tinyBinding));
  const [exact, ...others] = results;
  expect(exact!.loss![0]).toBeGreaterThan(1);
  for (const other of others)
    for (const name of Object.keys(exact!)) expect(difference(other[name]!, exact![name]!, 1e-3), name).toBeLessThan(1e-4);
});

test("state moves on in its own handles, and ten steps end alike", async () => {
  const ends: Data[] = [];
  for (const device of devices) {
    const program = await device.prepare(source);
    const inputs: Record<string, Tensor> = {};
    for (const { name, dtype, axes } of source.inputs) {
      const shape = axes.map((a) => (typeof a.size === "number" ? a.size : tinyBinding[a.size as "b"]));
      inputs[name] = device.upload(dtype, shape, arrayOf(dtype).from(feeds[name]!));
    }
    const into = Object.fromEntries(Object.entries(inputs).filter(([name]) => source.outputs.some((o) => o.name === name)));
    const losses = [];
    for (let i = 0; i < 10; i++) {
      const { loss, norm } = await device.run(program, inputs, into);
      losses.push((await device.read(loss!))[0]!);
      device.release(loss!, norm!);
    }
    expect(losses.at(-1)!).toBeLessThan(losses[0]!);
    ends.push(await device.read(inputs.table!));
  }
  for (const end of ends.slice(1)) expect(difference(end, ends[0]!)).toBeLessThan(1e-3);
});

test("onnxruntime agrees with the interpreter on random programs, in place or copying", async () => {
  const cpus = [devices[1]!, await openCpu({ threads: 1, copies: true })];
  for (let seed = 0; seed < 40; seed++) {
    const p = randomProgram(seed);
    const fed = drawn(p, randomBinding);
    const made = sourceOf(p, renderOnnx);
    const expected = await runOnce(devices[0]!, made, fed, randomBinding);
    const found = await runOnce(cpus[seed % 2]!, made, fed, randomBinding);
    for (const { name } of made.outputs)
      expect(difference(found[name]!, expected[name]!), `${name} of seed ${seed}`).toBeLessThan(1e-4);
  }
  await cpus[1]!.close();
});
