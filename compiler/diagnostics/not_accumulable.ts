/** A loss that contrasts the rows of a batch is not accumulated. */
import { defineDiagnostic, write } from "./define.ts";

export const notAccumulable = defineDiagnostic<{ objective: string }>({
  code: "not_accumulable",
  severity: "error",
  title: "Not accumulable",
  label: () => "the batch is one",
  text: ({ objective }) =>
    `${objective} compares the rows of a batch with each other, so a batch cannot be made of smaller ones.`,
  hint: () => "Write accumulate: 1, and a larger batch if memory allows.",
  fix: (_facts, at) => write(at, "accumulate: 1"),
  wrong: `use std.models { Encoder, embedding }
use std.data { Instruct }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model scout: Encoder { tokenizer: words, head: embedding(64) }
dataset rows: Instruct = jsonl("rows.jsonl")
objective contrast(train scout: Embedder, row: Instruct) {
  rival = twin(batch)
  near = softmax(dot(scout(row.prompt), rename(scout(row.answer) over batch -> rival) over e) over rival)
  minimize -mean(sum(log(near) * hard(outer(index(batch) == index(rival))) over rival))
}
train neuro { scout = fit(scout, by: contrast, on: rows, steps: 100 steps, accumulate: 4) }`,
  right: `use std.models { Encoder, embedding }
use std.data { Instruct }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model scout: Encoder { tokenizer: words, head: embedding(64) }
dataset rows: Instruct = jsonl("rows.jsonl")
objective contrast(train scout: Embedder, row: Instruct) {
  rival = twin(batch)
  near = softmax(dot(scout(row.prompt), rename(scout(row.answer) over batch -> rival) over e) over rival)
  minimize -mean(sum(log(near) * hard(outer(index(batch) == index(rival))) over rival))
}
train neuro { scout = fit(scout, by: contrast, on: rows, steps: 100 steps, accumulate: 1) }`,
  page: "With accumulation the batch is the sum of micro-batches. Quantities free of trained gradients are computed over the whole batch first; a contrast between rows is not such a sum.",
});
