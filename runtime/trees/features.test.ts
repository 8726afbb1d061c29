import { expect, test } from "vitest";
import { type Found, featuresOf, type Knowing, searchFeatures } from "./features.ts";

const valued = (question: string, found: readonly Found[], knowing: Knowing = {}) => {
  const columns = featuresOf(question, found, { language: "en", ...knowing });
  return found.map((_, at) => Object.fromEntries([...columns].map(([name, values]) => [name, values[at]!])));
};

test("every column has a value for every document, by its name; lists that documents were found in follow", () => {
  const found = { words: { score: 3, place: 1 } };
  const columns = featuresOf("river floods", [{ text: "A river.", found }, { text: "" }]);
  expect([...columns.keys()]).toEqual([...searchFeatures, "words_score", "words_place", "words_share"]);
  expect([...columns.values()].map((values) => values.length)).toEqual([...columns].map(() => 2));
  expect(columns.get("words_score")).toEqual([3, Number.NaN]);
  expect(columns.get("words_share")).toEqual([1, Number.NaN]);
});

test("a word in another form counts a little, a rare word more than a common one, and the best sentence by itself", () => {
  const rarity = (term: string) => (term === "histori" ? 5 : 1);
  const [kin, rare, common] = valued(
    "history ships",
    [{ text: "Historical sails." }, { text: "Trees. History. Trees again." }, { text: "Ships. Trees. Trees again." }],
    { rarity },
  ) as [Record<string, number>, Record<string, number>, Record<string, number>];
  expect(kin.text).toBe(0);
  expect(kin.soft).toBeGreaterThan(0);
  expect(rare.text).toBeGreaterThan(4 * common.text!);
  expect(rare.sentence).toBeGreaterThan(rare.text!);
  expect(rare.sentence_share).toBe(1);
});

test("what the first documents say makes those alike that say the same", () => {
  const [, , near, far] = valued("flood", [
    { text: "The flood rose over dams." },
    { text: "A flood broke dams." },
    { text: "Dams broke." },
    { text: "Cheese is made of milk." },
  ]) as Record<string, number>[];
  expect(near!.alike).toBeGreaterThan(far!.alike!);
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
    question_length: 3,
  });
  expect(far).toMatchObject({ score_share: 0.5, shared: 2 / 3, shared_title: 0, pairs: 0 });
  expect(near.nearest).toBe(4 / 3);
  expect(near.text).toBeGreaterThan(far.text!);
  expect(far.spread).toBeGreaterThan(0.8);
  expect(none).toMatchObject({ text: 0, shared: 0, nearest: Number.NaN, first: Number.NaN, age: 12 });
});

test("what is not known is missing: no score, no vectors, no date, one word only, no words at all", () => {
  const [one] = valued("river", [{ text: "A river." }]) as [Record<string, number>];
  expect(one).toMatchObject({
    score: Number.NaN,
    score_share: Number.NaN,
    age: Number.NaN,
    pairs: Number.NaN,
    shared: 1,
  });
  const [empty] = valued("", [{ text: "A river." }]) as [Record<string, number>];
  expect(empty).toMatchObject({ question_length: 0, shared: Number.NaN, question_rarity: Number.NaN });
  expect(valued("river", [])).toEqual([]);
});
