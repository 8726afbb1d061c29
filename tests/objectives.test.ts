// Every objective of std in f32, on onnxruntime: loss, metrics and gradients on random batches are those of PyTorch in float64 to 1e-5.
import { afterAll, beforeAll, expect, test } from "vitest";
import { batches, feedsOf, programsOf, weightOf, withGradients } from "../compiler/lower/objective-testing.ts";
import { optimized, renderOnnx } from "../kernels/index.ts";
import { openCpu } from "../runtime/device/cpu.ts";
import type { Device } from "../runtime/device/device.ts";
import { runOnce } from "../runtime/device/once.ts";
import { sourceOf } from "../runtime/device/source.ts";

let device: Device;
beforeAll(async () => {
  device = await openCpu({ threads: 1 });
});
afterAll(() => device.close());

/** As near as f32 is to a number of this size. */
const near = (x: number) => expect.closeTo(x, Math.abs(x) < 5 ? 5 : 4);

for (const [name, { objective, models, numbers }] of Object.entries(batches[0]!.objectives))
  test(`${name}: loss, metrics and gradients`, async () => {
    const { program, feeds: told } = programsOf(objective, models, numbers).loss;
    const whole = optimized(withGradients(program, "loss"));
    for (const batch of batches) {
      const wanted = batch.objectives[name]!;
      const { feeds, sizes } = feedsOf(whole, told, wanted, batch);
      const out = await runOnce(device, sourceOf(whole, renderOnnx), feeds, sizes);
      for (const [metric, value] of Object.entries({ ...wanted.metrics, loss: wanted.loss }))
        expect([metric, out[metric]![0]]).toEqual([metric, near(value)]);
      for (const path of Object.keys(out).filter((each) => each.startsWith("d ")))
        expect([...out[path]!]).toEqual(wanted.gradients[weightOf(path.slice(2), models).join("/")]!.map(near));
    }
  });
