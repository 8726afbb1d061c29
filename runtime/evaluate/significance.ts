/**
 * Whether the difference of two systems on the same queries may be chance, how far a mean can be trusted, and what several comparisons at once cost.
 * Numbers depend on the values and the seed alone. Knows nothing of what was measured. Tests of retrieval: Smucker, Allan and Carterette 2007.
 */
import { NeuroError } from "../error.ts";
import { mean } from "../numbers.ts";
import { type Seed, stream } from "../random.ts";

/** How a difference is tested: random swaps of the two systems, resampled queries, or Student's t. */
export type Test = "permutation" | "bootstrap" | "t";
export type TestOptions = { readonly draws?: number; readonly seed?: Seed };

/** Differences that are equal but for the order of their sums. */
const alike = 1e-12;

/**
 * The two-sided chance of a mean difference so large if the systems were equal. Values are paired: the i-th of both belong to one query. 1 where nothing differs.
 * Throws `values_unpaired`.
 */
export function pairedTest(
  a: readonly number[],
  b: readonly number[],
  by: Test = "permutation",
  options: TestOptions = {},
): number {
  if (a.length !== b.length)
    throw new NeuroError("values_unpaired", `A paired test needs as many values of both, not ${a.length} and ${b.length}.`, {
      hint: "Measure both on the same queries.",
    });
  const differences = a.map((value, i) => value - b[i]!);
  if (differences.every((each) => each === 0)) return 1;
  return by === "t"
    ? studentTest(differences)
    : by === "bootstrap"
      ? bootstrapTest(differences, options)
      : permutationTest(differences, options);
}

/** Up to this many differences all 2^n ways to swap are looked at, and the chance is exact. */
const exact = 16;

/**
 * Fisher's randomisation test: how often swapping the systems at random, query by query, makes a difference as large. The observed one counts as one of
 * the draws (Davison and Hinkley 1997), so the chance is never 0.
 */
function permutationTest(differences: readonly number[], { draws = 10_000, seed = 0 }: TestOptions): number {
  const some = differences.filter((each) => each !== 0);
  const observed = Math.abs(sum(some));
  const limit = observed - alike * Math.max(1, observed);
  if (some.length <= exact) {
    let as = 0;
    const ways = 2 ** some.length;
    for (let way = 0; way < ways; way++) {
      let total = 0;
      for (let i = 0; i < some.length; i++) total += (way >> i) & 1 ? some[i]! : -some[i]!;
      if (Math.abs(total) >= limit) as++;
    }
    return as / ways;
  }
  const random = stream(seed, "permutation");
  let as = 1;
  for (let draw = 0; draw < draws; draw++) {
    let total = 0;
    let bits = 0;
    for (let i = 0; i < some.length; i++) {
      bits = i % 32 === 0 ? random.bits() : bits >>> 1;
      total += bits & 1 ? some[i]! : -some[i]!;
    }
    if (Math.abs(total) >= limit) as++;
  }
  return as / (draws + 1);
}

/**
 * The randomisation test of a number over all rows that is no mean of theirs, such as F1 over shares: how often swapping the two systems' rows at random
 * makes their difference as large. Throws `values_unpaired`.
 */
export function sharedTest<T>(
  a: readonly T[],
  b: readonly T[],
  of: (rows: readonly T[]) => number,
  { draws = 2_000, seed = 0 }: TestOptions = {},
): number {
  if (a.length !== b.length)
    return pairedTest(
      a.map(() => 0),
      b.map(() => 0),
    );
  const observed = Math.abs(of(a) - of(b));
  if (observed === 0) return 1;
  const random = stream(seed, "shared permutation");
  let as = 1;
  for (let draw = 0; draw < draws; draw++) {
    const swaps = a.map(() => random.bits() & 1);
    const left = a.map((one, i) => (swaps[i] ? b[i]! : one));
    const right = b.map((one, i) => (swaps[i] ? a[i]! : one));
    if (Math.abs(of(left) - of(right)) >= observed - alike) as++;
  }
  return as / (draws + 1);
}

/** Resamples queries from differences that were moved to mean zero (Efron and Tibshirani 1993, section 16.4). */
function bootstrapTest(differences: readonly number[], { draws = 10_000, seed = 0 }: TestOptions): number {
  const observed = mean(differences);
  const centred = differences.map((each) => each - observed);
  const random = stream(seed, "bootstrap test");
  const limit = Math.abs(observed) - alike;
  let as = 1;
  for (let draw = 0; draw < draws; draw++) {
    let total = 0;
    for (let i = 0; i < centred.length; i++) total += centred[random.below(centred.length)]!;
    if (Math.abs(total / centred.length) >= limit) as++;
  }
  return as / (draws + 1);
}

/** The paired t-test: the mean difference over its standard error, n - 1 degrees of freedom. */
function studentTest(differences: readonly number[]): number {
  const count = differences.length;
  if (count < 2) return 1;
  const middle = mean(differences);
  const variance = sum(differences.map((each) => (each - middle) ** 2)) / (count - 1);
  if (variance === 0) return 0;
  const t = middle / Math.sqrt(variance / count);
  return incompleteBeta((count - 1) / (count - 1 + t * t), (count - 1) / 2, 0.5);
}

/** An interval of a mean. */
export type Interval = { readonly low: number; readonly high: number };

/** Where the mean lies at a level of trust, by the bootstrap over queries (Efron 1979, percentiles). Both ends are the mean where there is one value. */
export function meanInterval(
  values: readonly number[],
  { level = 0.95, draws = 2_000, seed = 0 }: TestOptions & { readonly level?: number } = {},
): Interval {
  return interval(values.length, (rows) => sum(rows.map((i) => values[i]!)) / rows.length, { level, draws, seed });
}

/** The bootstrap interval of any number over rows, given by the places of those drawn. Of no rows both ends are 0. */
export function interval(
  count: number,
  of: (rows: readonly number[]) => number,
  { level = 0.95, draws = 2_000, seed = 0 }: TestOptions & { readonly level?: number } = {},
): Interval {
  if (count === 0) return { low: 0, high: 0 };
  const random = stream(seed, "interval");
  const drawn = Array.from({ length: draws }, () => of(Array.from({ length: count }, () => random.below(count)))).sort(
    (x, y) => x - y,
  );
  const at = (share: number): number => drawn[Math.min(draws - 1, Math.max(0, Math.round(share * (draws - 1))))]!;
  return { low: at((1 - level) / 2), high: at((1 + level) / 2) };
}

/** What is done about asking several times: Holm 1979 (never weaker than Bonferroni), Bonferroni, or nothing. */
export type Correction = "holm" | "bonferroni" | "none";

/** The chances, so corrected that one of them below 5% is a mistake in at most 5% of such tables. In their own order, at most 1. */
export function corrected(chances: readonly number[], by: Correction = "holm"): number[] {
  const count = chances.length;
  if (by === "none") return [...chances];
  if (by === "bonferroni") return chances.map((p) => Math.min(1, p * count));
  const order = chances.map((_, i) => i).sort((i, j) => chances[i]! - chances[j]!);
  const adjusted = new Array<number>(count);
  let least = 0;
  for (const [rank, i] of order.entries()) {
    least = Math.max(least, Math.min(1, chances[i]! * (count - rank)));
    adjusted[i] = least;
  }
  return adjusted;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The regularised incomplete beta function I_x(a, b), by its continued fraction (Press et al., Numerical Recipes, section 6.4). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x)) / a;
  const tiny = 1e-300;
  const safe = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / safe(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / safe(1 + even * d);
    c = safe(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / safe(1 + odd * d);
    c = safe(1 + odd / c);
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return front * h;
}

/** Lanczos' series (g = 7, n = 9), to about 1e-15. */
function logGamma(x: number): number {
  const series = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const t = x + 6.5;
  const total = series.reduce((all, each, i) => (i === 0 ? each : all + each / (x - 1 + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(total);
}
