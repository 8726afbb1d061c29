// The optimum is an optimum: no walk earns more, and one earns as much.
import { expect, test } from "vitest";
import { earned, hastyShare, letters, optimum, randomShare, share, steps, strolls } from "./walks.ts";

test("dynamic programming finds what trying every walk finds", () => {
  const best = (from: string, path: readonly string[]): number =>
    path.length === steps ? earned(from, path) : Math.max(...letters.map((next) => best(from, [...path, next])));
  expect(letters.map((from) => best(from, []))).toEqual(optimum);
});

test("a share is 1 of the best walk at most, nobody gets there in haste, and a walk ends where it goes through no door", () => {
  const walks = [...strolls(8000)];
  const shares = walks.map(({ prompt, answer }) =>
    share({ text: answer } as Parameters<typeof share>[0], [{ role: "user", content: prompt }]),
  );
  expect(Math.max(...shares)).toBeLessThanOrEqual(1);
  expect(shares.reduce((sum, x) => sum + x, 0) / shares.length).toBeCloseTo(randomShare, 2);
  expect(hastyShare).toBeGreaterThan(randomShare);
  expect(hastyShare).toBeLessThan(0.95);
  const [{ prompt, answer }] = walks as [(typeof walks)[number]];
  const path = answer.split(" ");
  const from = prompt.at(-1)!;
  expect(earned(from, [...path.slice(0, 2), path[1]!, ...path.slice(2)])).toBe(earned(from, path.slice(0, 2)));
});
