import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Dataset, openDataset } from "../data/dataset.ts";
import { openCpu } from "../device/cpu.ts";
import { heard } from "../notes.ts";
import { silent } from "../progress.ts";
import { tinyWeights } from "../tests/tiny.ts";
import { tinyRows, tinySettings, tinyTokenizer, tinyTrainer } from "../tests/world.ts";
import { initialise } from "../weights/initialise.ts";
import { hashWeights } from "../weights/tensors.ts";
import { type FitJob, fit as learn } from "./fit.ts";
import { readJournal } from "./journal.ts";

const device = await openCpu({ threads: 1 });
const rows = (count: number): Dataset => openDataset("lessons", () => tinyRows(count), ".");
const job = async (more: Partial<FitJob> = {}): Promise<FitJob> => {
  const folder = mkdtempSync(join(tmpdir(), "neuro-fit-"));
  return {
    label: "policy by cross_entropy",
    key: "k",
    settings: tinySettings,
    trainer: await tinyTrainer(device),
    start: initialise(tinyWeights(tinyTokenizer.size), 1),
    on: rows(40),
    folder,
    metrics: join(folder, "metrics.jsonl"),
    events: join(folder, "events"),
    every: 60_000,
    progress: silent,
    ...more,
  };
};
type Line = { step: number; loss: number; rate: number; gradient_norm: number };

test("learns, writes what it measured at every step, and says how far the loss fell", async () => {
  const said: unknown[] = [];
  const one = await job({ progress: { ...silent, task: () => ({ update: () => {}, end: (words) => said.push(words) }) } });
  const { position } = await learn(one);
  const lines = readJournal(one.metrics) as Line[];
  expect(lines.map((line) => line.step)).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
  expect(lines[0]!.loss).toBeGreaterThan(5.5);
  expect(lines.at(-1)!.loss).toBeLessThan(4);
  expect(lines[1]).toMatchObject({ rate: 0.01, fit: "policy by cross_entropy", key: "k" });
  expect(lines[0]!.gradient_norm).toBeGreaterThan(0);
  expect(position).toMatchObject({ step: 24, batch: 24 });
  const mean = (of: Line[]): string => (of.reduce((sum, line) => sum + line.loss, 0) / of.length).toFixed(3);
  expect(said).toEqual([`loss from ${mean(lines.slice(0, 10))} to ${mean(lines.slice(-10))}`]);
});

test("stopped at any step and begun again, it ends with the same weights and the same metrics", async () => {
  const whole = await job();
  const expected = hashWeights((await learn(whole)).tensors);
  const broken = await job();
  for (let stops = 0; stops < 5; stops++) {
    const control = new AbortController();
    const trainer = await tinyTrainer(device);
    let left = 1 + stops * 2;
    const step: typeof trainer.step = (...given) => {
      if (--left === 0) control.abort();
      return trainer.step(...given);
    };
    const stopping = {
      ...broken,
      trainer: Object.assign(Object.create(trainer), {
        step,
        load: trainer.load.bind(trainer),
        read: trainer.read.bind(trainer),
        collate: trainer.collate.bind(trainer),
      }),
    };
    await learn({ ...stopping, signal: control.signal }).catch((error) => expect(error.code).toBe("interrupted"));
  }
  const { tensors } = await learn({ ...broken, trainer: await tinyTrainer(device) });
  expect(hashWeights(tensors)).toBe(expected);
  const numbers = (path: string): unknown => (readJournal(path) as Line[]).map(({ step, loss, rate }) => ({ step, loss, rate }));
  expect(numbers(broken.metrics)).toEqual(numbers(whole.metrics));
});

test("a batch of 8 learns what it learns as two micro-batches of 4", async () => {
  const eight = await learn(await job());
  const four = await learn(await job({ settings: { ...tinySettings, batch: 8, accumulate: 2 } }));
  expect(hashWeights(four.tensors)).toBe(hashWeights(eight.tensors));
});

// Recorded from this program on the interpreter; a change of data order, collation, schedule or optimiser shows here.
test("follows the recorded series of losses and gradient norms", async () => {
  const one = await job();
  await learn({ ...one, settings: { ...tinySettings, steps: 6 } });
  const series = (readJournal(one.metrics) as Line[]).map((line) => [line.loss, line.gradient_norm]);
  const recorded: number[][] = [
    [5.59233, 0.43739],
    [5.60829, 0.41944],
    [5.58818, 0.39208],
    [5.54214, 0.50729],
    [5.38115, 0.60839],
    [5.40147, 0.60703],
  ];
  expect(series).toHaveLength(6);
  series.flat().forEach((value, i) => void expect(value).toBeCloseTo(recorded.flat()[i]!, 4));
});

test("passes over the data end with it, the last batch being smaller", async () => {
  const { steps: _, ...settings } = tinySettings;
  const { position } = await learn(await job({ on: rows(20), settings: { ...settings, epochs: 2 } }));
  expect(position.step).toBe(6);
});

test("a loss that is no number stops with the step and keeps the last checkpoint", async () => {
  const one = await job({ settings: { ...tinySettings, rate: 1e30, clip: 1e30 }, every: 0 });
  await expect(learn(one)).rejects.toThrow(
    /policy by cross_entropy: at step \d+ the (loss|gradient norm) is (NaN|-?Infinity). The checkpoint of step \d+ is kept./,
  );
  expect(existsSync(join(one.folder, "checkpoint.safetensors"))).toBe(true);
});

test("data without a usable row is said, and so are rows longer than the window", async () => {
  await expect(learn(await job({ on: rows(0) }))).rejects.toThrow(/there are no lessons to train on/);
  const notes: string[] = [];
  const wide = { prompt: "colour? ".repeat(90), answer: "red" };
  const hopeless = await job({ on: openDataset("lessons", () => [wide, wide], "."), settings: { ...tinySettings, steps: 4 } });
  await expect(learn(hopeless)).rejects.toThrow(/every row of lessons is longer than the model's window/);
  const long = openDataset("lessons", () => [wide, ...tinyRows(9), wide], ".");
  const work = await job({ on: long, settings: { ...tinySettings, steps: 4 } });
  await heard(
    (text) => notes.push(text),
    () => learn(work),
  );
  expect(notes).toEqual([
    expect.stringMatching(/^Rows longer than the model's window are not trained on; the first is lessons, row (1|11)\.$/),
    expect.stringMatching(
      /^2 rows were longer than the model's window and were not trained on \(\d+ times\): lessons, row 1+, lessons, row 1+\.$/,
    ),
  ]);
});
