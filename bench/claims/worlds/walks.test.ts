// The walks that claims are tried on: what they earn, how likely they are, and what the best policies earn, by trying all.
import { expect, test } from "vitest";
import { frontier, share, starts, strolls } from "./walks.ts";

const letters = "abcdefgh";
const asked = (from: string) => [{ role: "user" as const, content: `from ${from}` }];
const all = [...letters].flatMap((a) => [...letters].flatMap((b) => [...letters].map((c) => `${a} ${b} ${c}`)));
const earned = (from: string, path: string) => share({ text: path } as never, asked(from) as never);

test("the best of all walks from a letter earns 1, a walk no more than its steps, and what is no letter ends it", () => {
  for (const from of letters) expect(Math.max(...all.map((path) => earned(from, path)))).toBe(1);
  expect(earned("a", "b c d e f")).toBe(earned("a", "b c d"));
  expect(earned("a", "b ? d")).toBe(earned("a", "b"));
  expect(earned("a", "")).toBe(0);
});

test("at no distance the frontier is the mean of the likely walks, far away the best, and it rises between them", () => {
  const drawn = [...strolls(40_000)];
  const mean = drawn.reduce((sum, { prompt, answer }) => sum + earned(prompt.at(-1)!, answer), 0) / drawn.length;
  const [far, , near] = frontier([0.002, 0.1, 1e6]) as [{ kl: number; reward: number }, unknown, { kl: number; reward: number }];
  expect(near.kl).toBeCloseTo(0, 9);
  expect(Math.abs(near.reward - mean)).toBeLessThan(0.005);
  expect(far.reward).toBeCloseTo(1, 5);
  const curve = frontier([0.02, 0.05, 0.1, 0.3]);
  for (const [i, { kl, reward }] of curve.slice(1).entries()) {
    expect(kl).toBeLessThan(curve[i]!.kl);
    expect(reward).toBeLessThan(curve[i]!.reward);
  }
  expect([...starts()].map(({ prompt }) => prompt)).toEqual([...letters].map((letter) => `from ${letter}`));
});
