/** Numbers into bytes: the borders between the values of a column, and how many of them lie below each value. Knows no targets. */
import { type Feature, largest, type Missing } from "./model.ts";

/**
 * How borders are chosen. `greedy_log_sum` halves the part whose halving adds most to the sum of the logarithms of the parts' counts, as CatBoost does
 * by default; `quantiles` gives parts that are as even as equal values allow.
 */
export type Bordering = "greedy_log_sum" | "quantiles";

/** A border per byte value, one of them kept for missing values. */
export const mostBorders = 254;

/** The feature of a column: at most `most` borders, and one more that keeps missing values apart where there are any. */
export function featureOf(
  name: string,
  column: number,
  values: Float32Array,
  options: { readonly most: number; readonly by: Bordering; readonly missing: Missing },
): Feature {
  const present = values.filter((value) => !Number.isNaN(value)).sort();
  const edges = options.by === "quantiles" ? quantiles(present, options.most) : greedyLogSum(present, options.most);
  const borders = new Set(edges.map((at) => between(present[at - 1]!, present[at]!)));
  if (present.length > 0 && present.length < values.length)
    borders.add(Math.fround(options.missing === "below" ? -largest : largest));
  return { name, column, borders: Float32Array.from(borders).sort(), missing: options.missing };
}

/** A 32-bit float that `low` is not above and `high` is: halfway where there is room. */
function between(low: number, high: number): number {
  const middle = Math.fround(low / 2 + high / 2);
  return middle >= low && middle < high ? middle : low;
}

/** The place where the first value equal to that at `at` stands, or, `after` the last, the place behind it. */
function edge(sorted: Float32Array, at: number, after: boolean): number {
  const value = sorted[at]!;
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (after ? sorted[middle]! <= value : sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function quantiles(sorted: Float32Array, most: number): number[] {
  const edges = new Set<number>();
  for (let i = 1; i <= most; i++) {
    const at = Math.floor((i * sorted.length) / (most + 1));
    if (at >= sorted.length) continue;
    const [before, after] = [edge(sorted, at, false), edge(sorted, at, true)];
    const near = at - before <= after - at && before > 0 ? before : after;
    if (near > 0 && near < sorted.length) edges.add(near);
  }
  return [...edges].sort((a, b) => a - b);
}

/** A part of the sorted values, and where it is best cut; `gain` is -Infinity where all its values are equal. */
type Part = { readonly from: number; readonly to: number; readonly cut: number; readonly gain: number };

function greedyLogSum(sorted: Float32Array, most: number): number[] {
  if (sorted.length === 0) return [];
  const parts = [part(sorted, 0, sorted.length)];
  while (parts.length <= most) {
    const best = parts.reduce((a, b) => (b.gain > a.gain ? b : a));
    if (best.gain === Number.NEGATIVE_INFINITY) break;
    parts.splice(parts.indexOf(best), 1, part(sorted, best.from, best.cut), part(sorted, best.cut, best.to));
  }
  return parts.map(({ to }) => to).filter((to) => to < sorted.length);
}

/** The cut beside the middle value that leaves the halves more even. */
function part(sorted: Float32Array, from: number, to: number): Part {
  const middle = from + ((to - from) >> 1);
  const worth = (cut: number) =>
    cut > from && cut < to ? Math.log(cut - from) + Math.log(to - cut) - Math.log(to - from) : Number.NEGATIVE_INFINITY;
  const [before, after] = [edge(sorted, middle, false), edge(sorted, middle, true)];
  const cut = worth(before) >= worth(after) ? before : after;
  return { from, to, cut, gain: worth(cut) };
}

/** How many borders of the feature each value is above, as a byte. A missing value is above all of them, or none. */
export function binned({ borders, missing }: Feature, values: Float32Array): Uint8Array {
  return Uint8Array.from(values, (value) => {
    if (Number.isNaN(value)) return missing === "above" ? borders.length : 0;
    let [low, high] = [0, borders.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value > borders[middle]!) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}
