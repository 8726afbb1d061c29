/** For tests: a random graph on every engine. The error names the seed. */
import { expect } from "vitest";
import { interpret, optimized, output, program, renderOnnx } from "../../kernels/index.ts";
import { drawn } from "../../kernels/ops/drawn.ts";
import { inputsOf, scaled, sensitivity } from "../../kernels/tests/agreement.ts";
import { graphBinding, randomGraph } from "../../kernels/tests/random-graph.ts";
import type { Device } from "../device/device.ts";
import { runOnce } from "../device/once.ts";
import { sourceOf } from "../device/source.ts";

/** Checks that devices and the interpreter give the same numbers: to 1e-5 in f32, to 1e-2 where `narrow` has them compute in f16. */
export async function agreesOn(devices: readonly Device[], seed: number, steps: number, narrow = false): Promise<void> {
  const loss = randomGraph(seed, steps, narrow);
  const whole = program(`seed ${seed}`, [output("loss", "loss", loss)], inputsOf(loss));
  const feeds = drawn(whole, graphBinding, seed);
  const exact = interpret(whole, feeds, graphBinding);
  const [most, rounding] = narrow ? [1e-2, 1e-3] : [1e-5, 1e-6];
  for (const device of devices) {
    const found = await runOnce(device, sourceOf(optimized(whole), renderOnnx), feeds, graphBinding);
    const off = scaled(Float64Array.from(found.loss!), exact.loss!);
    if (off < most) continue;
    expect(off, `seed ${seed} on ${device.name}`).toBeLessThan(Math.max(most, sensitivity(whole, feeds, rounding).loss!));
  }
}
