/** A Schedule moves with the steps of a fit. */
import { defineDiagnostic } from "./define.ts";

const world = `use std.models { EncoderDecoder }
use std.objectives { reinforce }
use std.data { sample, score, rollouts }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words, width: 64, heads: 4, window: 512 tokens }
dataset questions: { prompt: Dialog, documents: Docs } = jsonl("questions.jsonl")
reward quality(answer: Answer, form: Float = 1) { total = form * hard(tokens(answer) > 3 tokens) }
train neuro {`;

export const scheduleOutsideFit = defineDiagnostic<{ parameter: string }>({
  code: "schedule_outside_fit",
  severity: "error",
  title: "Schedule outside fit",
  label: () => "no steps go by here",
  text: ({ parameter }) =>
    `\`${parameter}\` moves with the steps of a fit, and these rows are made once, before or outside of one.`,
  hint: ({ parameter }) => `Give ${parameter} a number here, or the schedule inside: fit(.., on: rollouts(.., by: ..)).`,
  wrong: `${world}
  policy = fit(policy, by: reinforce, steps: 9 steps,
    on: rollouts(policy, score(sample(policy, questions), by: quality(form: ramp(0, 1, steps: 9 steps))), by: quality))
}`,
  right: `${world}
  policy = fit(policy, by: reinforce, steps: 9 steps,
    on: rollouts(policy, score(sample(policy, questions), by: quality(form: 0)), by: quality(form: ramp(0, 1, steps: 9 steps))))
}`,
  page: "A Schedule has a value for each step of a fit. Rollouts are made at each step, so their reward may move; what sample, score, top and pairs make is made once and kept.",
});
