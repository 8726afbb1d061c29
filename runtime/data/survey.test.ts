import { expect, test } from "vitest";
import { heard } from "../notes.ts";
import { openDataset } from "./dataset.ts";
import type { Feeds } from "./feeds.ts";
import { survey } from "./survey.ts";

const target = (field: string) => ({ kind: "target", field, as: "ids" }) as const;
const preferences: Feeds = { a: target("chosen"), b: target("rejected") };
const labels: Feeds = {
  a: { kind: "source", given: ["prompt", "left", "right"], as: "ids" },
  p: { kind: "number", field: "p" },
  aspect: { kind: "case", field: "aspect", cases: ["main", "safety"] },
};

async function told(rows: object[], feeds: Feeds): Promise<string[]> {
  const notes: string[] = [];
  try {
    await heard(
      (text) => notes.push(text),
      () =>
        survey(
          openDataset("pairs", () => rows, "."),
          feeds,
        ),
    );
  } catch (error) {
    return [`refused: ${(error as Error).message}`];
  }
  return notes;
}
const pair = (chosen: string, rejected: string) => ({ prompt: "a", chosen, rejected });
const label = (p: number, aspect = "main") => ({ prompt: "a", left: "x", right: "y", p, aspect });

test("a text preferred to itself is told, and refused where there is nothing else", async () => {
  expect(await told([pair("x", "y"), pair("y", "x")], preferences)).toEqual([]);
  expect(await told([pair("x", "y"), pair("z", "z"), pair("y", "y")], preferences)).toEqual([
    "In 2 of 3 rows of pairs `chosen` and `rejected` are the same text; the first is pairs, row 2.",
  ]);
  expect(await told([pair("x", "x")], preferences)).toEqual([
    "refused: In all 1 rows of pairs `chosen` and `rejected` are the same text.",
  ]);
});

test("labels that take one side, or none, and aspects that nobody judged", async () => {
  const both = [label(1), label(0, "safety")];
  expect(await told(both, labels)).toEqual([]);
  expect(await told([label(0.5), label(0.5, "safety")], labels)).toEqual([
    "refused: All 2 labels of pairs are even (p is 0.5): none prefers a side.",
  ]);
  const one = Array.from({ length: 20 }, () => label(0.9));
  expect(await told(one, labels)).toEqual([
    expect.stringContaining("All 20 labels of pairs prefer the left answer."),
    "No label of pairs is about safety: nothing is learned of that.",
  ]);
  expect(await told(one.slice(0, 3).concat(label(1, "safety")), labels)).toEqual([]);
});

test("rows of other objectives are not read", async () => {
  const none = openDataset("endless", () => { throw new Error("read"); }, "."); // biome-ignore format: one line
  await expect(survey(none, { a: target("answer") })).resolves.toBeUndefined();
});
