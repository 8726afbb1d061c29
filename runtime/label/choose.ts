/**
 * Which pairs people are asked about: a share of them drawn from all, so that the rest can be trusted, and those of the highest rank. Which side an
 * answer is shown on is drawn too, so that no side is favoured. Draws are functions of (seed, pair), whatever the order of the rows. Source: Settles
 * 2009, section 3.1; the talk's labelling loop. Knows nothing of files.
 */
import { NeuroError } from "../error.ts";
import { togetherOf } from "../measure/together.ts";
import { type Seed, stream } from "../random.ts";
import { nameOf, type Pair } from "./pair.ts";

/** A pair that is to be asked about. */
export type Chosen = {
  /** Its name. */
  readonly pair: string;
  readonly row: Pair;
  /** Whether its sides change places where people see it. */
  readonly turned: boolean;
  /** Whether it was drawn at random; otherwise its rank chose it. */
  readonly random: boolean;
};

/** How many, and how. */
export type ChoiceOptions = { readonly budget: number; readonly random: number; readonly seed: Seed };
type Ranked = { readonly row: Pair; readonly pair: string; readonly draw: number; readonly rank: number };

/**
 * `budget` pairs at most, none of `known`, no pair twice: first those of the highest rank, drawn ones spread evenly among them, so that whoever stops
 * early has both. Throws `rank_not_finite` and what the rank throws.
 */
export async function choose(
  rows: readonly Pair[],
  rank: (row: Pair) => Promise<number> | number,
  known: ReadonlySet<string>,
  { budget, random, seed }: ChoiceOptions,
): Promise<Chosen[]> {
  const fresh = new Map<string, Pair>();
  for (const row of rows) {
    const pair = nameOf(row);
    if (!known.has(pair) && !fresh.has(pair) && row.left.text !== row.right.text) fresh.set(pair, row);
  }
  const ranking = togetherOf(fresh, async ([pair, row], number): Promise<Ranked> => {
    const draw = stream([seed, pair], "label").uniform();
    return { row, pair, draw, rank: finite(await rank(row), row, number) };
  });
  const ranked = await Array.fromAsync(ranking);
  const drawn = [...ranked].sort((a, b) => a.draw - b.draw).slice(0, Math.round(budget * random));
  const apart = new Set(drawn.map(({ pair }) => pair));
  const best = ranked.filter(({ pair }) => !apart.has(pair)).sort((a, b) => b.rank - a.rank);
  const top = best.slice(0, Math.max(0, budget - drawn.length));
  return [...spread(top, false), ...spread(drawn, true)]
    .sort((a, b) => a.at - b.at)
    .map(({ each: { pair, row }, random }) => ({
      pair,
      row,
      turned: stream([seed, pair], "sides").uniform() < 0.5,
      random,
    }));
}

/** Their places in a list, from 0 to 1. */
const spread = (list: readonly Ranked[], random: boolean) =>
  list.map((each, i) => ({ each, random, at: (i + 0.5) / list.length }));

function finite(rank: number, row: Pair, number: number): number {
  if (Number.isFinite(rank)) return rank;
  const asked = JSON.stringify(row.prompt.at(-1)?.content.slice(0, 60) ?? "");
  throw new NeuroError("rank_not_finite", `label: the rank of row ${number} (${asked}) is ${rank}.`, {
    hint: "A rank must be a finite number: look for a division by zero or a logarithm of zero in it.",
  });
}
