import { expect, test } from "vitest";
import type { Filled } from "../data/feeds.ts";
import { Batches, type RowValues } from "./batches.ts";

const row = (length: number, value: number): RowValues => {
  const data = new Float32Array(length).fill(value);
  return { text: { dtype: "f32", shape: [1, length], data } satisfies Filled };
};
const numberOf = (values: RowValues): number => values.text!.data[0]!;

/** A device that says of a row its value and, as products do in their last bits, how many rows it had. */
function device() {
  const sizes: number[] = [];
  const run = async (rows: readonly RowValues[]): Promise<number[][]> => {
    sizes.push(rows.length);
    return rows.map((values) => [numberOf(values), rows.length]);
  };
  return { sizes, run };
}

test("rows that are asked about together run together, those of one length in one batch", async () => {
  const { sizes, run } = device();
  const batches = new Batches(run, false);
  const rows = [...Array.from({ length: 70 }, (_, i) => row(4, i)), ...Array.from({ length: 3 }, (_, i) => row(8, i))];
  const numbers = await Promise.all(rows.map((values) => batches.add(values)));
  expect(numbers.map(([value]) => value)).toEqual(rows.map(numberOf));
  expect(sizes).toEqual([3, 64, 6]);
});

test("in batches that are alike, what a row is told does not depend on what is asked beside it", async () => {
  const { sizes, run } = device();
  const batches = new Batches(run, true);
  const alone = await batches.add(row(4, 1));
  const among = await Promise.all(Array.from({ length: 11 }, (_, i) => batches.add(row(4, i))));
  expect(among[1]).toEqual(alone);
  expect(new Set(sizes).size).toBe(1);
  // Long rows are work enough alone.
  await batches.add(row(5000, 1));
  expect(sizes.at(-1)).toBe(1);
});

test("a batch that fails fails for its rows alone", async () => {
  const run = async (rows: readonly RowValues[]): Promise<number[][]> => {
    if (rows.some((values) => numberOf(values) < 0)) throw new Error("too long");
    return rows.map((values) => [numberOf(values)]);
  };
  const batches = new Batches(run, true);
  const asked = [batches.add(row(4, -1)), batches.add(row(8, 2))];
  await expect(asked[0]).rejects.toThrow("too long");
  expect(await asked[1]).toEqual([2]);
});
