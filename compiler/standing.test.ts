import { expect, test } from "vitest";
import { check } from "./check.ts";
import { usesOf } from "./lower/uses.ts";
import { hostOf } from "./tests/library.ts";

const head = `
use std.models { EncoderDecoder, Encoder, scalar }
use std.objectives { cross_entropy, dpo, a2c }
use std.weights { liti, slerp }
use std.data { Preference, Instruct, rollouts }
dataset duels: Preference = jsonl("duels.jsonl")
dataset told: Instruct = jsonl("told.jsonl")
tokenizer words = bpe(vocab: 300, from: told)
model policy: EncoderDecoder { tokenizer: words, width: 16, heads: 2, window: 64 tokens }
model elder: EncoderDecoder { tokenizer: words, width: 32, heads: 2, window: 64 tokens }
model value: Encoder { tokenizer: words, width: 16, heads: 2, window: 64 tokens, head: scalar }
reward long(answer: Answer) { total = 1 }
`;

/** What is trained by which objective: `dpo policy elder`. */
function uses(text: string): string[] {
  const checked = check(hostOf({ "main.neuro": head + text }), "main.neuro");
  expect(checked.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return usesOf(checked).map(({ objective, models }) => [objective.name.text, ...models.values()].join(" "));
}

test("names that a recipe gives to what it made lead back to the models that it was given", () => {
  const recipe = `
train sub(start: LanguageModel, old: LanguageModel) -> LanguageModel {
  runs  = for m in 1..2 { fit(start, by: cross_entropy, on: told, steps: 1 steps, seed: m) }
  begun = liti(start, slerp(runs, from: start), 0.5)
  repeat i in 1..2 { begun = fit(begun, by: dpo(reference: old), on: duels, steps: 1 steps, seed: i) }
  begun
}`;
  expect(uses(`${recipe}\ntrain t { policy = sub(policy, elder) }`)).toEqual(["cross_entropy policy", "dpo policy elder"]);
  // Each call is a running of its own: no pair is made up.
  expect(
    uses(`${recipe}\ntrain t {\n  policy = sub(policy, policy)\n  other = sub(elder, old: policy)\n  policy = liti(policy, policy)\n  report(a: evaluate(other, by: cross_entropy, on: told))\n}`).sort(),
  ).toEqual(["cross_entropy elder", "cross_entropy policy", "dpo elder policy", "dpo policy policy"]); // biome-ignore format: one recipe
});

test("what several models become comes in order, and what a recipe ends in is what its call gives", () => {
  const text = `
train both(p: LanguageModel, v: Scorer) -> LanguageModel {
  p, w = fit(p, v, by: a2c, on: rollouts(p, told, by: long), steps: 1 steps)
  q, x = fit(p, w, by: a2c(share: 0.5), on: rollouts(p, told, by: long), steps: 1 steps)
  q
}
train t {
  made = both(policy, value)
  elder = fit(elder, by: dpo(reference: made), on: duels, steps: 1 steps)
}`;
  expect(uses(text)).toEqual(["a2c policy value", "dpo elder policy"]);
});
