import { expect, test } from "vitest";
import type { Row } from "../data/row.ts";
import { choose } from "./choose.ts";
import { labelName, nameOf, type Pair, turned } from "./pair.ts";

const pair = (i: number): Pair => ({
  prompt: [{ role: "user", content: `question ${i}` }],
  documents: [],
  left: { text: `left ${i}` },
  right: { text: `right ${i}` },
  worth: i,
});
const all = Array.from({ length: 200 }, (_, i) => pair(i));
const worth = (row: Row): number => row.worth as number;
const options = { budget: 50, random: 0.2, seed: 1 };

test("a share is drawn from all pairs, the others are those of the highest rank, and both are spread over the list", async () => {
  const chosen = await choose(all, worth, new Set(), options);
  const drawn = chosen.filter(({ random }) => random);
  expect([chosen.length, drawn.length, new Set(chosen.map((each) => each.pair)).size]).toEqual([50, 10, 50]);
  expect(drawn.some(({ row }) => worth(row) < 100)).toBe(true);
  const ranks = chosen.filter(({ random }) => !random).map(({ row }) => worth(row));
  expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
  expect(ranks[0]).toBeGreaterThan(197);
  expect(chosen.slice(0, 10).filter(({ random }) => random).length).toBe(2);
  const left = chosen.filter((each) => each.turned).length;
  expect(left).toBeGreaterThan(12);
  expect(left).toBeLessThan(38);
});

test("what is drawn depends on the pair and the seed, not on the order of the rows", async () => {
  const chosen = await choose(all, worth, new Set(), options);
  expect(await choose([...all].reverse(), worth, new Set(), options)).toEqual(chosen);
  const other = await choose(all, worth, new Set(), { ...options, seed: 2 });
  expect(other.map((each) => each.pair)).not.toEqual(chosen.map((each) => each.pair));
});

test("a pair is asked about once, whichever way round, and never when it was asked before or its answers are the same", async () => {
  const same = { ...pair(0), right: { text: "left 0" } };
  const chosen = await choose([pair(1), turned(pair(1)), pair(2), same], worth, new Set([nameOf(pair(2))]), options);
  expect(chosen.map(({ row }) => row)).toEqual([pair(1)]);
  expect(labelName({ ...pair(3), aspect: "main", p: 0.25 })).toBe(labelName({ ...turned(pair(3)), aspect: "main", p: 0.75 }));
});

test("a rank that is no number is refused with its row", async () => {
  const asked = choose([pair(1)], () => Number.NaN, new Set(), options);
  await expect(asked).rejects.toMatchObject({
    code: "rank_not_finite",
    message: expect.stringContaining('row 1 ("question 1")'),
  });
});
