/**
 * `label` of a recipe: people are asked where a rank says that it matters. Which pairs, is decided once and kept; what they answered meanwhile is
 * read each time that the recipe runs, so that it never waits for anybody. Knows nothing of models.
 */
import { type Row, toRow } from "../data/row.ts";
import { asAnswered } from "../data/verdicts.ts";
import { tell } from "../notes.ts";
import { readAnew, stepPlace } from "../step.ts";
import { type Chosen, choose } from "./choose.ts";
import { type Pair, pairOf } from "./pair.ts";
import { type Answered, Queue } from "./queue.ts";

/** How people are asked. */
export type LabelOptions = {
  /** The share of the pairs that is drawn without regard to rank. */
  readonly random?: number;
  /** What is asked about each pair: the cases of the judge's enumeration, which the compiler knows. */
  readonly aspects?: readonly string[];
};

/** What was decided: kept as the step's result. */
export type Labelling = { readonly to: string; readonly aspects: readonly string[]; readonly chosen: readonly Chosen[] };

/** Chooses what people are asked: `budget` pairs at most. Throws what ranking and reading throws, and `rank_not_finite`. */
export async function label(
  rows: AsyncIterable<unknown> | Iterable<unknown>,
  rank: (row: Row) => Promise<number> | number,
  budget: number,
  to: string,
  { random = 0, aspects = [""] }: LabelOptions = {},
): Promise<Labelling> {
  const { root, seed } = stepPlace("label");
  const queue = new Queue(root, to, aspects);
  const pairs: Pair[] = [];
  for await (const row of rows as AsyncIterable<unknown>) pairs.push(pairOf(toRow(row, `row ${pairs.length + 1}`), "label"));
  const known = await queue.known();
  const chosen = await choose(pairs, (row) => rank(asAnswered(row)), known, { budget, random, seed });
  return { to, aspects, chosen };
}

/** The rows that were answered, each as it was given to `label`, with `aspect` and `p`; says how many wait. */
async function answers({ to, aspects, chosen }: Labelling): Promise<(Answered & { asked: string })[]> {
  const found = await new Queue(stepPlace("label").root, to, aspects).settle(chosen);
  const { waiting } = found;
  if (chosen.length === 0) tell(`No pair is left to ask about in labels/${to}.todo.jsonl: each was asked before.`);
  if (waiting > 0)
    tell(
      `${waiting} of ${chosen.length} pairs wait for people: write the share that prefers the left answer as p into the lines of labels/${to}.todo.jsonl and run the recipe again.`,
    );
  return chosen.flatMap(({ pair, row }) => (found.answers.get(pair) ?? []).map((answer) => withAnswer(row, pair, answer)));
}

/** What people said of a pair, on the sides that it was given with; models read the very tokens that were written. */
function withAnswer(row: Pair, pair: string, { left, aspect, p, ...rest }: Answered): Answered & { asked: string } {
  const same = left.text === row.left.text;
  const { annotator, shown, chosen } = rest;
  const more = Object.fromEntries(
    Object.entries({ annotator, shown, chosen }).filter(([, value]) => value !== undefined && value !== null),
  );
  return { ...row, aspect, p: same ? p : 1 - p, ...more, asked: `${pair} ${aspect} ${String(annotator ?? "")}` };
}

readAnew(label, answers);
