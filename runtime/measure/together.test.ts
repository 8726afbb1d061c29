import { expect, test } from "vitest";
import { together, togetherOf } from "./together.ts";

/** Work that notes how much of it is done at the same time. */
function counted() {
  const seen = { now: 0, most: 0 };
  const work = async (x: number): Promise<number> => {
    seen.most = Math.max(seen.most, ++seen.now);
    await new Promise((go) => setTimeout(go, x % 3));
    seen.now--;
    return 2 * x;
  };
  return { seen, work };
}

test("many rows are worked on at the same time, though not all, and come back in order", async () => {
  const { seen, work } = counted();
  const rows = Array.from({ length: 150 }, (_, i) => i);
  expect(await together(rows, work)).toEqual(rows.map((x) => 2 * x));
  expect(seen.most).toBe(64);
  expect(await together([], work)).toEqual([]);
});

test("rows that come one by one are read no further than somebody wants their values", async () => {
  let read = 0;
  const endless = (async function* () {
    for (;;) yield read++;
  })();
  for await (const value of togetherOf(endless, counted().work)) if (value === 20) break;
  expect(read).toBe(64);
});

test("what fails for one row fails when the others have ended, for the first of several", async () => {
  const { seen, work } = counted();
  const failing = together([1, 2, 3, 4], async (x) => (x === 2 || x === 3 ? Promise.reject(new Error(`no ${x}`)) : work(x)));
  await expect(failing).rejects.toThrow("no 2");
  expect([seen.now, seen.most]).toEqual([0, 2]);
});
