import fc from "fast-check";
import { expect, test } from "vitest";
import type { Block } from "../types.ts";
import { answerOver, footnotesIn, repairFootnotes, steadyText } from "./footnotes.ts";
import { doNotKnow, saysUnknown } from "./unknown.ts";

const upTo = (most: number) => (number: number) => number >= 1 && number <= most;

test.each([
  ["Oslo [1].", "Oslo [1]."],
  ["Oslo [9].", "Oslo."],
  ["Oslo [1, 2; 9].", "Oslo [1][2]."],
  ["Oslo [ 2 ] and [^1]", "Oslo [2] and [1]"],
  ["Осло【2】", "Осло[2]"],
  ["Oslo [source 1] [Block 2], [источник 3] [блок 7]", "Oslo [1] [2], [3]"],
  ["[0] and [12345] and [x]", " and [12345] and [x]"],
  ["`list[1]` is code, and so is `a[9]` [2]", "`list[1]` is code, and so is `a[9]` [2]"],
  ["😀 «Осло» [3] [3].", "😀 «Осло» [3] [3]."],
])("%j is written %j", (given, wanted) => {
  expect(repairFootnotes(given, upTo(3))).toBe(wanted);
});

test("footnotes are found where their bracket stands, in UTF-16 units, and not in code", () => {
  expect(footnotesIn("😀 да [2], `a[1]` [1]")).toEqual([
    { number: 2, at: 6 },
    { number: 1, at: 18 },
  ]);
});

test("an answer has exactly the sources that it cites, as they were shown", () => {
  const doc = { id: "a.md", title: "A", url: "a.md", text: "zero one two" };
  const block = (number: number, start: number, end: number): Block => ({
    number,
    doc,
    start,
    end,
    text: doc.text.slice(start, end),
    score: 1,
  });
  const answer = answerOver("Two [2], again [2] and five [5].", [block(1, 0, 4), block(2, 5, 8)], {
    known: true,
    tokens: [1, 2],
  });
  expect(answer.text).toBe("Two [2], again [2] and five.");
  expect(answer.sources).toEqual([{ number: 2, doc, start: 5, end: 8, text: "one" }]);
  expect(answer.footnotes.map((note) => answer.text.slice(note.at, note.at + 3))).toEqual(["[2]", "[2]"]);
  expect(answer.tokens).toEqual([1, 2]);
});

test("every footnote of a repaired text is real, and repairing again changes nothing", () => {
  const piece = fc.constantFrom("[", "]", "1", "2", "9", ",", " ", "a", "`", "^", "【", "】", "block ", "\n", "я");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const once = repairFootnotes(pieces.join(""), upTo(2));
      expect(footnotesIn(once).every((note) => note.number >= 1 && note.number <= 2)).toBe(true);
    }),
  );
});

test("what is shown while an answer grows is always the beginning of what is shown later", () => {
  const piece = fc.constantFrom("[", "]", "1", "9", ", ", " ", "a ", ".", "`", "```", "【", "】", "\n", "слово ");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      let text = "";
      let before = "";
      for (const next of pieces) {
        text += next;
        const now = steadyText(text, upTo(2));
        expect(now.startsWith(before)).toBe(true);
        before = now;
      }
    }),
  );
});

test("saying that one does not know is recognised, and knowing is not mistaken for it", () => {
  for (const text of [
    "I do not know.",
    "I don't know.",
    "The blocks do not contain the answer.",
    "Я не знаю.",
    "Не знаю.",
    "К сожалению, в документах об этом ничего не сказано.",
    "",
    doNotKnow("Why?"),
    doNotKnow("Почему?"),
  ]) {
    expect([text, saysUnknown(text)]).toEqual([text, true]);
  }
  for (const text of [
    "Oslo [1].",
    "I do not know of a larger one than Oslo [1].",
    "Знаменитый город.",
    "The documents name Oslo.",
  ]) {
    expect([text, saysUnknown(text)]).toEqual([text, false]);
  }
});
