/**
 * What the best of n answers would earn, told from N that were drawn: without bias and without drawing again, whatever the order in which they came.
 * Source: order statistics of subsets without replacement, as pass@k (Chen et al. 2021, "Evaluating LLMs trained on code", section 2.1) has them
 * for rewards of 0 and 1; the divergence: Stiennon et al. 2020, appendix G.3. Knows nothing of models.
 */
import { NeuroError } from "../error.ts";
import { mean } from "../numbers.ts";
import type { Row, Rows } from "./row.ts";
import { byPrompt } from "./verdicts.ts";

/** The mean over prompts of what the best of `n` of a prompt's answers earns. Throws `too_few_answers` where a prompt has fewer. */
export async function best_of_n(rows: Rows, n: number): Promise<number> {
  const found: number[] = [];
  for await (const group of byPrompt(rows as AsyncIterable<Row>)) {
    if (group.length < n)
      throw new NeuroError(
        "too_few_answers",
        `best_of_n: the prompt number ${found.length + 1} has ${group.length} answers, not ${n}.`,
        {
          hint: `Sample n: ${n} or more of each prompt, or ask for the best of fewer.`,
        },
      );
    found.push(expectedMaximum(group.map(({ reward }) => Number(reward)), n)); // biome-ignore format: one call
  }
  return mean(found);
}

/** The mean, over all subsets of `n` of the values, of their maximum: sum over i of C(i - 1, n - 1) / C(N, n) r_(i), values ascending. */
export function expectedMaximum(values: readonly number[], n: number): number {
  const sorted = [...values].sort((a, b) => b - a);
  // Of the largest the share is n / N; each next is worth (left - n + 1) / left of it.
  let [share, sum, total] = [n / sorted.length, 0, 0];
  for (const [i, value] of sorted.entries()) {
    if (share <= 0) break;
    sum += share * value;
    total += share;
    const left = sorted.length - 1 - i;
    share *= left > 0 ? (left - n + 1) / left : 0;
  }
  return total > 0 ? sum / total : Number.NaN;
}

/** How far the best of `n` is from the policy that drew them, at most: ln n - (n - 1) / n nats (reached where no two rewards are equal). */
export function best_of_n_kl(n: number): number {
  return Math.log(n) - (n - 1) / n;
}

/**
 * How well the expected rewards of inputs could be predicted at best: the correlation of two halves of their answers, corrected for halving
 * (Spearman and Brown 1910), -1..1; 0 where there is nothing to tell apart.
 */
export async function ceiling(rows: Rows): Promise<number> {
  const halves: (readonly number[])[] = [];
  for await (const row of rows as AsyncIterable<{ halves: readonly number[] }>) halves.push(row.halves);
  const [a, b] = [halves.map(([x]) => x!), halves.map(([, y]) => y!)];
  const [middleA, middleB] = [mean(a), mean(b)];
  const product = (x: readonly number[], mx: number, y: readonly number[], my: number): number =>
    mean(x.map((value, i) => (value - mx) * (y[i]! - my)));
  const scale = Math.sqrt(product(a, middleA, a, middleA) * product(b, middleB, b, middleB));
  const r = scale > 0 ? product(a, middleA, b, middleB) / scale : 0;
  return r <= -1 ? -1 : (2 * r) / (1 + r);
}
