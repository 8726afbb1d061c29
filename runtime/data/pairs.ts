/**
 * Preferences from one's own answers: of each prompt, pairs drawn at random whose rewards r and q differ so far that sigma(r - q) is beyond a
 * gap, or the best against the worst. Equal rewards never pair, and adding a constant to all rewards changes nothing. Source: the talk's
 * synthetic pairs; sigma(r - q) is Bradley and Terry's probability (1952) that the better one wins.
 */

import { tell } from "../notes.ts";
import { sigmoid } from "../numbers.ts";
import { type Seed, stream } from "../random.ts";
import { seedOfDraws } from "../step.ts";
import { tokens } from "../values.ts";
import type { Row, Rows } from "./row.ts";
import { distinct } from "./select.ts";
import { asAnswered, byPrompt, type RewardOf, type Scored, score } from "./verdicts.ts";

/** How pairs are made. */
export type PairOptions = {
  /** sigma(better - worse) is above this; 0.5 lets every difference pass. */
  readonly gap?: number;
  readonly pick?: "random" | "extremes";
  /** Pairs of one prompt. */
  readonly most?: number;
  /** By how many tokens the two may differ in length. */
  readonly longer?: number;
  readonly seed?: Seed;
};

/**
 * Pairs of answers to one prompt, the better one first: rows of a Preference with their `margin`, the difference of the rewards. With `random`,
 * all pairs of different texts are gone through in an order drawn by (seed of the run, `seed`, place of the prompt), until `most` are found.
 */
export async function* pairs(rows: Rows, by: RewardOf, options: PairOptions = {}): AsyncGenerator<Row> {
  const { gap = 0.5, pick = "random", most = 8, longer = Number.POSITIVE_INFINITY, seed = 0 } = options;
  let [place, made, lone, widest] = [0, 0, 0, 0];
  for await (const group of byPrompt(score(rows as AsyncIterable<Row>, by))) {
    const answers = distinct(group);
    if (answers.length < 2) lone++;
    const drawn = pick === "extremes" ? extremes(answers) : shuffled(answers, seedOfDraws(seed), place);
    place++;
    let found = 0;
    for (const [a, b] of drawn) {
      const [better, worse] = a.reward >= b.reward ? [a, b] : [b, a];
      const margin = better.reward - worse.reward;
      widest = Math.max(widest, margin);
      if (found >= most || margin === 0 || sigmoid(margin) <= gap || apart(better, worse) > longer) continue;
      found++;
      made++;
      yield { prompt: better.prompt, documents: better.documents, chosen: better.answer, rejected: worse.answer, margin };
    }
  }
  if (made === 0 && place > 0) tell(nothing({ place, lone, widest, gap }));
}

/** Why there is no pair. */
function nothing({ place, lone, widest, gap }: { place: number; lone: number; widest: number; gap: number }): string {
  if (lone === place)
    return `No pairs: each of the ${place} prompts has one answer, or the same one several times; sample more of each.`;
  if (widest === 0)
    return `No pairs: answers to one prompt all earn the same, over ${place} prompts; the reward tells none of them apart.`;
  const [most, least] = [Number(sigmoid(widest).toPrecision(4)), Number(widest.toPrecision(4))];
  return `No pairs: rewards differ by ${least} at most, a gap of ${most}, and ${gap} is asked for (or their lengths differ too much).`;
}

/** The best against the worst; the earlier one among equals. */
function extremes(answers: readonly Scored[]): [Scored, Scored][] {
  const ranked = [...answers].sort((a, b) => b.reward - a.reward);
  return ranked.length < 2 ? [] : [[ranked[0]!, ranked.at(-1)!]];
}

/** Every unordered pair once, in a drawn order (Fisher and Yates, one draw at a time, so that a caller may stop early). */
function* shuffled(answers: readonly Scored[], seed: Seed, place: number): Generator<[Scored, Scored]> {
  const source = stream(seed, "pairs", place);
  const all: [number, number][] = answers.flatMap((_, i) => Array.from({ length: i }, (_, j): [number, number] => [j, i]));
  for (let left = all.length; left > 0; left--) {
    const at = source.below(left);
    const [i, j] = all[at]!;
    all[at] = all[left - 1]!;
    yield [answers[i]!, answers[j]!];
  }
}

const apart = (a: Row, b: Row): number => Math.abs(lengthOf(a) - lengthOf(b));
const lengthOf = (row: Row): number => tokens((asAnswered(row) as unknown as { answer: Parameters<typeof tokens>[0] }).answer);

/** Each answer of the first rows against the answer of the second with the same prompt: `left` and `right`, to be judged. */
export async function* against(rows: Rows, others: Rows): AsyncGenerator<Row> {
  const rivals = new Map<string, Row>();
  for await (const other of others as AsyncIterable<Row>) rivals.set(JSON.stringify(other.prompt), other);
  for await (const row of rows as AsyncIterable<Row>) {
    const rival = rivals.get(JSON.stringify(row.prompt));
    if (rival === undefined || rival.answer?.text === row.answer?.text) continue;
    yield { prompt: row.prompt, documents: row.documents, left: row.answer, right: rival.answer };
  }
}
