import { expect, test } from "vitest";
import { check } from "../index.ts";
import { hostOf } from "../tests/library.ts";

const spec = (serve: string) => `use std.answering { search, quote }
use std.models { Encoder, scalar, embedding }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
tokenizer words = bpe(vocab: 300, from: pages)
model value: Encoder { tokenizer: words, head: scalar }
model scout: Encoder { tokenizer: words, head: embedding(8) }
fn relevance(prompt: Dialog, doc: Doc) -> Float = value(prompt, [doc])
fn longer(a: Text, b: Text) -> Float = 1
pipeline found(prompt: Dialog) -> Docs = search(library, [last(prompt)], top: 100)
pipeline answer(prompt: Dialog) -> Answer = quote(prompt, found(prompt))
pipeline brief(prompt: Dialog, most: Int = 1) -> Answer = quote(prompt, found(prompt), most: 1)
pipeline reading(prompt: Dialog, documents: Docs) -> Answer = quote(prompt, documents)
serve site { ${serve} }
`;
const said = (serve: string) =>
  check(hostOf({ "main.neuro": spec(serve) }), "main.neuro")
    .diagnostics.filter(({ severity }) => severity === "error")
    .map(({ code, text }) => `${code}: ${text}`);

test("pipelines of a conversation are served, with a reranker and an embedder", () => {
  expect(
    said(
      "of: answer, beside: [brief], rank: relevance, embed: scout, queue: 0 concurrent, longest: 100 tokens, deadline: 2 s, page: none",
    ),
  ).toEqual([]);
});

test.each([
  [
    "of: found",
    "wrong_type: What is served must be a pipeline of a Dialog that gives an Answer, and this is one that gives Docs.",
  ],
  [
    "of: reading",
    "wrong_type: What is served must be a pipeline of a Dialog that gives an Answer, and this is one that also takes `documents`.",
  ],
  [
    "of: answer, beside: [answer, found]",
    "wrong_type: What is served must be a pipeline of a Dialog that gives an Answer, and this is one that gives Docs.",
  ],
  ["of: library", "wrong_type: The field of must be Pipeline, and this is Index."],
  ["of: answer, embed: value", "wrong_type"],
  ["of: answer, rank: longer", "wrong_type"],
  ["of: answer, limit: 0 concurrent", "outside_range"],
  ["of: answer, limit: 3", "missing_unit"],
  ["of: answer, longest: 3 s", "wrong_unit"],
] as const)("{ %s } is refused before anything runs", (serve, text) => {
  expect(said(serve)).toEqual([expect.stringContaining(text)]);
});
