/**
 * The mathematics of a spec on plain numbers and lists of them, as rewards and recipes use it: the same rules as on tensors (the mean of
 * none is 0, a list of truths is counted by its true ones).
 */
import { NeuroError } from "./error.ts";

type Numbers = number | readonly (number | boolean)[];

const listed = (given: readonly Numbers[]): number[] => given.flat().map(Number);

/** The sum; 0 of none. */
export const sum = (...given: readonly Numbers[]): number => listed(given).reduce((total, x) => total + x, 0);

/** How many numbers there are; of truths, how many are true. */
export function count(list: readonly unknown[]): number {
  return list.length > 0 && list.every((one) => typeof one === "boolean") ? list.filter(Boolean).length : list.length;
}

/** The mean; 0 of none. */
export const mean = (...given: readonly Numbers[]): number => sum(...given) / Math.max(1, listed(given).length);

/** The standard deviation of a whole population; 0 of none. */
export function std(...given: readonly Numbers[]): number {
  const middle = mean(...given);
  return Math.sqrt(mean(listed(given).map((x) => (x - middle) ** 2)));
}

/** The smallest; infinity of none. */
export const min = (...given: readonly Numbers[]): number =>
  listed(given).reduce((least, x) => Math.min(least, x), Number.POSITIVE_INFINITY);

/** The largest; minus infinity of none. */
export const max = (...given: readonly Numbers[]): number =>
  listed(given).reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY);

/** The place of the largest, counted from 0; the first among equals. */
export const argmax = (list: readonly number[]): number => list.indexOf(max(list));

/** Whether any is true. */
export const any = (list: readonly boolean[]): boolean => list.some(Boolean);

/** Whether all are true. */
export const all = (list: readonly boolean[]): boolean => list.every(Boolean);

/** log(sum(exp(x))) without overflow; minus infinity of none. */
export function logsumexp(...given: readonly Numbers[]): number {
  const top = max(...given);
  return Number.isFinite(top) ? top + Math.log(sum(listed(given).map((x) => Math.exp(x - top)))) : top;
}

/** x held within a range. */
export const clip = (x: number, from: number, to: number): number => Math.min(Math.max(x, from), to);

/** 1 / (1 + exp(-x)). */
export const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

/** log(1 + exp(x)). */
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** max(x, 0). */
export const relu = (x: number): number => Math.max(x, 0);

/**
 * The value that a share of the numbers lies below, interpolated straight between neighbours (Hyndman and Fan 1996, type 7): the reference of a
 * transformed reward (Wang et al. 2024, arXiv 2402.00742). Throws `quantile_of_none`.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0 || !sorted.every(Number.isFinite)) {
    const what = sorted.length === 0 ? "There are no numbers" : "There are numbers that are not finite";
    throw new NeuroError("quantile_of_none", `${what} to take a quantile of.`, { hint: "Look at the step that made the rows." });
  }
  const at = (sorted.length - 1) * clip(share, 0, 1);
  const low = sorted[Math.floor(at)]!;
  return low + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - low);
}
