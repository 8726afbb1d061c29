import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bench } from "../tests/marked.ts";
import { costOf, findCosts } from "./costs.ts";
import { hover } from "./hover.ts";

const world = `use std.models { EncoderDecoder, attention }
use std.answering { search, quote, infocontext }
use std.objectives { dpo }
use std.data { Preference }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 512, from: pages)
index library { over: pages, text: bm25(language: "en") }
/// The one that writes.
model policy: EncoderDecoder { tokenizer: words, width: 16, heads: 2, encoder: 1 layers, decoder: 1 layers, window: 64 tokens }
type Aspect = main | safety
`;

const at = (source: string): string => {
  const { view, offset } = bench(world + source);
  return hover(view, offset)?.markdown ?? "";
};

test.each<[what: string, source: string, ...parts: (string | RegExp)[]]>([
  [
    "a model with its documentation",
    "train t {\n  report(x: count([poli‸cy]))\n}",
    "model policy: EncoderDecoder",
    "The one that writes.",
  ],
  [
    "a function of std with its formula",
    "fn f(x: [..] of Prob, y: [..] of Prob) -> [..] = k‸3(x, y)\nuse std.objectives { k3 }",
    "k3(",
    "q / p − 1 − log(q / p)",
    "Declared in `std.objectives`",
  ],
  ["the paper behind an objective", "train t { x = dp‸o }", "objective dpo(", "**Source**: ", "maximize"],
  [
    "an objective of one's own",
    "objective my‸own(train policy: LanguageModel, row: Preference) {\n  minimize -mean(log(policy(row.chosen | row.prompt).tokens) ^ 2)\n}",
    "minimize −mean((log policy(chosen | prompt)ₜ)²)",
  ],
  [
    "a layer's formula",
    "layer l‸in(x: [.., i], wide: Int) -> [.., o] {\n  weight w: [i, o = wide] = normal(0, 0.02)\n  dot(x, w over i)\n}",
    "w ∈ ℝ[i, o = wide] ∼ normal(0, 0.02)",
    "Σᵢ x · w",
  ],
  [
    "a binding with its axes",
    "objective o(train policy: LanguageModel, row: Preference) {\n  no‸w = policy(row.chosen | row.prompt).tokens\n  minimize -mean(log(now))\n}",
    "now: [batch, token] of Prob",
  ],
  [
    "an axis with a size",
    "fn f(x: [b, d = 512]) -> [b, h, k] {\n  y‸ = split(x over d -> h = 8, k)\n  y\n}",
    "y: [b, h = 8, k = 64]",
  ],
  [
    "a stage's result",
    "pipeline a(prompt: Dialog) -> Answer {\n  fou‸nd = search(library, [last(prompt)])\n  quote(prompt, found)\n}",
    "found: Docs",
  ],
  [
    "a pipeline's stages",
    "pipeline a‸(prompt: Dialog) -> Answer {\n  found = search(library, [last(prompt)])\n  quote(prompt, found)\n}",
    "1. search → Docs\n1. quote → Answer",
  ],
  [
    "a parameter of a stage with its default",
    "pipeline a(prompt: Dialog) -> Docs = search(library, [last(prompt)], to‸p: 5)",
    "top: Int",
    "1..10000",
    "`20` where it is left out",
    "A parameter of `search`",
  ],
  ["a field of a setting", "serve s { po‸rt: 80 }", "port: Int", "TCP port."],
  [
    "a field of a model with its default",
    "model m: EncoderDecoder { tokenizer: words, wi‸dth: 64 }",
    "width: Int",
    "`512` where it is left out",
  ],
  ["a case with its parameters", "decoding d { strategy: be‸am(width: 4) }", "beam(", "How many answers are kept side by side."],
  ["a case of an enumeration", "fn f(a: Aspect) -> Bool = a == ma‸in", "A case of Aspect"],
  ["a unit converts", "serve s { deadline: 2 mi‸n }", "2 min", "120000 ms", "120 s"],
  ["a share is a number", "fn f() -> Float = 2‸0%", "`20%` is 0.2"],
  ["a function of mathematics", "fn f(x: [b]) -> [b] = soft‸max(x over b)", "softmax(", "For example:"],
  [
    "a word of the language",
    "objective o(train policy: LanguageModel, row: Preference) {\n  mini‸mize 1\n}",
    "The number that training makes smaller",
  ],
  ["a kind of declaration", "pipe‸line a(prompt: Dialog) -> Dialog = prompt", "How a question becomes an answer"],
  ["a kind with fields", "de‸coding d { most: 2 tokens }", "How a model writes", "`most: Int tokens"],
  ["a type of the language", "fn f(x: Docu) -> Do‸cs = x", "Documents in order"],
  [
    "an axis that every objective has",
    "objective o(train policy: LanguageModel, row: Preference) {\n  minimize mean(mean(log(policy(row.chosen | row.prompt).tokens) over to‸ken))\n}",
    "The tokens of a text",
  ],
  ["a module of std", "use std.rewa‸rds { footnotes }", "std.rewards", "`footnotes`"],
  ["the rule behind a fault", "fn f(x: Float) -> Float = sof‸tt(x > 1)", "**unknown_name**: A value name is looked for"],
  ["a loop's variable", "train t {\n  repeat round in 1..3 { report(x: rou‸nd) }\n}", "round: Int"],
  [
    "a local function",
    "objective o(train policy: LanguageModel, row: Preference) {\n  fn gain(y) = log(policy(y | row.prompt))\n  minimize -mean(ga‸in(row.chosen))\n}",
    "fn gain(y) -> [batch]",
  ],
])("%s", (_what, source, ...parts) => {
  const text = at(source);
  for (const part of parts)
    expect(text).toMatch(typeof part === "string" ? new RegExp(part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")) : part);
});

test("nothing is said of blank lines, comments and texts", () => {
  for (const source of ["\n‸\n", "// a com‸ment\n", 'fn f() -> Text = "some te‸xt"']) expect(at(source)).toBe("");
});

test("a model's weights and the sizes of its parts are told once they were found out", () => {
  const { view } = bench(world);
  const policy = view.module.declarations.get("policy")!;
  expect(costOf(view, policy)).toBeUndefined();
  expect([...findCosts(view)]).toEqual(["policy", "policy"]);
  const { weights, programs } = costOf(view, policy)!;
  expect(weights!.parts.reduce((n, { count }) => n + count, 0)).toBe(weights!.count);
  expect(weights!.parts[0]).toEqual({ path: "table", count: 512 * 16 });
  expect(programs!.map(({ name }) => name)).toContain("step");
  const text = hover(view, view.text.indexOf("policy:"))!.markdown;
  expect(text).toMatch(/\*\*[\d.]+ K weights\*\*/);
  expect(text).toContain("| table | 8.19 K |");
  expect([...findCosts(view)]).toEqual([]);
});

test("an objective says what a row costs with the models that recipes fit by it", () => {
  const { view, offset } = bench(`${world}dataset duels: Preference = jsonl("duels.jsonl")
objective mi‸ne(train writer: LanguageModel, pair: Preference) {
  minimize -mean(log(writer(pair.chosen | pair.prompt).tokens))
}
train tune { policy = fit(policy, by: mine, on: duels, steps: 10 steps) }`);
  expect(hover(view, offset)!.markdown).not.toContain("FLOP");
  expect([...findCosts(view)].at(-1)).toBe("mine");
  const text = hover(view, offset)!.markdown;
  const [learning, loss] = /- policy as writer: ([\d.]+) MFLOP to learn from a row, ([\d.]+) MFLOP to score it/
    .exec(text)!
    .slice(1)
    .map(Number);
  // Two products of a weight's gradient for each of the loss.
  expect(learning! / loss!).toBeGreaterThan(2.5);
  expect(learning! / loss!).toBeLessThan(3.5);
});

test("a hover takes less than 20 ms in the middle", () => {
  const source = readFileSync(join(import.meta.dirname, "../../compiler/tests/neuro.neuro"), "utf8");
  const { view } = bench(source);
  const times: number[] = [];
  for (let at = 0; at < source.length; at += 37) {
    const before = performance.now();
    hover(view, at);
    times.push(performance.now() - before);
  }
  expect(times.sort((a, b) => a - b)[times.length >> 1]).toBeLessThan(20);
});
