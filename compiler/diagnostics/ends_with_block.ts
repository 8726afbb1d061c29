/** A name ends with the block that binds it. */
import { defineDiagnostic } from "./define.ts";

export const endsWithBlock = defineDiagnostic<{ name: string; block: string }>({
  code: "ends_with_block",
  severity: "error",
  title: "Ends with its block",
  label: () => "bound inside only",
  text: ({ name, block }) => `\`${name}\` was bound inside \`${block}\` and ended with it.`,
  hint: () => "Bind it before the block; `repeat` then carries it.",
  wrong: `use std.models { EncoderDecoder }
use std.objectives { cross_entropy }
use std.data { Prompt, sample, top }
use std.rewards { footnotes }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words }
dataset questions: Prompt = jsonl("questions.jsonl")
reward quality(answer: Answer) { total = soft(footnotes(answer) >= 3) }
train neuro {
  repeat round in 1..3 {
    best = top(sample(policy, questions, n: 4, seed: round), 1, by: quality)
    policy = fit(policy, by: cross_entropy, on: best, steps: 100 steps)
  }
  report(best: mean(best.reward))
}`,
  right: `use std.models { EncoderDecoder }
use std.objectives { cross_entropy }
use std.data { Prompt, sample, top }
use std.rewards { footnotes }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words }
dataset questions: Prompt = jsonl("questions.jsonl")
reward quality(answer: Answer) { total = soft(footnotes(answer) >= 3) }
train neuro {
  best = top(sample(policy, questions, n: 4), 1, by: quality)
  repeat round in 1..3 {
    policy = fit(policy, by: cross_entropy, on: best, steps: 100 steps)
    best = top(sample(policy, questions, n: 4, seed: round), 1, by: quality)
  }
  report(best: mean(best.reward))
}`,
  page: "`repeat` carries the outer names it rebinds; names first bound inside it end with it.",
});
