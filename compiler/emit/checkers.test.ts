// A checker of a spec: what host code asks of a model in words written there, and a chance where a number is asked for.
import { expect, test } from "vitest";
import { check } from "../check.ts";
import { hostOf } from "../tests/library.ts";
import { emitModule } from "./index.ts";

const head = `use std.models { EncoderDecoder, Encoder, scalar }
use std.answering { search, infocontext, generate }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
tokenizer bytes = bpe(vocab: 512, from: pages)
model policy: EncoderDecoder { tokenizer: bytes, width: 32, heads: 2, window: 512 tokens }
model entails: Encoder { tokenizer: bytes, width: 32, heads: 2, head: scalar }
`;
const pipeline = (more: string) => `pipeline answer(prompt: Dialog) -> Answer {
  found   = search(library, [last(prompt)], top: 5)
  context = infocontext(found, given: [last(prompt)])
  generate(policy, prompt, context${more})
}
`;
const checked = (text: string) => check(hostOf({ "main.neuro": head + text }), "main.neuro");
const faults = (text: string) => checked(text).diagnostics.map(({ code, text }) => `${code}: ${text}`);
const emitted = async (text: string) => {
  const program = checked(text);
  expect(program.diagnostics).toEqual([]);
  return (await emitModule(program, { name: "t", version: "0", meaning: () => "key" })).ts;
};

test("a scorer's chance is the checker's number, and the checker is handed to the stage", async () => {
  const text = await emitted(
    `fn bears(prompt: Dialog, passages: Docs, claim: Text) -> Float = sigmoid(entails(claim | passages))
${pipeline(", checked: bears, least: 60%, unsupported: drop")}`,
  );
  expect(text).toContain('return sigmoid(await system.measure("bears.1", { entails }, { claim, passages }));');
  expect(text).toContain('{ with: {}, checked: bears, least: 0.6, unsupported: { kind: "drop" } }, at)');
});

test("a model is asked in words that stand in the formula; a text that stands there twice is read once", async () => {
  const text = await emitted(
    `fn bears(prompt: Dialog, passages: Docs, claim: Text) -> Float =
  sigmoid(log(policy("yes" | "So: {claim}?", passages) / policy("no" | "So: {claim}?", passages)))
${pipeline(", checked: bears")}`,
  );
  expect(text).toMatch(/\{ text: "yes", text2: `So: .*`, passages, text3: "no" \}/);
});

test("without a checker nothing is checked; std's own goes by words", async () => {
  expect(await emitted(pipeline(""))).toContain('checked: { kind: "none" }');
  expect(await emitted(pipeline(", checked: words(share: 90%)"))).toContain('checked: { kind: "words", share: 0.9 }');
});

test("what cannot check is refused with what a checker is", () => {
  const wrong = `fn bears(claim: Text) -> Float = 1\n${pipeline(", checked: bears")}`;
  expect(faults(wrong)).toEqual([expect.stringMatching(/^wrong_type: .*none, words or a function of \(Dialog, Docs, Text\)/)]);
  expect(faults(pipeline(", checked: entails"))).toEqual([expect.stringMatching(/^wrong_type/)]);
  expect(faults(pipeline(", checked: wrods"))).toEqual([expect.stringMatching(/^unknown_name/)]);
  expect(faults(pipeline(", checked: words, unsupported: move"))).toEqual([expect.stringMatching(/^unknown_name/)]);
  expect(faults(pipeline(", checked: words(share: 120%)"))).toEqual([expect.stringMatching(/^outside_range/)]);
});

test("the probability of a whole text is no number of a checker", () => {
  const text = `fn bears(prompt: Dialog, passages: Docs, claim: Text) -> Float = policy("yes" | claim, passages)\n${pipeline(", checked: bears")}`;
  expect(faults(text)).toEqual([expect.stringMatching(/^not_measured: .*this is Prob/)]);
});
