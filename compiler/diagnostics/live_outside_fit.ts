/** Live weights exist while a fit runs. */
import { defineDiagnostic } from "./define.ts";

export const liveOutsideFit = defineDiagnostic<{ callee: string; parameter: string }>({
  code: "live_outside_fit",
  severity: "error",
  title: "Live outside fit",
  label: () => "no fit is running",
  text: ({ callee, parameter }) =>
    `\`${parameter}\` of ${callee} sees the weights as they are at each step of a fit, and must be given one of the models being fitted.`,
  hint: ({ callee }) => `Write it inside: fit(policy, by: dpo(reference: ${callee}(policy, ...))).`,
  wrong: `use std.models { EncoderDecoder }
use std.objectives { dpo }
use std.data { Preference }
use std.weights { ema }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words, width: 64, heads: 4, window: 512 tokens }
dataset duels: Preference = jsonl("duels.jsonl")
train neuro {
  slow = ema(policy, 0.99)
  policy = fit(policy, by: dpo(reference: slow), on: duels, steps: 100 steps)
}`,
  right: `use std.models { EncoderDecoder }
use std.objectives { dpo }
use std.data { Preference }
use std.weights { ema }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words, width: 64, heads: 4, window: 512 tokens }
dataset duels: Preference = jsonl("duels.jsonl")
train neuro { policy = fit(policy, by: dpo(reference: ema(policy, 0.99)), on: duels, steps: 100 steps) }`,
  page: "Arguments of `fit` are evaluated once, with the versions named before it. A parameter marked `live` (of ema, rollouts, schedule) is the exception: it follows the weights.",
});
