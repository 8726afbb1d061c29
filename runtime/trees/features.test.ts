import { expect, test } from "vitest";
import { featuresOf, searchFeatures } from "./features.ts";

const valued = (question: string, found: Parameters<typeof featuresOf>[1]) =>
  featuresOf(question, found, "en").map((values) => Object.fromEntries(searchFeatures.map((name, at) => [name, values[at]!])));

test("every column has a value for every document, by its name", () => {
  const rows = featuresOf("river floods", [{ text: "A river." }, { text: "" }]);
  expect(rows.map((row) => row.length)).toEqual([searchFeatures.length, searchFeatures.length]);
});

test("what the question and a document share is counted by stems", () => {
  const [near, far, none] = valued("How do rivers flood cities?", [
    { title: "Floods", text: "The river flooded two cities. Nobody was hurt.", score: 4, place: 1 },
    { title: "Boats", text: "A river has boats, and there are many more words in between before any city.", score: 2, place: 2 },
    { title: "", text: "Cheese.", score: 1, place: 3, age: 12 },
  ]) as [Record<string, number>, Record<string, number>, Record<string, number>];
  expect(near).toMatchObject({
    score: 4,
    place: 1,
    score_share: 1,
    shared: 1,
    shared_title: 1 / 3,
    pairs: 0.5,
    question_length: 3,
  });
  expect(far).toMatchObject({ score_share: 0.5, shared: 2 / 3, shared_title: 0, pairs: 0 });
  expect(near.nearest).toBe(4 / 3);
  expect(near.words).toBeGreaterThan(far.words!);
  expect(far.spread).toBeGreaterThan(0.8);
  expect(none).toMatchObject({ words: 0, shared: 0, nearest: Number.NaN, first: Number.NaN, age: 12 });
});

test("what is not known is missing: no score, no vectors, no date, one word only, no words at all", () => {
  const [one] = valued("river", [{ text: "A river." }]) as [Record<string, number>];
  expect(one).toMatchObject({
    score: Number.NaN,
    score_share: Number.NaN,
    likeness: Number.NaN,
    age: Number.NaN,
    pairs: Number.NaN,
    shared: 1,
  });
  const [empty] = valued("", [{ text: "A river." }]) as [Record<string, number>];
  expect(empty).toMatchObject({ question_length: 0, shared: Number.NaN, question_rarity: Number.NaN });
  expect(valued("river", [])).toEqual([]);
});
