import { expect, test } from "vitest";
import type { Answer, Doc } from "../types.ts";
import { brackets, confirmed, copied, footnotes, is_getoff } from "./form.ts";

const doc = (id: string, text: string): Doc => ({ id, title: id, url: id, text });

function answer(text: string, sources: Doc[] = []): Answer {
  const notes = [...text.matchAll(/\[(\d+)\]/g)].map((found) => ({ number: Number(found[1]), at: found.index }));
  return {
    text,
    sources: sources.map((of, at) => ({ number: at + 1, doc: of, start: 0, end: of.text.length, text: of.text })),
    footnotes: notes,
    known: !/do not know/.test(text),
    missing: [],
    trace: { spans: [] },
  };
}

test("counts different footnotes, and brackets that are none", () => {
  const said = answer("Cats purr (softly) [1][1]. Dogs [sic] bark [2].", [doc("a", ""), doc("b", "")]);
  expect(footnotes(said)).toBe(2);
  expect(brackets(said)).toBe(2);
});

test("knows an answer that says it does not know", () => {
  expect(is_getoff(answer("I do not know."))).toBe(true);
  expect(is_getoff(answer("Paris [1].", [doc("a", "")]))).toBe(false);
});

test("an answer copied whole is covered whole, and one in other words not at all", () => {
  const source = [doc("a", "The quick brown fox jumps over the lazy dog")];
  expect(copied(answer("the quick brown fox jumps"), source, { n: 4 })).toBe(1);
  expect(copied(answer("a slow red hen walks on"), source, { n: 4 })).toBe(0);
  expect(copied(answer("fox"), source, { n: 4 })).toBe(0);
});

test("confirms a sentence only by the sources it cites itself", () => {
  const sources = [doc("cats", "Cats purr."), doc("dogs", "Dogs bark.")];
  expect(confirmed(answer("Cats purr. [1] Dogs bark. [2]", sources))).toBe(1);
  expect(confirmed(answer("Cats purr. [2] Dogs bark. [2]", sources))).toBe(0.5);
  expect(confirmed(answer("Cats purr.", sources))).toBe(0);
});
