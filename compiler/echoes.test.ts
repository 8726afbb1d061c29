import { expect, test } from "vitest";
import { check } from "./check.ts";
import { hostOf } from "./tests/library.ts";

/** What is told of one line of a pipeline: code and hint. */
function told(line: string): string[] {
  const text = `use std.answering { quote, search, fuse, infocontext, generate, rephrase }
use std.models { EncoderDecoder }
source pages = files("pages")
index library { over: pages, text: bm25(language: "en") }
tokenizer words_of = bpe(vocab: 300, from: pages)
model policy: EncoderDecoder { tokenizer: words_of, encoder: 1 layers, decoder: 1 layers, width: 16 }
dataset asked: { prompt: Dialog, relevant: List<Text> } = jsonl("a.jsonl")
fn worth(prompt: Dialog, doc: Doc) -> Text = doc.title
pipeline docs(prompt: Dialog) -> Docs = search(library, [last(prompt)], top: 5)
pipeline answer(prompt: Dialog) -> Answer {
  ${line}
  quote(prompt, fuse([docs(prompt), found, search(library, rephrase(prompt, by: rules))]))
}
eval ranks { of: docs, task: retrieval, rows: asked, report: [map] }
`;
  return check(hostOf({ "main.neuro": text }), "main.neuro")
    .diagnostics.filter(({ severity }) => severity === "error")
    .map(({ code, hint }) => `${code}: ${hint}`);
}

test("a line that cannot be read is told once, with what to write, and what it would have bound is not missed", () => {
  expect(told("let found = search(library, [last(prompt)], top: 5)")).toEqual([
    "syntax: Bindings need no keyword: `name = value`.",
  ]);
  expect(told("found = search(library, [last(prompt)], top = 5)")).toEqual([
    "syntax: An argument is named with a colon: `top: ..`.",
  ]);
  expect(told("found = search(library, [last(prompt)], top: 5 within: 2 s)")).toEqual([
    "syntax: A comma is missing before `within`.",
  ]);
  expect(told("found = fuse([x for x in docs(prompt)])")).toEqual([
    "syntax: Results of a loop are a list: `for x in found { .. }`.",
  ]);
});

test("a stage that is misspelt is one mistake: cases that only it knows are not missed", () => {
  expect(told("found = infocontex(docs(prompt), given: [last(prompt)], order: edges)")).toEqual([
    "unknown_name: Did you mean `infocontext`?",
  ]);
});

test("an unknown name is told what fits its place, never a function that is spelt alike", () => {
  expect(told("found = search(library, [last(prompt)], otherwise: skip)")).toEqual(["unknown_name: undefined"]);
  expect(told("found = search(library, rephrase(prompt, by: llm))")).toEqual([
    "unknown_name: `rules` or a LanguageModel can stand here.",
  ]);
  const text = (evals: string) =>
    check(
      hostOf({
        "main.neuro": `use std.answering { search }
source pages = files("pages")
index library { over: pages, text: bm25(language: en) }
pipeline docs(prompt: Dialog) -> Docs = search(library, [last(prompt)], top: 5)
${evals}`,
      }),
      "main.neuro",
    ).diagnostics.map(({ hint, fix }) => `${hint} ${fix?.title}`);
  expect(text('eval ranks { of: docs, task: retrieval(beir: "x"), report: [map], against: dox }')).toEqual([
    'Texts stand in quotes: "en". Write `"en"`',
    "Did you mean `docs`? Write `docs`",
  ]);
});

test("a function that does not fit is told by what it takes and gives", () => {
  const { diagnostics } = check(
    hostOf({
      "main.neuro": `use std.answering { search, rerank }
source pages = files("pages")
index library { over: pages, text: bm25 }
fn worth(prompt: Dialog, doc: Doc) -> Text = doc.title
pipeline docs(prompt: Dialog) -> Docs = rerank(search(library, [last(prompt)]), by: worth, given: prompt)`,
    }),
    "main.neuro",
  );
  expect(diagnostics.map(({ text }) => text)).toEqual([
    "`by` of rerank must be fn(Dialog, Doc) -> Float, and this is a function of (Dialog, Doc) that gives Text.",
  ]);
});
