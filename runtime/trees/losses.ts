/**
 * What trees are trained to lower, group by group: its slope and curvature at the present scores, and what it is worth. Names and formulas as CatBoost's
 * (docs/en/concepts/loss-functions-ranking.md; YetiRank: Gulin, Kuralenok and Pavlov 2011). Knows nothing of trees.
 */
import type { Stream } from "../random.ts";
import type { Table } from "./table.ts";

/** Slopes (of what is gained, so downhill for the loss) and curvatures of rows, added to, not set. */
export type Slopes = { readonly slope: Float64Array; readonly curve: Float64Array };

/** A loss. Rows `from` .. `to - 1` of a table are one group. */
export type Loss = {
  readonly name: string;
  /** Scores begin at the mean of the targets instead of 0. */
  readonly fromMean: boolean;
  /** Adds a group's slopes and curvatures; `draw` is what randomness it may use. */
  add(table: Table, scores: Float64Array, from: number, to: number, into: Slopes, draw: () => Stream): void;
  /** What `better` orders: a number for the whole table. */
  measure(table: Table, scores: Float64Array): number;
  readonly better: "lower" | "higher";
};

/** The losses by name. */
export const losses = { rmse: rmse(), query_rmse: queryRmse(), pair_logit: pairLogit(), yetirank: yetiRank() } as const;
export type LossName = keyof typeof losses;

/** Square root of the mean squared difference. */
function rmse(): Loss {
  return {
    name: "rmse",
    fromMean: true,
    better: "lower",
    add({ target, weights }, scores, from, to, { slope, curve }) {
      for (let i = from; i < to; i++) {
        slope[i]! += weights[i]! * (target[i]! - scores[i]!);
        curve[i]! += weights[i]!;
      }
    },
    measure: (table, scores) => rootMean(table, scores, () => 0),
  };
}

/** As rmse, after the mean difference of each group is taken off: only differences within a group count. */
function queryRmse(): Loss {
  return {
    name: "query_rmse",
    fromMean: false,
    better: "lower",
    add(table, scores, from, to, { slope, curve }) {
      const mean = meanDifference(table, scores, from, to);
      for (let i = from; i < to; i++) {
        slope[i]! += table.weights[i]! * (table.target[i]! - scores[i]! - mean);
        curve[i]! += table.weights[i]!;
      }
    },
    measure: (table, scores) => rootMean(table, scores, (from, to) => meanDifference(table, scores, from, to)),
  };
}

function meanDifference({ target, weights }: Table, scores: Float64Array, from: number, to: number): number {
  let [sum, weight] = [0, 0];
  for (let i = from; i < to; i++) {
    sum += weights[i]! * (target[i]! - scores[i]!);
    weight += weights[i]!;
  }
  return weight > 0 ? sum / weight : 0;
}

function rootMean(table: Table, scores: Float64Array, shift: (from: number, to: number) => number): number {
  let [sum, weight] = [0, 0];
  eachGroup(table, (from, to) => {
    const off = shift(from, to);
    for (let i = from; i < to; i++) {
      sum += table.weights[i]! * (table.target[i]! - scores[i]! - off) ** 2;
      weight += table.weights[i]!;
    }
  });
  return weight > 0 ? Math.sqrt(sum / weight) : 0;
}

/** Calls `each` with the rows of every group. */
export function eachGroup({ groups }: Table, each: (from: number, to: number, group: number) => void): void {
  for (let group = 0; group + 1 < groups.length; group++) each(groups[group]!, groups[group + 1]!, group);
}

/** -log σ(winner - loser) for every pair of a group whose targets differ; a pair weighs the mean of its rows. */
function pairLogit(): Loss {
  return {
    name: "pair_logit",
    fromMean: false,
    better: "lower",
    add({ target, weights }, scores, from, to, into) {
      for (let i = from; i < to; i++)
        for (let j = i + 1; j < to; j++) {
          const weight = (weights[i]! + weights[j]!) / 2;
          if (target[i]! > target[j]!) addPair(i, j, weight, scores, into);
          else if (target[j]! > target[i]!) addPair(j, i, weight, scores, into);
        }
    },
    measure(table, scores) {
      let [sum, all] = [0, 0];
      eachGroup(table, (from, to) => {
        for (let i = from; i < to; i++)
          for (let j = from; j < to; j++) {
            if (!(table.target[i]! > table.target[j]!)) continue;
            const weight = (table.weights[i]! + table.weights[j]!) / 2;
            const ahead = scores[i]! - scores[j]!;
            sum += weight * (Math.max(0, -ahead) + Math.log1p(Math.exp(-Math.abs(ahead))));
            all += weight;
          }
      });
      return all > 0 ? sum / all : 0;
    },
  };
}

/** The slope and curvature of -weight * log σ(winner - loser). */
function addPair(winner: number, loser: number, weight: number, scores: Float64Array, { slope, curve }: Slopes): void {
  const wrong = 1 / (1 + Math.exp(scores[winner]! - scores[loser]!));
  slope[winner]! += weight * wrong;
  slope[loser]! -= weight * wrong;
  curve[winner]! += weight * wrong * (1 - wrong);
  curve[loser]! += weight * wrong * (1 - wrong);
}

/**
 * YetiRank as CatBoost runs it on a processor: the group is put in order by noisy scores (logistic noise) ten times, and each two neighbours are a pair of
 * pairLogit that weighs 0.15 * 0.99^place * |difference of targets|. Worth: nDCG of the first ten, gains linear.
 */
function yetiRank(permutations = 10, decay = 0.99): Loss {
  return {
    name: "yetirank",
    fromMean: false,
    better: "higher",
    add({ target, weights }, scores, from, to, into, draw) {
      const random = draw();
      const order = Array.from({ length: to - from }, (_, at) => from + at);
      const noisy = new Float64Array(to - from);
      for (let round = 0; round < permutations; round++) {
        for (let i = from; i < to; i++) {
          const u = (random.bits() + 0.5) / 2 ** 32;
          noisy[i - from] = scores[i]! + Math.log(u / (1.000001 - u));
        }
        order.sort((a, b) => noisy[b - from]! - noisy[a - from]! || a - b);
        for (let place = 1; place < order.length; place++) {
          const [a, b] = [order[place - 1]!, order[place]!];
          const apart = target[a]! - target[b]!;
          if (apart === 0) continue;
          const weight = ((0.15 * decay ** (place - 1) * Math.abs(apart)) / permutations) * ((weights[a]! + weights[b]!) / 2);
          addPair(apart > 0 ? a : b, apart > 0 ? b : a, weight, scores, into);
        }
      }
    },
    measure: (table, scores) => ndcg(table, scores, 10),
  };
}

/**
 * Mean over groups of the discounted gain of the `top` best by score against the best there is; gains are targets less the group's least, equal scores keep
 * their order, and a group whose targets are all equal does not count. 0 where no group counts.
 */
export function ndcg(table: Table, scores: Float64Array, top: number): number {
  let [sum, count] = [0, 0];
  eachGroup(table, (from, to) => {
    const rows = Array.from({ length: to - from }, (_, at) => from + at);
    const least = rows.reduce((low, row) => Math.min(low, table.target[row]!), Number.POSITIVE_INFINITY);
    const gained = (by: Float64Array) =>
      [...rows]
        .sort((a, b) => by[b]! - by[a]! || a - b)
        .slice(0, top)
        .reduce((gain, row, place) => gain + (table.target[row]! - least) / Math.log2(place + 2), 0);
    const ideal = gained(table.target);
    if (ideal > 0) {
      sum += gained(scores) / ideal;
      count += 1;
    }
  });
  return count > 0 ? sum / count : 0;
}
