/** Learning from one's own answers needs fresh ones. */
import { defineDiagnostic } from "./define.ts";

export const staleRollouts = defineDiagnostic<{ objective: string }>({
  code: "stale_rollouts",
  severity: "warning",
  title: "Stale rollouts",
  label: () => "made before the fit",
  text: ({ objective }) => `${objective} learns from the answers of the policy as it is, and these rows were made once.`,
  hint: () => "Write on: rollouts(policy, ..): rows made while the fit runs.",
  wrong: `use std.models { EncoderDecoder, Encoder, scalar }
use std.objectives { a2c }
use std.data { Rollout }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words }
model value: Encoder { tokenizer: words, head: scalar }
dataset old: Rollout = jsonl("old.jsonl")
train neuro { policy, value = fit(policy, value, by: a2c, on: old, steps: 100 steps) }`,
  right: `use std.models { EncoderDecoder, Encoder, scalar }
use std.objectives { a2c }
use std.data { Prompt, rollouts }
use std.rewards { footnotes }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words }
model value: Encoder { tokenizer: words, head: scalar }
reward quality(answer: Answer) { total = soft(footnotes(answer) >= 3) }
dataset questions: Prompt = jsonl("questions.jsonl")
train neuro { policy, value = fit(policy, value, by: a2c, on: rollouts(policy, questions, by: quality), steps: 100 steps) }`,
  page: "Policy gradients hold for answers of the policy that is being changed. A Stream is made while the fit runs; a Dataset is what it was.",
});
