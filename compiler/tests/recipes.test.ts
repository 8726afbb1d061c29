import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { check } from "../check.ts";
import { show } from "../show.ts";
import { hostOf } from "./library.ts";

const read = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");
const system = read("neuro.neuro")
  .replace("use std.objectives {", "use std.objectives { grpo, a2c,")
  .replace("use std.data {", "use std.data { rollouts, groups, overrating,")
  .replace("use std.answering {", "use std.answering { fuse,");
const recipes = read("recipes.neuro");
const diagnose = (text: string) => check(hostOf({ "main.neuro": `${system}${text}` }), "main.neuro").diagnostics;

test("sub-recipes, merges, labelling in a bounded loop and pipelines with stand-ins check clean", () => {
  expect(diagnose(recipes)).toEqual([]);
});

const changes: readonly (readonly [from: string, to: string, code: string])[] = [
  ["start = liti(start, slerp(runs, from: start), 0.3)", "begin = liti(start, slerp(runs, from: start), 0.3)", "unused_name"],
  ["seed: [i, m])", 'seed: "x")', "wrong_type"],
  ["on: groups(rollouts(start,", "on: (rollouts(start,", "wrong_type"],
  ["rollouts(start, prompts, n: 8, by: reward)", "rollouts(prompts, start, n: 8, by: reward)", "wrong_type"],
  ["by: a2c, on: rollouts(policy, questions, by: quality)", "by: a2c, on: questions", "row_lacks_field"],
  ["until gap < 2%", "until gap < 2 tokens", "units_differ"],
  ["until gap < 2%", "until gap", "wrong_type"],
  ["random: 20%", "random: 120%", "outside_range"],
  ["within: 800 ms", "within: 800", "missing_unit"],
  ["retries: 1,", "retries: 0.5,", "wrong_type"],
  ["fuse([words, near], by: rrf(k: 60)", "fuse([words, near], by: rff(k: 60)", "unknown_name"],
  ["search(library.text,", "search(library.texts,", "unknown_field"],
  ["rounds: 1)", "rounds: 1, extra: 2)", "unknown_parameter"],
  ["policy, value = fit(policy, value, by: a2c", "policy, value = fit(policy, by: a2c", "missing_argument"],
];

for (const [from, to, code] of changes) {
  test(`${code}: ${to}`, () => {
    expect(recipes.includes(from), "the text to change").toBe(true);
    const found = diagnose(recipes.replace(from, () => to));
    const warns = found.every(({ severity }) => severity === "warning");
    expect([...new Set(found.filter(({ severity }) => warns || severity === "error").map((each) => each.code))]).toEqual([code]);
  });
}

test("what a sub-recipe gives is a new version of what it was given", () => {
  const checked = check(hostOf({ "main.neuro": `${system}${recipes}` }), "main.neuro");
  const warp = checked.entry.declarations.get("warp")!;
  expect(show(checked.signature(warp)!.result)).toBe("LanguageModel");
});

test("models of one architecture meet in a merge where their sizes are equal, written or by default", () => {
  const codes = (sizes: string) => {
    const text = `
use std.models { EncoderDecoder }
use std.weights { liti }
tokenizer words = bpe(vocab: 300, from: files("*.md"))
model policy: EncoderDecoder { tokenizer: words, encoder: 12 layers, window: 64 tokens }
model other: EncoderDecoder { tokenizer: words, ${sizes} window: 96 tokens }
train t { policy = liti(policy, other, 0.5) }`;
    const { diagnostics } = check(hostOf({ "main.neuro": text }), "main.neuro");
    return diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code);
  };
  expect(codes("")).toEqual([]);
  expect(codes("width: 512,")).toEqual([]);
  expect(codes("width: 256,")).toEqual(["weights_differ"]);
  expect(codes("decoder: 2 layers,")).toEqual(["weights_differ"]);
});

test("a head that is one number and is asked for several says which one gives them", () => {
  const text = `
use std.models { Encoder, scalar }
type Aspect = main | safety
tokenizer words = bpe(vocab: 300, from: files("*.md"))
model value: Encoder { tokenizer: words, head: scalar(over: Aspect) }`;
  const { diagnostics } = check(hostOf({ "main.neuro": text }), "main.neuro");
  expect(diagnostics.find(({ code }) => code === "unknown_parameter")?.hint).toMatch(/scores\(over: \.\.\) is one for each case/);
});
