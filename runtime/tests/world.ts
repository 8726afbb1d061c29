/** A tokenizer, rows and parts for the tiny model. For tests only. */
import type { Device } from "../device/device.ts";
import { trainBpe } from "../text/bpe.ts";
import { Tokenizer } from "../text/tokenizer.ts";
import type { FitSettings, Trainer } from "../train/fit.ts";
import { openTrainer } from "../train/trainer.ts";
import { sourceFeeds, sourceOf, targetFeeds, tinyStep } from "./tiny.ts";

const colours = ["red", "green", "blue", "grey"];
const things = ["car", "door", "lamp", "book", "coat", "boat"];

/** Rows such as "colour of the car?", whose only document says it. */
export function tinyRows(count: number): object[] {
  return Array.from({ length: count }, (_, i) => {
    const colour = colours[(i * 7) % 4]!;
    const thing = things[(i * 5 + (i >> 2)) % 6]!;
    return {
      prompt: `colour of the ${thing}?`,
      documents: [{ title: thing, text: `The ${thing} is ${colour}.` }],
      answer: `${colour} [1]`,
    };
  });
}

export const tinyTokenizer = Tokenizer.parse(
  trainBpe(
    tinyRows(50).map((row) => JSON.stringify(row)),
    { vocab: 300 },
  ),
);
export const tinyText = { tokenizer: tinyTokenizer, window: 128, rounded: true };

export const tinySettings: FitSettings = {
  steps: 24,
  batch: 8,
  accumulate: 1,
  rate: 0.02,
  warmup: 4,
  schedule: "linear",
  floor: 0,
  clip: 1,
  decay: 0.01,
  seed: 3,
};

export function tinyTrainer(device: Device): Promise<Trainer> {
  return openTrainer({
    device,
    program: sourceOf(tinyStep(tinyTokenizer.size)),
    feeds: { ...sourceFeeds, ...targetFeeds },
    text: tinyText,
    given: {},
  });
}
