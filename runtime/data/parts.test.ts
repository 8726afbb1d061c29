import { expect, test } from "vitest";
import { mix, part } from "./parts.ts";
import { type Row, toRow } from "./row.ts";

const rows = Array.from({ length: 900 }, (_, i) => toRow({ prompt: `question ${i % 300}`, n: i }, "a row"));
const numbers = async (given: AsyncIterable<Row>): Promise<number[]> =>
  (await Array.fromAsync(given)).map((row) => row.n as number);

test("parts are all rows together, share no prompt, and stay what they are when rows are added or moved", async () => {
  const learned = await numbers(part(rows, { to: 0.8 }));
  const held = await numbers(part(rows, { from: 0.8 }));
  expect([...learned, ...held].sort((a, b) => a - b)).toEqual(rows.map((row) => row.n));
  const prompts = new Set(learned.map((n) => n % 300));
  expect(held.filter((n) => prompts.has(n % 300))).toEqual([]);
  expect(held.length / rows.length).toBeCloseTo(0.2, 1);
  const some = rows.filter((_, i) => i % 2 === 0).reverse();
  expect((await numbers(part(some, { from: 0.8 }))).sort((a, b) => a - b)).toEqual(held.filter((n) => n % 2 === 0));
  expect(await numbers(part(rows, { from: 0.8, seed: 1 }))).not.toEqual(held);
});

test("a mixture keeps the first rows in order and has its share of others, which begin again", async () => {
  const others = Array.from({ length: 7 }, (_, i) => toRow({ prompt: "other", n: -1 - i }, "a row"));
  const found = await numbers(mix(rows, others, { share: 0.25 }));
  expect(found.filter((n) => n >= 0)).toEqual(rows.map((row) => row.n));
  const mixed = found.filter((n) => n < 0);
  expect(mixed.length / found.length).toBeCloseTo(0.25, 1);
  expect(mixed.slice(0, 14)).toEqual([-1, -2, -3, -4, -5, -6, -7, -1, -2, -3, -4, -5, -6, -7]);
  expect(await numbers(mix(rows, others, { share: 0.25 }))).toEqual(found);
  expect(await numbers(mix(rows, [], { share: 0.25 }))).toHaveLength(900);
  expect(await numbers(mix(rows, others, { share: 0 }))).toHaveLength(900);
});
