import { expect, test } from "vitest";
import { check } from "../check.ts";
import { hostOf } from "../tests/library.ts";

/** The hints of what a pipeline's lines are told, in order; the pipeline gets a dialog and has documents at hand. */
function hints(line: string, more = ""): (string | undefined)[] {
  const text = `use std.answering { fuse, generate, infocontext, quote, search }
use std.models { EncoderDecoder }
source pages = files("pages")
tokenizer words = bpe(vocab: 300, from: pages)
model policy: EncoderDecoder { tokenizer: words, encoder: 1 layers, decoder: 1 layers, width: 16, window: 400 tokens }
index library { over: pages, text: bm25(language: "en") }
${more}
pipeline answer(prompt: Dialog) -> Answer {
  found = search(library, [last(prompt)], top: 5)
  ${line}
}
`;
  const { diagnostics } = check(hostOf({ "main.neuro": text }), "main.neuro");
  return diagnostics.filter(({ severity }) => severity === "error").map(({ hint }) => hint);
}

test("where a choice is asked for, an unknown name is one of its cases misspelt, or is told them; a function is never meant", () => {
  const generate = (unsupported: string) =>
    hints(`generate(policy, prompt, infocontext(found, given: [last(prompt)]), checked: words, unsupported: ${unsupported})`);
  expect(generate("repairs")).toEqual(["Did you mean `repair`?"]);
  expect(generate("fix")).toEqual(["One of `keep`, `repair`, `drop` can stand here."]);
});

test("a case in quotes is the case; a model, a source or settings are declared as what is asked for", () => {
  const scorer = `use std.models { Encoder, scalar }
use std.answering { rerank }
model value: Encoder { tokenizer: words, depth: 1 layers, width: 16, head: scalar }`;
  expect(hints('generate(policy, prompt, infocontext(found, given: [last(prompt)], order: "edges"))')).toEqual(["Write edges."]);
  expect(hints("quote(prompt, rerank(found, by: value, given: prompt))", scorer)).toEqual([
    "Declare `fn worth(prompt: Dialog, doc: Doc) -> Float = value(prompt, [doc])`, and name that.",
  ]);
  expect(hints("generate(policy, prompt, infocontext(found, given: [last(prompt)]), checked: value)", scorer)).toEqual([
    "Declare `fn bears(prompt: Dialog, passages: Docs, sentence: Text) -> Float = sigmoid(value(sentence | prompt, passages))`, and name that.",
  ]);
  expect(hints("quote(prompt, search(pages, [last(prompt)]))")).toEqual([
    "Declare `index library { over: pages, text: bm25 }`, and name that.",
  ]);
  expect(hints("generate(policy, prompt, infocontext(found, given: [last(prompt)]), with: { most: 9 tokens })")).toEqual([
    "Declare `decoding short { most: 9 tokens }`, and name that.",
  ]);
});

test("where a truth is asked for, both are told", () => {
  expect(hints("quote(prompt, fuse([found, found], whole: yes))")).toEqual(["One of `true`, `false` can stand here."]);
  expect(hints("quote(prompt, fuse([found, found], whole: ture))")).toEqual(["Did you mean `true`?"]);
});

test("a dialog where texts are asked for is its last turn; a turn where the dialog is asked for is the dialog", () => {
  expect(hints("generate(policy, prompt, infocontext(found, given: prompt))")).toEqual(["Write [last(prompt)]."]);
  expect(hints("generate(policy, last(prompt), infocontext(found, given: [last(prompt)]))")).toEqual(["Write prompt."]);
});

test("of a record the only field that fits is meant, and of two that fit none", () => {
  const asked = (fields: string) => `type Asked = { ${fields} }\nfn of(asked: Asked) -> Text = asked`;
  expect(hints("quote(prompt, found)", asked("question: Text, n: Int"))).toEqual(["Write asked.question."]);
  expect(hints("quote(prompt, found)", asked("question: Text, other: Text"))).toEqual([undefined]);
});

test("a stage that makes what is asked for of what was found is named", () => {
  expect(hints("generate(policy, prompt, found)")).toEqual(["`infocontext(found, given: ..)` makes Context of it."]);
});
