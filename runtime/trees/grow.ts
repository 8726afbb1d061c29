/**
 * One symmetric tree, level by level: of all borders of all features, the one whose question, asked in every leaf, leaves the leaves worth most. Sums of
 * slopes and curvatures by byte make each feature one pass over the rows. Knows nothing of losses.
 */
import type { Slopes } from "./losses.ts";
import type { Split } from "./model.ts";

/**
 * What leaves are worth. With G the sum of slopes of a leaf, W of its curvatures and a = G / (W + l2): `l2` is the sum of G * a; `cosine` is the sum of G * a
 * over the root of the sum of W * a * a, how well the leaves point where the slopes do.
 */
export type Scoring = "cosine" | "l2";

export type Growing = {
  readonly bins: readonly Uint8Array[];
  /** Borders of each feature. */
  readonly borders: readonly number[];
  readonly depth: number;
  readonly l2: number;
  readonly score: Scoring;
  /** Added to the worth of a feature's border; 0 for none. */
  readonly noise: (level: number, feature: number, border: number) => number;
};

/** The splits, and for each row its leaf. Fewer levels than asked for where no border tells rows apart. */
export function grown(growing: Growing, slopes: Slopes): { splits: Split[]; leaf: Uint16Array } {
  const leaf = new Uint16Array(slopes.slope.length);
  const splits: Split[] = [];
  for (let level = 0; level < growing.depth; level++) {
    const found = bestSplit(growing, slopes, leaf, level, splits);
    if (found === undefined) break;
    splits.push(found);
    const bins = growing.bins[found.feature]!;
    for (let i = 0; i < leaf.length; i++) if (bins[i]! > found.border) leaf[i]! |= 1 << level;
  }
  return { splits, leaf };
}

function bestSplit(
  growing: Growing,
  slopes: Slopes,
  leaf: Uint16Array,
  level: number,
  before: readonly Split[],
): Split | undefined {
  let best: Split | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const [feature, bins] of growing.bins.entries()) {
    const borders = growing.borders[feature]!;
    if (borders === 0) continue;
    const sums = summed(bins, slopes, leaf, borders + 1, 1 << level);
    const worths = borderWorths(sums, borders, 1 << level, growing);
    for (let border = 0; border < borders; border++) {
      if (Number.isNaN(worths[border]!)) continue;
      const worth = worths[border]! + growing.noise(level, feature, border);
      if (worth > most && !before.some((split) => split.feature === feature && split.border === border)) {
        most = worth;
        best = { feature, border };
      }
    }
  }
  return best;
}

/** Slopes and curvatures by leaf and byte, two numbers each. */
function summed(bins: Uint8Array, { slope, curve }: Slopes, leaf: Uint16Array, size: number, leaves: number): Float64Array {
  const sums = new Float64Array(2 * size * leaves);
  for (let i = 0; i < bins.length; i++) {
    const at = 2 * (leaf[i]! * size + bins[i]!);
    sums[at]! += slope[i]!;
    sums[at + 1]! += curve[i]!;
  }
  return sums;
}

/** The worth of all leaves after each border; NaN where it parts no rows that count. */
function borderWorths(sums: Float64Array, borders: number, leaves: number, { l2, score }: Growing): Float64Array {
  const gains = new Float64Array(borders);
  const norms = new Float64Array(borders);
  const parts = new Uint8Array(borders);
  for (let leaf = 0; leaf < leaves; leaf++) {
    const from = 2 * leaf * (borders + 1);
    let [allG, allW] = [0, 0];
    for (let bin = 0; bin <= borders; bin++) {
      allG += sums[from + 2 * bin]!;
      allW += sums[from + 2 * bin + 1]!;
    }
    let [lowG, lowW] = [0, 0];
    for (let border = 0; border < borders; border++) {
      lowG += sums[from + 2 * border]!;
      lowW += sums[from + 2 * border + 1]!;
      const [highG, highW] = [allG - lowG, allW - lowW];
      if (lowW > 0 && highW > 1e-12 * allW) parts[border] = 1;
      const a = lowW + l2 > 0 ? lowG / (lowW + l2) : 0;
      const b = highW + l2 > 0 && highW > 1e-12 * allW ? highG / (highW + l2) : 0;
      gains[border]! += lowG * a + highG * b;
      norms[border]! += lowW * a * a + highW * b * b;
    }
  }
  return gains.map((gain, border) => {
    if (parts[border] === 0) return Number.NaN;
    if (score === "l2") return gain;
    return norms[border]! > 0 ? gain / Math.sqrt(norms[border]!) : 0;
  });
}
