import { expect, test } from "vitest";
import { quantile, softplus } from "../numbers.ts";
import { ramp } from "../train/schedule.ts";
import { type Reward, rewardOf } from "./reward.ts";

type Row = { readonly x?: number; readonly form?: number };
const facts = { key: "meaning", reads: ["x"], ranges: { form: [0, 1] as const } };
const reward: Reward<Row> = rewardOf<Row>(
  "quality",
  "main.neuro:3",
  async ({ x, form = 1 }, { term }) => {
    const a = term("a", x! * 2);
    return term("total", a + form * 10);
  },
  {},
  facts,
);

test("numbers that are fixed are recorded with the terms and decide the key", async () => {
  expect(await reward({ x: 1 })).toEqual({ reward: 12, terms: { a: 2, total: 12 } });
  const given = reward.given({ form: 0.5 });
  expect(await given({ x: 1 })).toEqual({ reward: 7, terms: { form: 0.5, a: 2, total: 7 } });
  expect(given.key).toBe(reward.given({ form: 0.5 }).key);
  expect(new Set([reward.key, given.key, reward.given({ form: 0.25 }).key]).size).toBe(3);
});

test("a coefficient on a schedule is what it is at a step, and nothing outside of a fit", async () => {
  const moving = reward.given({ form: ramp(0, 1, 10, { after: 2 }) });
  const at = async (step: number): Promise<unknown> => (await moving.at!(step)({ x: 0 })).terms.form;
  expect([await at(1), await at(3), await at(8), await at(13), await at(99)]).toEqual([0, 0, 0.5, 1, 1]);
  expect(reward.at).toBeUndefined();
  await expect(moving({ x: 1 })).rejects.toThrow(/`form` of the reward quality moves with the steps of a fit/);
});

test("missing fields, numbers out of their range, and terms that are no numbers are said", async () => {
  await expect(reward({})).rejects.toMatchObject({ code: "row_lacks_field", where: "main.neuro:3" });
  await expect(reward({})).rejects.toThrow(/reads `x`/);
  await expect(reward({ x: 1, form: 2 })).rejects.toThrow(/`form` of the reward quality is 2/);
  await expect(reward({ x: Number.NaN })).rejects.toThrow(/The term a of the reward quality is NaN/);
  const lacking = rewardOf<Row>(
    "r",
    "main.neuro:9",
    async (_, { term }) => term("total", undefined as unknown as number),
    {},
    { key: "k", reads: [] },
  );
  await expect(lacking({})).rejects.toThrow(/The term total of the reward r is missing/);
});

test("quantiles are numpy's default: straight between neighbours", () => {
  expect(quantile([3, 1, 2, 4], 0.85)).toBeCloseTo(3.55, 12);
  expect(quantile([7], 0.3)).toBe(7);
  expect(() => quantile([], 0.5)).toThrow(/no numbers/);
});

test("log(sigmoid(r - q)), as rewards compute it, lies below 0, rises, is -ln 2 at the reference and finite far below it", () => {
  const u = (r: number): number => -softplus(-(r - 2));
  expect(u(2)).toBeCloseTo(-Math.LN2, 12);
  expect(u(3)).toBeGreaterThan(u(2));
  expect(u(50)).toBeLessThanOrEqual(0);
  expect(u(-998)).toBeCloseTo(-1000, 9);
});
