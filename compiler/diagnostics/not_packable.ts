/** Only what is read token by token can share a row with other examples. */
import { defineDiagnostic } from "./define.ts";

export const notPackable = defineDiagnostic<{ objective: string; why: string }>({
  code: "not_packable",
  severity: "error",
  title: "Not packable",
  label: () => "rows cannot be packed",
  text: ({ objective, why }) => `Several examples of ${objective} cannot share a row: ${why}.`,
  hint: () => "Leave `pack` out: rows of similar length share a batch anyway.",
  wrong: `use std.models { Encoder }
use std.objectives { regression }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model value: Encoder { tokenizer: words, depth: 1 layers, width: 16, heads: 2, window: 64 tokens }
dataset rows: { prompt: Dialog, reward: Float } = jsonl("rows.jsonl")
train neuro { value = fit(value, by: regression, on: rows, steps: 100 steps, pack: true) }`,
  right: `use std.models { Encoder }
use std.objectives { regression }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model value: Encoder { tokenizer: words, depth: 1 layers, width: 16, heads: 2, window: 64 tokens }
dataset rows: { prompt: Dialog, reward: Float } = jsonl("rows.jsonl")
train neuro { value = fit(value, by: regression, on: rows, steps: 100 steps) }`,
  page: "With pack: true several short examples lie one after another in a row of the window, and a model that tells each token of an answer reads each of them apart from the others. A head that reads a whole text into one number has no such place for each example, and the answers of a group share their prompt.",
});
