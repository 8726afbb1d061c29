/** A remote model has no weights here. */
import { defineDiagnostic } from "./define.ts";

export const remoteModel = defineDiagnostic<{ model: string; what: string }>({
  code: "remote_model",
  severity: "error",
  title: "Remote model",
  label: () => "no weights here",
  text: ({ model, what }) => `${model} is remote: it samples and judges, but ${what} needs its weights.`,
  hint: () => "Use a model with weights.",
  wrong: `use std.models { EncoderDecoder }
use std.objectives { cross_entropy }
use std.data { Instruct }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model gpt: EncoderDecoder { tokenizer: words, remote: "https://models.example/v1" }
dataset rows: Instruct = jsonl("rows.jsonl")
train neuro { gpt = fit(gpt, by: cross_entropy, on: rows, steps: 100 steps) }`,
  right: `use std.models { EncoderDecoder }
use std.objectives { cross_entropy }
use std.data { Instruct }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words }
dataset rows: Instruct = jsonl("rows.jsonl")
train neuro { policy = fit(policy, by: cross_entropy, on: rows, steps: 100 steps) }`,
  page: '`remote: "https://..."` makes a model an endpoint. It cannot be trained, merged, used as a draft or asked for the distribution of the next token.',
});
