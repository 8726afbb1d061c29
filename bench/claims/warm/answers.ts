/**
 * Made-up answers whose worth is known: a word is worth what a table says, and what stands before it may turn that round. Labels for judges are drawn from
 * pairs of them, some wrong on purpose; what a judge thinks of others is held against what they are worth.
 */
import { stream } from "../../../runtime/random.ts";

type Judged = { prompt: string; left: string; right: string; aspect: "main"; p: number };

const words = [..."abcdefghijklmnopqrstuvwx"];
/** A word after one of these counts the other way round. */
const turners = new Set(words.slice(6, 8));
const values = words.map((_, at) => stream(5, "value", at).normal());

/** What an answer is worth. */
function worth(answer: string): number {
  const said = answer.split(" ");
  return said.reduce((sum, word, i) => sum + values[words.indexOf(word)]! * (turners.has(said[i - 1] ?? "") ? -1 : 1), 0);
}

/** An answer of six words, those at the front of the list more often; far from them of ten, those at its end more often. */
function answered(set: string, row: number, side: number): string {
  const source = stream(5, set, row, side);
  const far = set === "far";
  return Array.from({ length: far ? 10 : 6 }, () => {
    const rank = Math.min(source.below(words.length), source.below(words.length));
    return words[far ? words.length - 1 - rank : rank]!;
  }).join(" ");
}

type Pair = { left: string; right: string; label: 0 | 1 };

/** The first pairs of a set with rightful labels. */
const clean = (set: string, count: number): Pair[] =>
  Array.from({ length: count }, (_, row) => {
    const [left, right] = [answered(set, row, 0), answered(set, row, 1)];
    return { left, right, label: worth(left) > worth(right) ? 1 : 0 };
  });
/** Pairs to learn from, a quarter of their labels turned round. */
const learned = clean("labels", 1500).map((pair, row) => {
  const mistake = stream(5, "mistake", row).uniform() < 0.25;
  return { ...pair, label: (mistake ? 1 - pair.label : pair.label) as 0 | 1, mistake };
});

/** What there is: pairs to learn from, those of them whose label is wrong, pairs alike, pairs far from them, and answers to choose from (the left ones). */
const sets: Readonly<Record<string, readonly Pair[]>> = {
  labels: learned,
  mistakes: learned.filter(({ mistake }) => mistake),
  near: clean("near", 600),
  far: clean("far", 600),
  pool: clean("pool", 2048),
};

/** The pairs of a set. */
export const judged = (set: string): Iterable<Judged> =>
  sets[set]!.map(({ left, right, label }) => ({ prompt: "?", left, right, aspect: "main", p: label }));

/** The share of a set's labels that log-odds of the left answers agree with. */
export const agreeing = (odds: readonly number[], set: string): number =>
  odds.filter((odd, row) => odd > 0 === (sets[set]![row]!.label === 1)).length / odds.length;

/** Log-odds of several judges made one: their mean, row by row. */
export const together = (odds: readonly (readonly number[])[]): number[] =>
  odds[0]!.map((_, row) => odds.reduce((sum, judge) => sum + judge[row]!, 0) / odds.length);

/** What the best of each `n` answers of the pool is worth by a judge's marks, on average, in deviations of single answers. */
export function picked(marks: readonly number[], n: number): number {
  const worths = sets.pool!.map(({ left }) => worth(left));
  const mean = (of: readonly number[]): number => of.reduce((sum, x) => sum + x, 0) / of.length;
  const [centre, spread] = [mean(worths), Math.sqrt(mean(worths.map((x) => (x - mean(worths)) ** 2)))];
  const best = Array.from({ length: Math.floor(marks.length / n) }, (_, group) => {
    const rows = Array.from({ length: n }, (_, i) => group * n + i);
    return worths[rows.reduce((top, row) => (marks[row]! > marks[top]! ? row : top))]!;
  });
  return (mean(best) - centre) / spread;
}
