import { expect, test } from "vitest";
import { languages } from "../../runtime/retrieve/analysis/analyse.ts";
import { check } from "../index.ts";
import { languages as spoken } from "../kinds/search-index.ts";
import { hostOf } from "../tests/library.ts";

const found = (last: string, index = 'text: bm25(language: "en")') =>
  check(
    hostOf({
      "main.neuro": `use std.models { EncoderDecoder }
use std.answering { search, fuse, infocontext, generate, verify, quote }
source pages = files("pages/*.md")
index library { over: pages, ${index} }
tokenizer words_of = bpe(vocab: 300, from: pages)
model policy: EncoderDecoder { tokenizer: words_of, encoder: 1 layers, decoder: 1 layers, width: 16, window: 400 tokens }
pipeline other(prompt: Dialog) -> Docs = fuse([search(library, [last(prompt)])])
pipeline answer(prompt: Dialog) -> Answer {
  found = search(library, [last(prompt)], top: 20)
  ${last}
}
`,
    }),
    "main.neuro",
  )
    .diagnostics.filter(({ severity }) => severity === "error")
    .map(({ text, hint }) => `${text} ${hint}`);
const shown = (sizes: string) =>
  found(`generate(policy, prompt, infocontext(found, given: [last(prompt)], ${sizes}, budget: 320 tokens))`);

test("blocks hold something and move on, with what stands where nothing is said", () => {
  expect(shown("block: 64 tokens, overlap: 63 tokens")).toEqual([]);
  expect(shown("block: 64 tokens, overlap: 64 tokens")).toEqual([
    "Blocks of 64 tokens cannot share 64 with the next. Choose less than 64 tokens, as 32 tokens.",
  ]);
  expect(shown("block: 64 tokens")).toEqual([
    "Blocks of 64 tokens cannot share 128 with the next, as they do where `overlap` is not said. Say overlap: 32 tokens, or another number below 64.",
  ]);
  expect(shown("block: 0 tokens, overlap: 0 tokens")).toEqual(["Blocks of 0 tokens hold nothing. Choose 1 token or more."]);
  // Of a block that is larger than the budget what fits is shown.
  expect(shown("block: 321 tokens")).toEqual([]);
});

test("a budget leaves room in the window where no decoding says how long an answer is", () => {
  const budget = (tokens: number) =>
    found(`generate(policy, prompt, infocontext(found, given: [last(prompt)], budget: ${tokens} tokens))`);
  expect(budget(399)).toEqual([]);
  expect(budget(400)).toEqual([
    "The context may take 400 tokens, and policy sees 400 at a time. Lower the budget, so that it leaves room for the question and the answer.",
  ]);
});

test("each list that is fused has its weight", () => {
  const fused = (weights: string) => found(`quote(prompt, fuse([found, other(prompt)], by: scores(${weights}), top: 10))`);
  expect(fused("weights: [0.8, 0.2]")).toEqual([]);
  expect(fused("")).toEqual([]);
  expect(fused("weights: [1]")).toEqual([
    "fuse is given 2 lists and 1 weight. Give a weight for each list, in the lists' order.",
  ]);
});

test("shared words are a share; another checker's numbers are its own", () => {
  const least = (least: string, by = "words") =>
    found(`verify(quote(prompt, found), infocontext(found, given: [last(prompt)]), given: prompt, by: ${by}, least: ${least})`);
  expect(least("60%")).toEqual([]);
  expect(least("60")).toEqual(["`words` tells a share from 0% to 100%, and `least` is 60. Write 60%."]);
  expect(least("200%")).toEqual(["`words` tells a share from 0% to 100%, and `least` is 200%. Choose a share from 0% to 100%."]);
});

test("an index is of a language that is known here and where it is made, and its blocks move on", () => {
  expect(spoken).toEqual(languages);
  expect(found("quote(prompt, found)", 'text: bm25(language: "de")')).toEqual([
    '`language` of bm25 must be "en", "ru", "mixed" or "none", and this is "de". undefined',
  ]);
  expect(found("quote(prompt, found)", "text: bm25, block: 64 tokens, overlap: 64 tokens")).toEqual([
    "Blocks of 64 tokens cannot share 64 with the next. Choose less than 64 tokens, as 32 tokens.",
  ]);
});
