/** A claim is a sentence of the literature, a spec that tries it in small, and what its runs say of it. Knows nothing of how runs are made. */
import type { Gathered } from "../../runtime/train/report/gathered.ts";
import type { Panel } from "./picture.ts";

/** What one run of one recipe wrote down: `name` is the recipe, `seed` the seed; what it plotted, reported and measured while it fitted. */
export type Told = Gathered;

/** A folder's `claim.ts` exports this as its default; its `main.neuro` is what is run: every recipe, with every seed. */
export type Claim = {
  /** The claim in a sentence. */
  readonly says: string;
  /** Whose it is: paper and section. */
  readonly source: string;
  /** Seeds of the runs; 1 to 5 where nothing is said. */
  readonly seeds?: readonly number[];
  /** The recipes that are run; all of the spec where nothing is said. */
  readonly recipes?: readonly string[];
  /** The recipes that the default suite begins instead, where the claim's own ask models for long between their fits. */
  readonly look?: readonly string[];
  /** What the runs say: they come by recipe, then by seed. */
  conclude(runs: readonly Told[]): Conclusion;
};

/** What is written down of a claim. */
export type Conclusion = {
  readonly verdict: "reproduced" | "reproduced in part" | "not reproduced";
  /** Why, with the numbers; where it does not reproduce, what the reason may be. */
  readonly because: string;
  readonly table: Table;
  readonly panels: readonly Panel[];
  /** What a reader should know of how it was tried: sizes, what was left out. Markdown. */
  readonly setting: string;
};

/** A table of the page; numbers are shown in four figures, estimates with their interval. */
export type Table = { readonly head: readonly string[]; readonly rows: readonly (readonly (string | number | Estimate)[])[] };

/** A mean over seeds with its 95% interval. */
export type Estimate = { readonly mean: number; readonly low: number; readonly high: number; readonly count: number };

/** The 97.5% points of Student's t for 1 to 30 degrees of freedom; beyond those the normal's. */
const student = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101,
  2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** The mean of independent values and its 95% interval by Student's t; of one value, or of equal ones, the interval is that value. */
export function estimate(values: readonly number[]): Estimate {
  const count = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / count;
  if (count < 2) return { mean, low: mean, high: mean, count };
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (count - 1);
  const half = (student[count - 2] ?? 1.96) * Math.sqrt(variance / count);
  return { mean, low: mean - half, high: mean + half, count };
}

/** The runs of a recipe, by seed. */
export const runsOf = (runs: readonly Told[], recipe: string): Told[] => runs.filter(({ name }) => name === recipe);

/** The last number that a run reported or plotted under a name. Throws where it told none. */
export function last(run: Told, name: string): number {
  const reported = run.reports.findLast((report) => typeof report[name] === "number")?.[name];
  const value = reported ?? run.plots.find((curve) => curve.name === name)?.points.at(-1)?.[1];
  if (typeof value !== "number") throw new Error(`the recipe ${run.name} told no ${name}`);
  return value;
}

/** The points that a run plotted under a name. */
export const plotted = (run: Told, name: string): readonly (readonly [x: number, y: number])[] =>
  run.plots.find((curve) => curve.name === name)?.points ?? [];

/** The points of a metric of a run's fit (`which` counts the fits that have it, from 0): the metrics of each step, such as `reward`, `kl`, `loss`. */
export const fitted = (run: Told, name: string, which = 0): readonly (readonly [x: number, y: number])[] =>
  run.fits.flatMap(({ curves }) => curves.filter((curve) => curve.name === name)).at(which)?.points ?? [];

/** Curves of several seeds at the places that all have: the mean at each, with its interval. */
export function together(curves: readonly (readonly (readonly [x: number, y: number])[])[]): { x: number; y: Estimate }[] {
  const [first = [], ...others] = curves;
  const rest = others.map((points) => new Map(points));
  return first
    .filter(([x]) => rest.every((points) => points.has(x)))
    .map(([x, y]) => ({ x, y: estimate([y, ...rest.map((points) => points.get(x)!)]) }));
}

/** A curve smoothed for the eye and for thresholds: at each place, the mean of the last `wide` points. */
export const trailing = (points: readonly (readonly [x: number, y: number])[], wide: number): (readonly [number, number])[] =>
  points.map(([x], i) => {
    const part = points.slice(Math.max(0, i + 1 - wide), i + 1);
    return [x, part.reduce((sum, [, y]) => sum + y, 0) / part.length] as const;
  });

/** A number of a table, or a mean with half of its interval: `0.812 ± 0.013`. */
export function shown(value: string | number | Estimate): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return figures(value);
  const half = (value.high - value.low) / 2;
  return value.count < 2 ? figures(value.mean) : `${figures(value.mean)} ± ${figures(half, 2)}`;
}

/** Three figures, whole numbers as they are. */
export const figures = (value: number, most = 3): string =>
  Number.isInteger(value) ? String(value) : Math.abs(value) < 5e-4 ? "0.000" : String(Number(value.toPrecision(most)));
