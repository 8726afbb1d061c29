// Where the sentences of an answer come from, told from the answer and its trace alone.
import { expect, test } from "vitest";
import { answerOver } from "../answer/footnotes.ts";
import type { Block, Outcome, Span } from "../types.ts";
import { explain } from "./explain.ts";

const doc = (id: string) => ({ id, title: id.toUpperCase(), url: `${id}.md`, text: `All about ${id}. And more.` });
const block = (number: number, id: string, start = 0, end = 9): Block => ({
  number,
  doc: doc(id),
  start,
  end,
  text: doc(id).text.slice(start, end),
  score: 1 / number,
});
const span = (stage: string, ranked: Span["ranked"]): Span => ({
  stage,
  where: `main.neuro:${stage.length}`,
  start: 0,
  end: 1,
  outcome: "ok",
  tries: 1,
  notes: {},
  ...(ranked && { ranked }),
});
const trace = {
  spans: [
    span("search", [{ id: "b", score: 9 }, { id: "a", score: 7 }, { id: "c" }]),
    span("infocontext", [
      { id: "a", score: 1, start: 0, end: 9 },
      { id: "a", score: 0.5, start: 10, end: 20 },
      { id: "b", score: 0.2, start: 0, end: 9 },
    ]),
    span("generate", undefined),
  ],
};
const explained = (text: string, blocks: Block[]) => explain({ ...answerOver(text, blocks, { known: true }), trace });

test("a sentence has the blocks of its footnotes, with what each stage thought of them", () => {
  const [first, second, third] = explained("It is so [1]. So is this [2][3]! And this.", [
    block(1, "a"),
    block(2, "b"),
    block(3, "a", 10, 20),
  ]);
  expect(first).toMatchObject({
    text: "It is so [1].",
    start: 0,
    blocks: [{ number: 1, id: "a", title: "A", text: "All about" }],
  });
  expect(first!.blocks[0]!.scores).toEqual([
    { stage: "search", where: "main.neuro:6", rank: 2, score: 7 },
    { stage: "infocontext", where: "main.neuro:11", rank: 1, score: 1 },
  ]);
  expect(second!.blocks.map(({ number, scores }) => [number, ...scores.map(({ rank }) => rank)])).toEqual([
    [2, 1, 3],
    [3, 2, 2],
  ]);
  expect(third).toMatchObject({ text: "And this.", blocks: [] });
});

test("a footnote behind the end of a sentence belongs to it, not to the next", () => {
  const told = explained("Аккра — столица Ганы. [1] Она большая. [2]", [block(1, "a"), block(2, "b")]);
  expect(told.map(({ text, blocks }) => [text, blocks.map(({ number }) => number)])).toEqual([
    ["Аккра — столица Ганы. [1]", [1]],
    ["Она большая. [2]", [2]],
  ]);
});

test("sentences lie in the text in order and together are all of it but its space", () => {
  for (const text of ["", "[1]", "One [1].\n\n[2] Two.", "A. [1] [2] B [1]", "Dr. Who is here [1]. e.g. this.\nline"]) {
    const told = explained(text, [block(1, "a"), block(2, "b")]);
    const { text: shown } = answerOver(text, [block(1, "a"), block(2, "b")], { known: true });
    expect(
      told
        .map((one) => one.text)
        .join("")
        .replace(/\s/g, ""),
    ).toBe(shown.replace(/\s/g, ""));
    expect(told.every((one, i) => one.text === shown.slice(one.start, one.end) && one.start >= (told[i - 1]?.end ?? 0))).toBe(
      true,
    );
  }
});

test("a document that a stage found without a score is told with its place alone", () => {
  const [one] = explained("So [1].", [block(1, "c")]);
  expect(one!.blocks[0]!.scores).toEqual([{ stage: "search", where: "main.neuro:6", rank: 3 }]);
});

test("what was checked tells what became of it, and what was dropped stands where it would", () => {
  const answer = answerOver("It is so [1]. So is this.", [block(1, "a"), block(2, "b")], { known: true });
  const scores = { recall: 0.5, precision: 1, sentences: 2, citations: 1, overcited: 0 };
  const checked = (outcome: Outcome, start: number, end: number, written: string, cited: number[], cites: number[]) => ({
    outcome,
    start,
    end,
    written,
    cited,
    cites,
    support: 0.9,
  });
  const checks = {
    by: "bears",
    least: 0.5,
    sentences: [
      checked("repaired", 0, 13, "It is so [2].", [2], [1]),
      checked("dropped", 13, 13, "Pigs fly [2].", [2], []),
      checked("unsupported", 14, 25, "So is this.", [], []),
    ],
    written: scores,
    told: scores,
  };
  const told = explain({ ...answer, trace, checks });
  expect(told.map(({ text, check, blocks }) => [text, check?.outcome, blocks.length])).toEqual([
    ["It is so [1].", "repaired", 1],
    ["Pigs fly [2].", "dropped", 0],
    ["So is this.", "unsupported", 0],
  ]);
  expect(told[0]!.check).toEqual({ outcome: "repaired", written: "It is so [2].", cited: [2], cites: [1], support: 0.9 });
});
