// Models that cut a text otherwise do not meet over it: not in one formula, not in one call from host code, not in one objective.
import { expect, test } from "vitest";
import { check } from "../index.ts";
import { hostOf } from "../tests/library.ts";

const codes = (text: string): string[] => {
  const spec = `
use std.models { EncoderDecoder, Encoder, scalar }
use std.objectives { a2c, cross_entropy, dpo, distillation }
use std.data { Preference, Instruct, rollouts }
dataset duels: Preference = jsonl("duels.jsonl")
dataset told: Instruct = jsonl("told.jsonl")
tokenizer words = bpe(vocab: 300, from: told)
tokenizer others = bpe(vocab: 400, from: told)
model policy: EncoderDecoder { tokenizer: words, width: 16, heads: 2, window: 64 tokens }
model elder: EncoderDecoder { tokenizer: words, width: 16, heads: 2, window: 64 tokens }
model stranger: EncoderDecoder { tokenizer: others, width: 16, heads: 2, window: 64 tokens }
model value: Encoder { tokenizer: others, width: 16, heads: 2, window: 64 tokens, head: scalar }
${text}`;
  const { diagnostics } = check(hostOf({ "main.neuro": spec, "duels.jsonl": "", "told.jsonl": "" }), "main.neuro");
  return diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code);
};
const formula = (other: string) => `
objective nearer(train student: LanguageModel, row: Instruct) {
  far = mean(log(elder(row.answer | row.prompt) / ${other}(row.answer | row.prompt)))
  minimize far - mean(log(student(row.answer | row.prompt).tokens))
}`;

test("in one formula", () => {
  expect(codes(formula("stranger"))).toEqual(["tokenizers_differ"]);
  expect(codes(formula("policy"))).toEqual([]);
});

test("in a function that is given two models", () => {
  const reward = (other: string) => `
fn gap(a: LanguageModel, b: LanguageModel, y: Answer, x: Dialog) -> [] = log(a(y | x) / b(y | x))
reward near(answer: Answer, prompt: Dialog) { total = gap(policy, ${other}, answer, prompt) }`;
  expect(codes(reward("stranger"))).toEqual(["tokenizers_differ"]);
  expect(codes(reward("elder"))).toEqual([]);
});

test("in a recipe that is given models, at each call of it, by whichever names it goes on", () => {
  const recipe = (start: string, old: string) => `
train closer(start: LanguageModel, old: LanguageModel) -> LanguageModel {
  tuned = fit(start, by: cross_entropy, on: told, steps: 1 steps)
  fit(tuned, by: dpo(reference: old), on: duels, steps: 1 steps)
}
train twice(from: LanguageModel, beside: LanguageModel) -> LanguageModel { closer(closer(from, from), old: beside) }
train t { policy = twice(${start}, ${old}) }`;
  expect(codes(recipe("policy", "stranger"))).toEqual(["tokenizers_differ"]);
  expect(codes(recipe("policy", "elder"))).toEqual([]);
});

test("in one objective, references and critics alike: rows become tokens once", () => {
  const fitted = (by: string, on: string) => codes(`train t { policy = fit(policy, by: ${by}, on: ${on}, steps: 1 steps) }`);
  expect(fitted("dpo(reference: stranger)", "duels")).toEqual(["tokenizers_differ"]);
  expect(fitted("distillation(teacher: stranger)", "told")).toEqual(["tokenizers_differ"]);
  const critic = `
reward long(answer: Answer) { total = 1 }
train t { policy, value = fit(policy, value, by: a2c, on: rollouts(policy, told, by: long), steps: 1 steps) }`;
  expect(codes(critic)).toEqual(["tokenizers_differ"]);
});
