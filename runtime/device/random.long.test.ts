import { afterAll, beforeAll, expect, test } from "vitest";
import { type Binding, renderOnnx } from "../../kernels/index.ts";
import { drawn } from "../../kernels/ops/drawn.ts";
import { openCpu } from "./cpu.ts";
import type { Device } from "./device.ts";
import { difference } from "./difference.ts";
import { openInterp } from "./interp.ts";
import { runOnce } from "./once.ts";
import { randomBinding, randomProgram } from "./random-graphs.ts";
import { sourceOf } from "./source.ts";
import { openWebGpu } from "./webgpu.ts";

let exact: Device;
let others: Device[];
beforeAll(async () => {
  exact = openInterp();
  others = [await openCpu(), await openWebGpu()];
});
afterAll(async () => {
  for (const device of others) await device.close();
});

const bindings: readonly Binding[] = [randomBinding, { b: 1, s: 5, t: 1 }, { b: 3, s: 67, t: 2 }];

test.each(Array.from({ length: 300 }, (_, seed) => seed))("all engines agree on the random program %d", async (seed) => {
  const p = randomProgram(seed);
  const binding = bindings[seed % bindings.length]!;
  const fed = drawn(p, binding);
  const source = sourceOf(p, renderOnnx);
  const expected = await runOnce(exact, source, fed, binding);
  for (const device of others) {
    const found = await runOnce(device, source, fed, binding);
    for (const { name } of source.outputs)
      expect(difference(found[name]!, expected[name]!), `${name} on ${device.name}`).toBeLessThan(1e-4);
  }
});
