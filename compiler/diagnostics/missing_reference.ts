/** An objective that compares with another model is told which. */
import { defineDiagnostic, give } from "./define.ts";

export const missingReference = defineDiagnostic<{ objective: string; names: readonly string[]; model?: string }>({
  code: "missing_reference",
  severity: "error",
  title: "Missing reference",
  label: ({ names }) => `${names.join(", ")} missing`,
  text: ({ objective, names }) => `${objective} compares with another model, and \`${names.join("`, `")}\` was not given.`,
  hint: ({ objective, names }) => `Write ${objective}(${names.map((name) => `${name}: sft`).join(", ")}).`,
  fix: ({ names, model }, at) =>
    model
      ? give(
          at,
          names.map((name) => `${name}: ${model}`),
        )
      : undefined,
  wrong: `use std.models { EncoderDecoder }
use std.objectives { dpo }
use std.data { Preference }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words, width: 64, heads: 4, window: 512 tokens }
dataset duels: Preference = jsonl("duels.jsonl")
train neuro { policy = fit(policy, by: dpo, on: duels, steps: 100 steps) }`,
  right: `use std.models { EncoderDecoder }
use std.objectives { dpo }
use std.data { Preference }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words, width: 64, heads: 4, window: 512 tokens }
dataset duels: Preference = jsonl("duels.jsonl")
train neuro { policy = fit(policy, by: dpo(reference: policy), on: duels, steps: 100 steps) }`,
  page: "`fit` supplies the trained models and the rows; every other parameter of the objective needs an argument or a default. Arguments are evaluated once, so `reference: policy` is the policy as it was before the fit.",
});
