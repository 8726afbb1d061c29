/**
 * What people's labels of pairs say, and how far they can be believed: how often the left answer wins, whether that may be chance, whether it is the
 * place that wins, and whether annotators agree. p above 0.5 is a win of the left answer, below it of the right, and 0.5 a tie.
 * Knows nothing of models or files.
 */

import { NeuroError } from "../error.ts";
import { mean } from "../numbers.ts";
import { type Seed, stream } from "../random.ts";
import type { Rows } from "./row.ts";

/** A row of labels: two answers to a prompt and the share that preferred the left one. */
type Label = {
  readonly prompt: unknown;
  readonly left?: { readonly text: string };
  readonly right?: { readonly text: string };
  readonly aspect?: string;
  readonly p: number;
  readonly annotator?: string;
  /** "turned" where whoever judged it saw the sides the other way round. */
  readonly shown?: string;
};
/** Only labels about one aspect; all where it is empty. */
type About = { readonly aspect?: string };

const read = async (rows: Rows, aspect = ""): Promise<Label[]> =>
  (await Array.fromAsync(rows as AsyncIterable<Label>)).filter((row) => aspect === "" || row.aspect === aspect);

/** A row as it was seen: with its sides changed where they were shown the other way round. */
const asShown = (row: Label): Label =>
  row.shown === "turned" && row.left && row.right ? { ...row, left: row.right, right: row.left, p: 1 - row.p } : row;

/** (wins + ties / 2) / all of the left answers; of shares, their mean. 0 of no labels. */
export async function win_rate(rows: Rows, { aspect }: About = {}): Promise<number> {
  return mean((await read(rows, aspect)).map(({ p }) => p));
}

/**
 * The interval of the win rate at a level of trust, by the bootstrap over prompts (Efron 1979, percentiles): labels of one prompt are drawn
 * together, because they are no independent evidence.
 */
export async function win_rate_interval(
  rows: Rows,
  {
    level = 0.95,
    draws = 2_000,
    seed = 0,
    aspect,
  }: { readonly level?: number; readonly draws?: number; readonly seed?: Seed } & About = {},
): Promise<{ low: number; high: number }> {
  const clusters = new Map<string, number[]>();
  for (const { prompt, p } of await read(rows, aspect)) {
    const name = JSON.stringify(prompt);
    clusters.set(name, [...(clusters.get(name) ?? []), p]);
  }
  const all = [...clusters.values()];
  if (all.length === 0) return { low: 0, high: 0 };
  const random = stream(seed, "bootstrap");
  const rates = Array.from({ length: draws }, () => mean(all.flatMap(() => all[random.below(all.length)]!))).sort(
    (a, b) => a - b,
  );
  const at = (share: number): number => rates[Math.min(draws - 1, Math.max(0, Math.round(share * (draws - 1))))]!;
  return { low: at((1 - level) / 2), high: at((1 + level) / 2) };
}

/** The chance of wins and losses at least so unequal if neither side were better (exact, two-sided); ties say nothing. 1 of no labels. */
export async function sign_test(rows: Rows, { aspect }: About = {}): Promise<number> {
  const labels = await read(rows, aspect);
  const wins = labels.filter(({ p }) => p > 0.5).length;
  const losses = labels.filter(({ p }) => p < 0.5).length;
  const [count, fewer] = [wins + losses, Math.min(wins, losses)];
  let term = -count * Math.LN2;
  let tail = Math.exp(term);
  for (let i = 1; i <= fewer; i++) {
    term += Math.log((count - i + 1) / i);
    tail += Math.exp(term);
  }
  return Math.min(1, 2 * tail);
}

/** How much the left place wins beyond a half, -0.5..0.5: where the order was drawn, 0 but for chance. */
export async function position_skew(rows: Rows, options: About = {}): Promise<number> {
  const labels = (await read(rows, options.aspect)).map(asShown);
  return labels.length === 0 ? 0 : mean(labels.map(({ p }) => p)) - 0.5;
}

/** Of pairs that were shown in both orders, the share in which the same answer won both times (or neither); 0 where there is no such pair. */
export async function consistency(rows: Rows, { aspect }: About = {}): Promise<number> {
  const shown = new Map<string, Map<string, number[]>>();
  for (const label of await read(rows, aspect)) {
    const { name, turned } = itemOf(asShown(label));
    const orders = shown.get(name) ?? new Map<string, number[]>();
    shown.set(name, orders);
    const order = turned ? "turned" : "plain";
    orders.set(order, [...(orders.get(order) ?? []), asShown(label).p]);
  }
  const both = [...shown.values()].filter((orders) => orders.size === 2);
  const same = both.filter((orders) => sideOf(mean(orders.get("plain")!)) === -sideOf(mean(orders.get("turned")!)));
  return both.length === 0 ? 0 : same.length / both.length;
}

/**
 * Whether annotators agree beyond chance, 1 for always: Krippendorff's alpha (2011, nominal), which takes any number of annotators and labels that
 * are missing; Fleiss's kappa (1971), for as many labels of each pair; Cohen's kappa (1960), of two annotators. A pair that one saw the other
 * way round is the same pair. 1 where there is but one verdict. Throws `too_few_annotators`.
 */
export async function agreement(
  rows: Rows,
  { by = "krippendorff", aspect }: { readonly by?: "krippendorff" | "fleiss" | "cohen" } & About = {},
): Promise<number> {
  const items = new Map<string, Map<string, number>>();
  for (const label of await read(rows, aspect)) {
    const { name, turned } = itemOf(label);
    const item = items.get(name) ?? new Map<string, number>();
    items.set(name, item);
    item.set(label.annotator ?? String(item.size), turned ? -sideOf(label.p) : sideOf(label.p));
  }
  const verdicts = [...items.values()];
  const lists = verdicts.map((item) => [...item.values()]);
  const found = by === "krippendorff" ? krippendorff(lists) : by === "fleiss" ? fleiss(lists) : cohen(verdicts);
  if (!Number.isNaN(found)) return found;
  throw new NeuroError(
    "too_few_annotators",
    `agreement: no pair${aspect ? ` labelled for ${aspect}` : ""} has labels of two annotators.`,
    {
      hint: "Show some pairs to several people, and keep who said what in `annotator`.",
    },
  );
}

/** 1 for the left answer, -1 for the right one, 0 for neither. */
const sideOf = (p: number): number => Math.sign(p - 0.5);

/** A pair, whichever way round it was shown. */
function itemOf({ prompt, left, right, aspect = "" }: Label): { name: string; turned: boolean } {
  const [a, b] = [left?.text ?? "", right?.text ?? ""];
  const turned = b < a;
  return { name: JSON.stringify([prompt, aspect, ...(turned ? [b, a] : [a, b])]), turned };
}

/** Krippendorff's alpha of nominal verdicts, listed by item; items with fewer than two say nothing. */
export function krippendorff(items: readonly (readonly number[])[]): number {
  const several = items.filter((item) => item.length > 1);
  const totals = countsOf(several.flat());
  const count = several.flat().length;
  const apart = several.reduce((sum, item) => sum + unequal(countsOf(item), item.length) / (item.length - 1), 0);
  const expected = unequal(totals, count) / (count - 1);
  if (count === 0) return Number.NaN;
  return expected === 0 ? 1 : 1 - apart / expected;
}

/** Ordered pairs of different verdicts among `count`. */
const unequal = (counts: ReadonlyMap<number, number>, count: number): number =>
  [...counts.values()].reduce((sum, n) => sum + n * (count - n), 0);

/** Fleiss's kappa: every item has as many verdicts; items that do not are left out. */
export function fleiss(items: readonly (readonly number[])[]): number {
  const raters = Math.max(0, ...items.map((item) => item.length));
  const whole = items.filter((item) => item.length === raters);
  if (raters < 2) return Number.NaN;
  const observed = mean(whole.map((item) => 1 - unequal(countsOf(item), raters) / (raters * (raters - 1))));
  const all = whole.length * raters;
  const chance = [...countsOf(whole.flat()).values()].reduce((sum, n) => sum + (n / all) ** 2, 0);
  return chance === 1 ? 1 : (observed - chance) / (1 - chance);
}

/** Cohen's kappa of the two annotators who labelled most, over the items that both have. */
export function cohen(items: readonly ReadonlyMap<string, number>[]): number {
  const who = countsOf(items.flatMap((item) => [...item.keys()]));
  const [a, b] = [...who].sort(([, n], [, m]) => m - n).map(([name]) => name);
  const both = items.filter((item) => a !== undefined && b !== undefined && item.has(a) && item.has(b));
  if (both.length === 0) return Number.NaN;
  const [left, right] = [both.map((item) => item.get(a!)!), both.map((item) => item.get(b!)!)];
  const observed = mean(left.map((verdict, i) => (verdict === right[i] ? 1 : 0)));
  const others = countsOf(right);
  const chance = [...countsOf(left)].reduce(
    (sum, [verdict, n]) => sum + (n / both.length) * ((others.get(verdict) ?? 0) / both.length),
    0,
  );
  return chance === 1 ? 1 : (observed - chance) / (1 - chance);
}

function countsOf<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
