import fc from "fast-check";
import { expect, test } from "vitest";
import { stream } from "../random.ts";
import { best_of_n, best_of_n_kl, ceiling, expectedMaximum } from "./best-of-n.ts";
import {
  agreement,
  cohen,
  consistency,
  fleiss,
  krippendorff,
  position_skew,
  sign_test,
  win_rate,
  win_rate_interval,
} from "./labels.ts";

const label = (p: number, prompt = "a", more: object = {}) => ({ prompt, left: { text: "x" }, right: { text: "y" }, p, ...more });
const labels = (wins: number, losses: number, ties = 0) => [
  ...Array.from({ length: wins }, (_, i) => label(1, `w${i}`)),
  ...Array.from({ length: losses }, (_, i) => label(0, `l${i}`)),
  ...Array.from({ length: ties }, (_, i) => label(0.5, `t${i}`)),
];

test("the expected best of n is the mean over all subsets of n", () => {
  const subsets = (of: readonly number[], n: number): number[][] =>
    n === 0 ? [[]] : of.flatMap((value, i) => subsets(of.slice(i + 1), n - 1).map((rest) => [value, ...rest]));
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 9 }),
      fc.integer({ min: 1, max: 9 }),
      (values, wanted) => {
        const n = Math.min(wanted, values.length);
        const all = subsets(values, n).map((subset) => Math.max(...subset));
        expect(expectedMaximum(values, n)).toBeCloseTo(all.reduce((sum, x) => sum + x, 0) / all.length, 10);
      },
    ),
  );
  expect(expectedMaximum([4, 1, 3, 2], 2)).toBeCloseTo(20 / 6, 12);
});

test("best of n over prompts: n = 1 is the mean, n = N the maximum; fewer answers than n are refused", async () => {
  const rows = [1, 5, 3]
    .map((reward) => ({ prompt: "a", documents: [], reward }))
    .concat([{ prompt: "b", documents: [], reward: 2 }]);
  expect(await best_of_n(rows, 1)).toBeCloseTo((3 + 2) / 2, 12);
  await expect(best_of_n(rows, 2)).rejects.toThrow("best_of_n: the prompt number 2 has 1 answers, not 2.");
  expect(await best_of_n(rows.slice(0, 3), 3)).toBe(5);
});

test("the divergence of the best of n from its policy", () => {
  const golden = [[1, 0], [2, 0.1931], [4, 0.6363], [8, 1.2044], [16, 1.8351], [50, 2.932], [64, 3.1745]] as const; // biome-ignore format: a table
  for (const [n, kl] of golden) expect(best_of_n_kl(n)).toBeCloseTo(kl, 4);
});

test("the ceiling is Spearman and Brown's, and 1 where halves agree", async () => {
  const normal = stream(3, "halves");
  const noisy = Array.from({ length: 4000 }, () => {
    const truth = normal.normal();
    return { halves: [truth + normal.normal(), truth + normal.normal()] };
  });
  // Halves correlate 1 / 2, so the whole predicts the truth with reliability 2 / 3.
  expect(await ceiling(noisy)).toBeCloseTo(2 / 3, 1);
  expect(await ceiling([{ halves: [1, 1] }, { halves: [2, 2] }])).toBeCloseTo(1, 12);
  expect(await ceiling([{ halves: [1, 1] }, { halves: [1, 1] }])).toBe(0);
});

test("win rates count ties half, and turn with the sides", async () => {
  expect(await win_rate(labels(5, 2, 3))).toBeCloseTo(0.65, 12);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), async (shares) => {
      const there = await win_rate(shares.map((p) => label(p)));
      const back = await win_rate(shares.map((p) => label(1 - p)));
      expect(there + back).toBeCloseTo(1, 9);
    }),
  );
  const mixed = [label(1, "a", { aspect: "main" }), label(0, "a", { aspect: "safety" })];
  expect(await win_rate(mixed, { aspect: "safety" })).toBe(0);
});

test("the sign test is exact and two-sided; ties say nothing", async () => {
  expect(await sign_test(labels(8, 2))).toBeCloseTo(0.109375, 12);
  expect(await sign_test(labels(2, 8, 5))).toBeCloseTo(0.109375, 12);
  expect(await sign_test(labels(5, 5))).toBe(1);
  expect(await sign_test([])).toBe(1);
  expect(await sign_test(labels(900, 700))).toBeCloseTo(6.319484959e-7, 15);
});

test("the bootstrap draws prompts, so labels of one prompt are no independent evidence", async () => {
  const spread = ({ low, high }: { low: number; high: number }) => high - low;
  const apart = labels(60, 40);
  const few = Array.from({ length: 100 }, (_, i) => label(i % 10 < 6 ? 1 : 0, `p${i % 10}`));
  const wide = await win_rate_interval(few, {});
  expect(spread(await win_rate_interval(apart, {}))).toBeCloseTo(2 * 1.96 * Math.sqrt(0.24 / 100), 1);
  expect(spread(wide)).toBeGreaterThan(2.5 * spread(await win_rate_interval(apart, {})));
  expect(wide).toEqual(await win_rate_interval(few, {}));
});

test("a place that always wins has a skew of a half, and is found inconsistent", async () => {
  const shown = (left: string, right: string, p: number) => ({ prompt: "a", left: { text: left }, right: { text: right }, p });
  const side = [shown("x", "y", 1), shown("y", "x", 1)];
  expect(await position_skew(side)).toBe(0.5);
  expect(await position_skew(side.map((row) => ({ ...row, p: 0 })))).toBe(-0.5);
  expect(await consistency(side)).toBe(0);
  expect(await consistency([shown("x", "y", 1), shown("y", "x", 0), shown("v", "w", 1)])).toBe(1);
});

test("agreement: the literature's worked examples", async () => {
  // Krippendorff 2011: three coders, fifteen units, 0.691 for nominal data.
  const coders = ["*****341211 33*3", "1*213343******* ", "**21344*2113 3*4"].map((line) =>
    line.replaceAll(" ", "").padEnd(15, "*"),
  );
  const units = Array.from({ length: 15 }, (_, i) => coders.flatMap((line) => (line[i] === "*" ? [] : [Number(line[i])])));
  expect(krippendorff(units)).toBeCloseTo(0.691, 3);
  // Fleiss 1971, table 1 as it is usually given: fourteen raters, ten subjects, five classes: 0.210.
  const table = ["0 0 0 0 14", "0 2 6 4 2", "0 0 3 5 6", "0 3 9 2 0", "2 2 8 1 1", "7 7 0 0 0", "3 2 6 3 0", "2 5 3 2 2", "6 5 2 1 0", "0 2 2 3 7"]; // biome-ignore format: a table
  const verdicts = table.map((line) => line.split(" ").flatMap((n, verdict) => Array.from({ length: Number(n) }, () => verdict)));
  expect(fleiss(verdicts)).toBeCloseTo(0.21, 3);
  // Two readers of fifty proposals: both yes 20, both no 15, apart 5 and 10: 0.4.
  const both = [[1, 1, 20], [1, 0, 5], [0, 1, 10], [0, 0, 15]] as const; // biome-ignore format: a table
  expect(cohen(both.flatMap(([a, b, n]) => Array.from({ length: n }, () => new Map([["a", a], ["b", b]]))))).toBeCloseTo(0.4, 12); // biome-ignore format: one call
});

test("agreement of rows: a pair seen the other way round is the same pair; nobody twice is refused", async () => {
  const said = (annotator: string, p: number, turned = false, prompt = "a") =>
    turned
      ? { prompt, left: { text: "y" }, right: { text: "x" }, p: 1 - p, annotator }
      : { prompt, left: { text: "x" }, right: { text: "y" }, p, annotator };
  const rows = [said("ann", 1), said("bob", 1, true), said("ann", 0, false, "b"), said("bob", 0, true, "b")];
  for (const by of ["krippendorff", "fleiss", "cohen"] as const) expect(await agreement(rows, { by })).toBeCloseTo(1, 12);
  await expect(agreement([said("ann", 1)])).rejects.toThrow("agreement: no pair has labels of two annotators.");
});
