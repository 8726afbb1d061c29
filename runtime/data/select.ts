/**
 * The best of one's own answers, to be learned from: rejection sampling, RAFT, ReST, expert iteration. No text is chosen twice for one prompt,
 * and the mean of what is chosen is never below the mean of what there was. Knows nothing of models or of training.
 * Dong et al. 2023 (RAFT), Gulcehre et al. 2023 (ReST), Touvron et al. 2023 (Llama 2, section 3.2.3), and the talk's CERL.
 */
import { tell } from "../notes.ts";
import { tokens } from "../values.ts";
import type { Row } from "./row.ts";
import { Alike, asAnswered, byPrompt, type RewardOf, type Scored, score } from "./verdicts.ts";

/** Which answers `top` may choose at all. */
export type TopOptions = {
  /** The part of all answers that the best are taken from: RAFT's alpha; 0.1 is ReST's quantile 0.9. */
  readonly share?: number;
  /** Answers earn more than this. */
  readonly above?: number;
};

/**
 * The `n` answers of each prompt that a reward thinks most of, best first, the earlier one among equals. With `share` or `above`, prompts whose
 * answers are all worse than that give none.
 */
export async function* top<R extends Row>(
  rows: AsyncIterable<R> | Iterable<R>,
  n: number,
  by: RewardOf,
  { share = 1, above = Number.NEGATIVE_INFINITY }: TopOptions = {},
): AsyncGenerator<Scored<R>> {
  const alike = new Alike();
  const told = async function* (): AsyncGenerator<Scored<R>[]> {
    for await (const group of byPrompt(score(rows, by))) {
      for (const row of group) alike.see(row);
      yield distinct(group).filter(({ reward }) => reward > above);
    }
  };
  for await (const group of share < 1 ? among(told(), share) : told())
    yield* [...group].sort((a, b) => b.reward - a.reward).slice(0, n);
  alike.end();
}

/** Of all groups together the best `share`, at least one row; each group keeps those of its own. */
async function* among<R extends Row>(groups: AsyncIterable<Scored<R>[]>, share: number): AsyncGenerator<Scored<R>[]> {
  const held = await Array.fromAsync(groups);
  const all = held.flat().sort((a, b) => b.reward - a.reward);
  const kept = new Set(all.slice(0, Math.ceil(share * all.length)));
  for (const group of held) yield group.filter((row) => kept.has(row));
}

/** One row for each text, the one that earned most; in the order of their first appearance. */
export function distinct<R extends Row>(group: readonly Scored<R>[]): Scored<R>[] {
  const found = new Map<string, Scored<R>>();
  for (const row of group) {
    const text = row.answer?.text ?? "";
    const known = found.get(text);
    if (known === undefined || row.reward > known.reward) found.set(text, row);
  }
  return [...found.values()];
}

/** Rows whose answer was ended by the model, not cut off at its bound, and holds `least` tokens; how many were left out is told. */
export async function* finished<R extends Row>(
  rows: AsyncIterable<R> | Iterable<R>,
  { least = 1 }: { readonly least?: number } = {},
): AsyncGenerator<R> {
  let [all, cut, short] = [0, 0, 0];
  for await (const row of rows) {
    all++;
    if (row.cut === true) cut++;
    else if (isShort(row, least)) short++;
    else yield row;
  }
  if (cut + short > 0)
    tell(`${cut + short} of ${all} answers are left out: ${cut} were cut off, ${short} are empty or too short.`);
}

function isShort(row: Row, least: number): boolean {
  const { answer } = asAnswered(row) as unknown as { answer?: Parameters<typeof tokens>[0] };
  return answer === undefined || answer.text.trim() === "" || tokens(answer) < least;
}
