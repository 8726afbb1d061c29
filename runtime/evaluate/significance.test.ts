import { expect, test } from "vitest";
import { stream } from "../random.ts";
import { corrected, incompleteBeta, interval, meanInterval, pairedTest } from "./significance.ts";

const a = [0.1, 0.5, 0.3, 0.8, 0.9, 0.2, 0.4];
const b = [0.2, 0.4, 0.1, 0.6, 0.5, 0.2, 0.1];

// scipy.stats.ttest_rel(a, b) prints t = 2.419677397852329 on 6 degrees of freedom.
test("the t-test is Student's", () => {
  expect(pairedTest(a, b, "t")).toBeCloseTo(0.05188589052417915, 12);
  // Closed forms: 1 and 2 degrees of freedom.
  const t = 1.7;
  expect(incompleteBeta(1 / (1 + t * t), 0.5, 0.5)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(t), 12);
  expect(incompleteBeta(2 / (2 + t * t), 1, 0.5)).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 12);
});

test("of few queries all ways to swap are counted, and the chance is exact", () => {
  // scipy.stats.permutation_test (samples, mean difference) prints 0.09375.
  expect(pairedTest(a, b)).toBe(0.09375);
});

test("drawn swaps come near the exact chance, and near Student's where differences are normal", () => {
  const random = stream(7, "test");
  const many = Array.from({ length: 200 }, () => 0.12 + random.normal());
  const none = many.map(() => 0);
  const exact = pairedTest(many, none, "t");
  expect(exact).toBeGreaterThan(0.001);
  expect(Math.abs(pairedTest(many, none) - exact)).toBeLessThan(0.02);
  expect(Math.abs(pairedTest(many, none, "bootstrap") - exact)).toBeLessThan(0.02);
  expect(pairedTest(many, none)).toBe(pairedTest(many, none));
  expect(pairedTest(many, none, "permutation", { seed: 1 })).not.toBe(pairedTest(many, none, "permutation", { seed: 2 }));
});

test("systems that are equal differ by chance only; a real difference cannot be chance", () => {
  expect(["permutation", "bootstrap", "t"].map((by) => pairedTest(a, a, by as "t"))).toEqual([1, 1, 1]);
  const up = Array.from({ length: 100 }, (_, i) => 0.5 + (i % 7) / 100);
  for (const by of ["permutation", "bootstrap", "t"] as const)
    expect(
      pairedTest(
        up,
        up.map(() => 0),
        by,
      ),
    ).toBeLessThan(0.001);
  expect(() => pairedTest([1], [1, 2])).toThrow("as many values of both");
});

test("where nothing differs, one table in twenty claims that something does", () => {
  const random = stream(3, "null");
  let claimed = 0;
  for (let table = 0; table < 300; table++) {
    const left = Array.from({ length: 30 }, () => random.uniform());
    const right = Array.from({ length: 30 }, () => random.uniform());
    if (pairedTest(left, right, "permutation", { draws: 500, seed: table }) < 0.05) claimed++;
  }
  expect(claimed).toBeGreaterThan(4);
  expect(claimed).toBeLessThan(28);
});

test("Holm's correction is Holm's, keeps order, and never exceeds Bonferroni's", () => {
  expect(corrected([0.01, 0.04, 0.03], "holm").map((p) => Number(p.toFixed(6)))).toEqual([0.03, 0.06, 0.06]);
  expect(corrected([0.01, 0.04, 0.5], "bonferroni").map((p) => Number(p.toFixed(6)))).toEqual([0.03, 0.12, 1]);
  expect(corrected([0.01, 0.04], "none")).toEqual([0.01, 0.04]);
  expect(corrected([])).toEqual([]);
});

test("an interval holds the mean, narrows with more queries, and is that of the normal approximation for many", () => {
  const random = stream(5, "interval test");
  const values = Array.from({ length: 400 }, () => random.uniform());
  const { low, high } = meanInterval(values);
  const mean = values.reduce((x, y) => x + y) / values.length;
  const error = Math.sqrt(1 / 12 / 400);
  expect(low).toBeCloseTo(mean - 1.96 * error, 2);
  expect(high).toBeCloseTo(mean + 1.96 * error, 2);
  const few = meanInterval(values.slice(0, 20));
  expect(few.high - few.low).toBeGreaterThan(2 * (high - low));
  expect(meanInterval([])).toEqual({ low: 0, high: 0 });
  expect(meanInterval([0.3])).toEqual({ low: 0.3, high: 0.3 });
  expect(interval(2, (rows) => rows.length)).toEqual({ low: 2, high: 2 });
});
