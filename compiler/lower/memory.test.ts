// A fit that says how much memory its step may take gets a step that takes less, and computes the same.
import { expect, test } from "vitest";
import { plan, targeted } from "../../kernels/index.ts";
import { check } from "../index.ts";
import { hostOf } from "../tests/library.ts";
import { lowerSystem } from "./index.ts";

const spec = (memory: string): string => `
use std.models { EncoderDecoder }
use std.objectives { cross_entropy }
use std.data { Instruct }

dataset rows: Instruct = jsonl("rows.jsonl")
tokenizer words = bpe(vocab: 300, from: rows)
model policy: EncoderDecoder { tokenizer: words, width: 16, heads: 2, encoder: 1 layers, decoder: 1 layers, copy: 8, window: 96 tokens }
train t {
  policy = fit(policy, by: cross_entropy, on: rows, steps: 5 steps, batch: 8${memory})
}
`;
const step = (memory: string) => {
  const checked = check(hostOf({ "main.neuro": spec(memory), "rows.jsonl": "" }), "main.neuro");
  expect(checked.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return lowerSystem(checked).models[0]!.programs.find(({ program }) => program.name === "policy.cross_entropy.step")!.program;
};

test("the budget is kept with the step, for the batch of the fit and texts as long as the window", () => {
  const free = step("");
  const held = step(", memory: 5 MB");
  expect(free.memory).toBeUndefined();
  expect(held.memory).toEqual({ bytes: 5e6, sizes: { batch: 8, source: 96, answer: 96 } });
  const { sizes } = held.memory!;
  expect(plan(targeted(held, "onnx"), sizes).peak).toBeLessThan(0.75 * plan(targeted(free, "onnx"), sizes).peak);
});

test("rows that are computed at once are those of a part of the batch", () => {
  expect(step(", memory: 5 MB, accumulate: 4").memory!.sizes.batch).toBe(2);
});
