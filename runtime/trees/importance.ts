/** Which columns a model's numbers depend on: by its leaves alone, or by what the loss loses without a column. */
import { type Seed, stream } from "../random.ts";
import type { Loss } from "./losses.ts";
import { columnsOf, type Forest } from "./model.ts";
import { scorerOf } from "./score.ts";
import type { Table } from "./table.ts";

/**
 * How much predictions change with each column, in hundredths of all (CatBoost's PredictionValuesChange): for each question, over the pairs of leaves that
 * only its answer tells apart, the weighted squares of their distance to their mean. Leaves without weights count alike.
 */
export function importance(forest: Forest): Float64Array {
  const sums = new Float64Array(columnsOf(forest));
  for (const { splits, leaves, weights } of forest.trees)
    for (const [level, { feature }] of splits.entries()) {
      const column = forest.features[feature]!.column;
      for (let low = 0; low < leaves.length; low++) {
        const high = low | (1 << level);
        if (high === low) continue;
        const [a, b] = [weights?.[low] ?? 1, weights?.[high] ?? 1];
        if (a + b > 0) sums[column]! += ((a * b) / (a + b)) * (leaves[low]! - leaves[high]!) ** 2;
      }
    }
  const all = sums.reduce((sum, one) => sum + one, 0);
  return sums.map((sum) => (all > 0 ? (100 * sum) / all : 0));
}

/**
 * How much worse the loss is on a table when a column's values change places with those of other rows (Breiman 2001, section 10): 0 for a column that says
 * nothing, and, by chance, around it.
 */
export function lossChange(forest: Forest, table: Table, loss: Loss, seed: Seed = 0): Float64Array {
  const scorer = scorerOf(forest);
  const measured = (columns: readonly Float32Array[]) => {
    const value = loss.measure(table, scorer.score(columns, table.target.length));
    return loss.better === "lower" ? value : -value;
  };
  const whole = measured(table.columns);
  return Float64Array.from(table.columns, (values, column) => {
    const draw = stream(seed, "importance", column);
    const mixed = values.slice();
    for (let at = mixed.length - 1; at > 0; at--) {
      const other = draw.below(at + 1);
      [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
    }
    return measured(table.columns.map((own, at) => (at === column ? mixed : own))) - whole;
  });
}
