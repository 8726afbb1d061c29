import { expect, test } from "vitest";
import { letterOf, markOf } from "./verdict.ts";

test.each([
  ["A", "A"],
  [" b.\n", "B"],
  ["**B**", "B"],
  ["Answer A", "A"],
  ["<think>B? No, A is longer.</think>\nB", "B"],
  ["A\n\nIt names the capital, B does not.", "A"],
  ["The first is wrong about Oslo.\nVerdict: B", "B"],
  ["A closer look shows that B is right", "B"],
  ["I prefer answer B", "B"],
  ["CORRECT", undefined],
  ["INCORRECT: both", undefined],
  ["Both A, and B", undefined],
  ["A good question", undefined],
  ["", undefined],
] as const)("%j says %s", (reply, letter) => {
  expect(letterOf(reply)).toBe(letter);
});

test.each([
  ["7", 7],
  ["7/10", 7],
  ["8.5 out of 10.", 8.5],
  ["Score: 6", 6],
  ["It has 3 footnotes and 2 faults.\nMark: 4", 4],
  ["It is worth 9", 9],
  ["11", undefined],
  ["-3", undefined],
  ["3 or 4", undefined],
  ["good", undefined],
] as const)("%j is the mark %s", (reply, mark) => {
  expect(markOf(reply)).toBe(mark);
});
