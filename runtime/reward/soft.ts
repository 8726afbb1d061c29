/**
 * `soft(c, by: w)`: 1 where the comparison holds, exp(-distance / w) where it does not, the indicator as w goes to 0; so that
 * samples outside a window still differ. It knows comparisons of numbers only: the compiler takes the comparison apart.
 * Source: language reference, section Operators; the talk's smoothed indicators.
 */

/** One comparison, as the compiler writes it. `whole`: both sides are whole numbers, so that `> 6` means `>= 7`. */
export type Comparison =
  | {
      readonly left: number;
      readonly op: "<" | "<=" | ">" | ">=" | "==" | "!=";
      readonly right: number;
      readonly whole?: boolean;
    }
  | { readonly left: number; readonly op: "in"; readonly from: number; readonly to: number };

/** How far the left side is from making the comparison true; 0 where it holds. In the unit of the comparison. */
export function distance(c: Comparison): number {
  const step = "whole" in c && c.whole ? 1 : 0;
  switch (c.op) {
    case "in":
      return Math.max(0, c.from - c.left, c.left - c.to);
    case "<":
      return Math.max(0, c.left - c.right + step);
    case "<=":
      return Math.max(0, c.left - c.right);
    case ">":
      return Math.max(0, c.right - c.left + step);
    case ">=":
      return Math.max(0, c.right - c.left);
    case "==":
      return Math.abs(c.left - c.right);
    case "!=":
      return c.left === c.right ? step : 0;
  }
}

/** Whether the comparison holds. */
export function holds(c: Comparison): boolean {
  if (c.op === "in") return c.left >= c.from && c.left <= c.to;
  const { left, right } = c;
  return {
    "<": left < right,
    "<=": left <= right,
    ">": left > right,
    ">=": left >= right,
    "==": left === right,
    "!=": left !== right,
  }[c.op];
}

/** The width that `by:` has when it is not given: half of a range's width, a quarter of a bound, at least 1. */
export function defaultWidth(c: Comparison): number {
  return Math.max(1, c.op === "in" ? (c.to - c.from) / 2 : Math.abs(c.right) / 4);
}

/**
 * The smoothed indicator of a comparison, in 0..1.
 * `logistic` is the product of two logistics (one for a bound) scaled to a peak of 1: sigma((x - lo) / w) sigma((hi - x) / w) / sigma((hi - lo) / 2w)^2.
 */
export function soft(c: Comparison, options: { by?: number; shape?: "exponential" | "logistic" } = {}): number {
  const width = options.by ?? defaultWidth(c);
  if (options.shape !== "logistic") return width === 0 ? Number(holds(c)) : holds(c) ? 1 : Math.exp(-distance(c) / width);
  if (c.op === "in") {
    const peak = logistic((c.to - c.from) / (2 * width)) ** 2;
    return (logistic((c.left - c.from) / width) * logistic((c.to - c.left) / width)) / peak;
  }
  if (c.op === ">" || c.op === ">=") return logistic((c.left - c.right) / width);
  if (c.op === "<" || c.op === "<=") return logistic((c.right - c.left) / width);
  return soft(c, { by: width });
}

/** The indicator as a number: 1 when it holds, else 0. */
export function hard(c: boolean): number {
  return c ? 1 : 0;
}

function logistic(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}
