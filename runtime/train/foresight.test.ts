import fc from "fast-check";
import { expect, test } from "vitest";
import type { Answer } from "../types.ts";
import { better, exemplars, interval, type Knowledge, known, same, shares } from "./foresight.ts";

const row = (prompt: string, reward: number) => ({ prompt: [{ role: "user", content: prompt }], documents: [], reward });
const answer = (text: string) => ({ text }) as Answer;

test("better is paired by prompt: a constant gain is certain, and no gain includes 0", async () => {
  const plain = [row("a", 0.2), row("b", 0.9), row("c", 0.4)];
  const gained = plain.map((one) => ({ ...one, reward: one.reward + 0.1 })).reverse();
  const found = await better(gained, plain, { seed: 0 });
  expect(found.mean).toBeCloseTo(0.1, 12);
  expect(found.low).toBeCloseTo(0.1, 12);
  const mixed = [row("a", 0.3), row("b", 0.7), row("c", 0.5)];
  const none = await better(mixed, plain, { seed: 0 });
  expect(none.low).toBeLessThan(0);
  expect(none.high).toBeGreaterThanOrEqual(0);
  expect(await better(mixed, plain, { seed: 0 })).toEqual(none);
  await expect(better([row("z", 1)], plain, { seed: 0 })).rejects.toThrow(/no prompt that both sides answer/);
});

test("the interval of many numbers is as wide as 1.96 standard errors on each side", () => {
  const numbers = Array.from({ length: 400 }, (_, i) => Math.sin(i * 7.3));
  const mean = numbers.reduce((sum, x) => sum + x, 0) / 400;
  const error = Math.sqrt(numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 400 / 400);
  const { low, high } = interval(numbers, 1);
  expect((high - low) / 2 / (1.96 * error)).toBeGreaterThan(0.9);
  expect((high - low) / 2 / (1.96 * error)).toBeLessThan(1.1);
});

const questions = ["a", "b", "c", "d"].map((name) => ({ prompt: name, answer: `is ${name}`, relation: "r" }));

test("exemplars are other questions of the relation with their answers, drawn anew each time, and too few are said", async () => {
  const asked = await Array.fromAsync(exemplars(questions, 2, 5, { seed: 3 }));
  expect(asked).toHaveLength(20);
  for (const { prompt, question, gold } of asked) {
    const own = questions[question as number]!;
    expect(gold).toBe(own.answer);
    expect(prompt.map(({ role }) => role).join()).toBe("user,assistant,user,assistant,user");
    expect(prompt.at(-1)!.content).toBe(own.prompt);
    const shown = [prompt[0]!.content, prompt[2]!.content];
    expect(new Set([...shown, own.prompt]).size).toBe(3);
    expect(prompt[1]!.content).toBe(`is ${shown[0]}`);
  }
  expect(new Set(asked.slice(0, 5).map(({ prompt }) => JSON.stringify(prompt))).size).toBeGreaterThan(1);
  await expect(Array.fromAsync(exemplars(questions, 4, 1, { seed: 0 }))).rejects.toThrow(
    /relation r has 4 questions, and each needs 4 others/,
  );
});

const category = (certain: number, possible: number): Knowledge =>
  certain >= 1 ? "highly_known" : certain > 0 ? "maybe_known" : possible > 0 ? "weakly_known" : "not_known";

test("every question has one category, by the shares of its right answers", async () => {
  const told = (list: number[][]) => list.flatMap((rewards, question) => rewards.map((reward) => ({ question, reward })));
  const plain = told([[1, 1], [1, 0], [0, 0], [0, 0]]); // biome-ignore format: one row
  const drawn = told([[1, 1], [1, 1], [0, 1], [0, 0]]); // biome-ignore format: one row
  const found = await Array.fromAsync(known(questions, plain, drawn, category));
  expect(found.map((one) => one.known)).toEqual(["highly_known", "maybe_known", "weakly_known", "not_known"]);
  expect(found.map(({ certain, possible }) => [certain, possible])).toEqual([[1, 1], [0.5, 1], [0, 0.5], [0, 0]]); // biome-ignore format: one row
  expect(shares(found.map((one) => one.known)).map(({ share }) => share)).toEqual([0.25, 0.25, 0.25, 0.25]);
});

test("more sets of examples move a question only from not known upwards and from highly known down", () => {
  const bits = fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 10 });
  const share = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;
  fc.assert(
    fc.property(bits, bits, fc.constantFrom(0, 1), (plain, drawn, more) => {
      const before = category(share(plain), share(drawn));
      const after = category(share([...plain, more]), share([...drawn, more]));
      if (before === "not_known") expect(["not_known", "maybe_known"]).toContain(after);
      if (before === "highly_known") expect(["highly_known", "maybe_known"]).toContain(after);
      if (before === "maybe_known") expect(after).toBe("maybe_known");
    }),
  );
});

test("answers are the same but for case, punctuation and articles, and nothing is the same as an empty one", () => {
  expect(same(answer("The Eiffel tower."), "eiffel Tower")).toBe(true);
  expect(same(answer("a tower"), "the bridge")).toBe(false);
  expect(same(answer(""), "the")).toBe(false);
});
