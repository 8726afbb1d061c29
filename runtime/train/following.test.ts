// Coefficients that follow what is measured: the golden numbers of Ziegler et al.'s controller, and a baseline that is the rewards' mean.
import { expect, test } from "vitest";
import { adaptive, running } from "./following.ts";

const told = { target: 6, horizon: 10_000 };

test("a divergence at twice its target raises 0.2 to 0.201024 over a batch of 256 answers", () => {
  const β = adaptive(0.2, told);
  expect(β.at(1)).toBe(0.2);
  β.hear(1, { kl: 12 }, 256);
  expect(β.at(2)).toBeCloseTo(0.201024, 12);
});

test("at its target it stays, above it grows, below it shrinks, and no batch moves it by more than a fifth of its share", () => {
  const after = (kl: number): number => {
    const β = adaptive(0.2, told);
    β.hear(1, { kl }, 256);
    return β.at(2);
  };
  expect(after(6)).toBe(0.2);
  const moved = [0, 3, 5.5, 6, 6.5, 7, 1000].map(after);
  expect([...moved].sort((a, b) => a - b)).toEqual(moved);
  expect(after(1000)).toBe(after(7.2));
  expect(after(0)).toBeCloseTo(0.2 * (1 - 0.2 * 0.0256), 12);
});

test("what was heard is one number, with which it goes on after a stop", () => {
  const [whole, before, after] = [adaptive(0.2, told), adaptive(0.2, told), adaptive(0.2, told)];
  for (const kl of [8, 9, 4]) whole.hear(1, { kl }, 16);
  for (const kl of [8, 9]) before.hear(1, { kl }, 16);
  after.state = before.state;
  after.hear(3, { kl: 4 }, 16);
  expect(after.at(4)).toBe(whole.at(4));
});

test("steps that measured no divergence leave it as it is", () => {
  const β = adaptive(0.2, told);
  β.hear(1, { loss: 1 }, 16);
  expect(β.state).toBe(undefined);
});

test("a running baseline is 0 before anything was earned, then the first mean, then one that forgets", () => {
  const b = running(0.9);
  expect(b.at(1)).toBe(0);
  b.hear(1, { reward: 2 }, 4);
  expect(b.at(2)).toBe(2);
  b.hear(2, { reward: 1 }, 4);
  expect(b.at(3)).toBeCloseTo(1.9, 12);
});
