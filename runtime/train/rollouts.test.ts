// A policy answers with the weights that its fit holds on the device, as they are at that step.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { toRow } from "../data/row.ts";
import { generateWith } from "../decode/generate.ts";
import type { Model } from "../decode/writer.ts";
import { openCpu } from "../device/cpu.ts";
import type { Device } from "../device/device.ts";
import { tinyModel } from "../tests/recipe.ts";
import { tinyWeights } from "../tests/tiny.ts";
import { tinyRows, tinyTokenizer, tinyTrainer } from "../tests/world.ts";
import { initialise } from "../weights/initialise.ts";

const scalars = { rate: 0.05, clip: 1, decay: 0.01, seed: 1 };

/** A device that notes how many numbers are copied onto it. */
function counting(device: Device): Device & { moved: number } {
  return new Proxy(device as Device & { moved: number }, {
    get(of, name) {
      if (name === "moved") return Reflect.get(of, name) ?? 0;
      if (name === "upload")
        return (...given: Parameters<Device["upload"]>) => {
          if (given[0] === "f32") of.moved = (of.moved ?? 0) + given[2].length;
          return of.upload(...given);
        };
      const value = Reflect.get(of, name);
      return typeof value === "function" ? value.bind(of) : value;
    },
  });
}

test("answers written with the fit's own tensors are those of a copy of them, step after step, and no weight is copied", async () => {
  const device = counting(await openCpu({ threads: 1 }));
  const trainer = await tinyTrainer(device);
  const start = initialise(tinyWeights(tinyTokenizer.size), 1);
  await trainer.load(start);
  const model = tinyModel(mkdtempSync(join(tmpdir(), "neuro-lent-")));
  const rows = tinyRows(8).map((row, i) => toRow(row, `row ${i}`));
  const requests = ["where is it", "who was it", "when"].map((text) => ({
    prompt: [{ role: "user", content: text }] as never,
    blocks: [],
  }));
  const answer = async (opened: Model) => {
    const decoding = { strategy: { kind: "sample", temperature: 1 }, most: 12 };
    const found = await generateWith(opened, tinyTokenizer, model.window, requests, decoding, { seed: 7 });
    opened.close();
    return found.map(({ tokens, logps }) => ({ tokens, logps }));
  };
  const count = [...start.values()].reduce((sum, { data }) => sum + data.length, 0);
  const seen: unknown[] = [];
  for (let step = 1; step <= 3; step++) {
    await trainer.step(trainer.collate(rows), { ...scalars, step });
    const [first, lent] = [device.moved, await answer(await model.openLent(device, trainer.held, start))];
    const copy = await trainer.weights();
    const [second, copied] = [device.moved, await answer(await model.openWith(device, copy))];
    expect(copied).toEqual(lent);
    expect(device.moved - second - (second - first)).toBe(count);
    seen.push(lent);
  }
  // The weights that were lent are the trainer's still, and have moved.
  expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBe(3);
  trainer.close();
});
