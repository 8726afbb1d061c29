import { expect, test } from "vitest";
import { bench } from "../tests/marked.ts";
import { applied } from "../words.ts";
import { findCosts } from "./costs.ts";
import { inlayHints } from "./inlay-hints.ts";

const world = `use std.models { EncoderDecoder }
use std.answering { search, infocontext, generate, rerank }
use std.data { Preference }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 512, from: pages)
index library { over: pages, text: bm25(language: "en") }
`;

/** The text with its hints in it, between « and ». */
function hinted(source: string, costs = false): string {
  const { view } = bench(world + source);
  if (costs) for (const _ of findCosts(view));
  const hints = inlayHints(view, { start: world.length, end: view.text.length });
  const edits = hints.map(({ at, label }) => ({ start: at, end: at, text: `«${label}»` }));
  return applied(view.text, edits).slice(world.length);
}

test("bindings of a formula have their axes, those with a known size with it", () => {
  expect(
    hinted(`objective o(train policy: LanguageModel, row: Preference) {
  now = policy(row.chosen | row.prompt).tokens
  count_of = 3
  minimize -mean(log(now)) * count_of
}
fn f(x: [b, d = 512]) -> [b] {
  parts = split(x over d -> h = 8, k)
  sum(parts over h, k)
}`),
  ).toBe(`objective o(train policy: LanguageModel, row: Preference) {
  now«: [batch, token] of Prob» = policy(row.chosen | row.prompt).tokens
  count_of = 3
  minimize -mean(log(now)) * count_of
}
fn f(x: [b, d = 512]) -> [b] {
  parts«: [b, h = 8, k = 64]» = split(x over d -> h = 8, k)
  sum(parts over h, k)
}`);
});

test("literals without a name get that of their parameter, others do not", () => {
  expect(
    hinted(`fn worth(x: Float, scale: Float, shape: Text) -> Float = x * scale
fn f(y: Float) = worth(y, 2, shape: "flat") + worth(-1, y, "round") + sum([1, 2])`),
  ).toBe(`fn worth(x: Float, scale: Float, shape: Text) -> Float = x * scale
fn f(y: Float)« -> Float» = worth(y, «scale:»2, shape: "flat") + worth(«x:»-1, y, «shape:»"round") + sum([1, 2])`);
});

test("stages say what they give, what they may fill of a window, and what a token costs", () => {
  const source = `model policy: EncoderDecoder { tokenizer: words, width: 16, heads: 2, encoder: 1 layers, decoder: 1 layers, window: 64 tokens }
decoding short { most: 16 tokens }
pipeline a(prompt: Dialog) -> Answer {
  found = search(library, [last(prompt)])
  context = infocontext(found, given: [last(prompt)], budget: 32 tokens)
  generate(policy, prompt, context, with: short)
}`;
  const plain = hinted(source);
  expect(plain).toContain("found«: Docs» = search(library, «queries:»[last(prompt)])");
  expect(plain).toContain("with: short)« 32 + 16 of 64 tokens»");
  expect(plain).not.toContain("weights");
  const costed = hinted(source, true);
  expect(costed).toMatch(/model policy: EncoderDecoder« [\d.]+ K weights»/);
  expect(costed).toMatch(/with: short\)« 32 \+ 16 of 64 tokens»« [\d.]+ [kMG]FLOP, [\d.]+ KB a token»/);
});

test("only what lies in the range is told", () => {
  const { view } = bench(`${world}fn f(x: [b]) -> [b] {\n  y = x + 1\n  z = y + 1\n  z\n}`);
  const from = view.text.indexOf("z =");
  expect(inlayHints(view, { start: from, end: from + 10 }).map(({ label }) => label)).toEqual([": [b]"]);
});

test("a machine that was measured says how long a token takes", () => {
  const { view } =
    bench(`${world}model policy: EncoderDecoder { tokenizer: words, width: 16, heads: 2, encoder: 1 layers, decoder: 1 layers }
pipeline a(prompt: Dialog) -> Answer = generate(policy, prompt, infocontext(search(library, [last(prompt)]), given: [last(prompt)]))`);
  for (const _ of findCosts(view));
  const hints = inlayHints(view, { start: 0, end: view.text.length }, (model, program) =>
    model === "policy" && program === "step" ? 0.0042 : undefined,
  );
  expect(hints.map(({ label }) => label).join()).toContain("4.20 ms a token");
});

test("a fit says what a row costs once it was found out", () => {
  const source = `model policy: EncoderDecoder { tokenizer: words, width: 16, heads: 2, encoder: 1 layers, decoder: 1 layers }
dataset duels: Preference = jsonl("duels.jsonl")
objective mine(train writer: LanguageModel, pair: Preference) { minimize -mean(log(writer(pair.chosen | pair.prompt).tokens)) }
train tune { policy = fit(policy, by: mine, on: duels, steps: 10 steps) }`;
  expect(hinted(source)).not.toContain("a row");
  expect(hinted(source, true)).toMatch(/steps: 10 steps\)« [\d.]+ MFLOP a row»/);
});
