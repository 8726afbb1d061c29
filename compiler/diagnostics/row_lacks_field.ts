/** Rows have the fields that their reader needs. */
import { defineDiagnostic } from "./define.ts";

export const rowLacksField = defineDiagnostic<{ names: readonly string[]; reader: string; has: readonly string[] }>({
  code: "row_lacks_field",
  severity: "error",
  title: "Row lacks a field",
  label: ({ names }) => `no ${names.join(", ")}`,
  text: ({ names, reader, has }) =>
    `${reader} reads ${names.map((name) => `\`${name}\``).join(" and ")}, and these rows have ${has.length > 0 ? has.join(", ") : "no fields"}.`,
  hint: ({ names }) => `Give rows that have ${names.join(" and ")}.`,
  wrong: `use std.models { EncoderDecoder }
use std.objectives { dpo }
use std.data { Prompt }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words, width: 64, heads: 4, window: 512 tokens }
dataset questions: Prompt = jsonl("questions.jsonl")
train neuro { policy = fit(policy, by: dpo(reference: policy), on: questions, steps: 100 steps) }`,
  right: `use std.models { EncoderDecoder }
use std.objectives { dpo }
use std.data { Preference }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words, width: 64, heads: 4, window: 512 tokens }
dataset duels: Preference = jsonl("duels.jsonl")
train neuro { policy = fit(policy, by: dpo(reference: policy), on: duels, steps: 100 steps) }`,
  page: "Objectives and rewards name the fields they read. Rows may have more; they may lack only what has a default.",
});
