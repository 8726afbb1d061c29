/**
 * What a reward thinks of rows: every verdict is a finite number with its terms, or an error that names the row; rewards that are all alike are
 * told, because nothing can be learned from them. Knows nothing of how rewards are computed.
 */
import { answerOver } from "../answer/footnotes.ts";
import { saysUnknown } from "../answer/unknown.ts";
import { NeuroError } from "../error.ts";
import type { Measured } from "../measure/results.ts";
import { togetherOf } from "../measure/together.ts";
import { tell } from "../notes.ts";
import { placeOf, type Row, type RowAnswer } from "./row.ts";

/** A row with what a reward thought of it. */
export type Scored<R extends Row = Row> = R & Verdict & { readonly terms: Readonly<Record<string, Measured>> };

/** The value of a term: a number, or one for each case of an enumeration. */
type Term = number | Readonly<Record<string, number>>;
/** What a reward says of a row. */
export type Verdict = { readonly reward: number; readonly terms: Readonly<Record<string, Term>> };

/** Written as a method, so that a reward may ask more of its rows than all rows have: those that lack it are refused when they come. */
type Judging = { of(row: Partial<Row>): Promise<Verdict> | Verdict };

/** A reward of a spec, as a function of a row. */
export type RewardOf = Judging["of"] & {
  /** As it is at a step of a fit, where something in it moves with the steps. */
  readonly at?: (step: number) => RewardOf;
};

/** Adds `reward` and `terms` to every row. Throws what the reward throws, naming the row, and `reward_not_finite`. */
export async function* score<R extends Row>(rows: AsyncIterable<R> | Iterable<R>, by: RewardOf): AsyncGenerator<Scored<R>> {
  yield* togetherOf(rows, async (row, number) => ({ ...row, ...(await judged(row, by, number)) }) as Scored<R>);
}

/** What a reward thinks of one row; `number` counts rows from 1, for messages. Throws what the reward throws, and `reward_not_finite`. */
export async function judged(row: Row, by: RewardOf, number: number): Promise<Verdict> {
  let verdict: Verdict;
  try {
    verdict = await by(asAnswered(row));
  } catch (error) {
    if (!(error instanceof NeuroError) || !ofRow.has(error.code)) throw error;
    const { code, message, where, hint } = error;
    throw new NeuroError(code, `${message} It was asked about ${nameOf(row, number)}.`, {
      ...(where !== undefined && { where }),
      ...(hint !== undefined && { hint }),
    });
  }
  if (Number.isFinite(verdict.reward)) return verdict;
  throw new NeuroError(
    "reward_not_finite",
    `The reward of ${nameOf(row, number)} is ${verdict.reward}${termsText(verdict.terms)}.`,
    { hint: "A reward must be a finite number: look for a division by zero or a logarithm of zero in its terms." },
  );
}

/** Faults of a reward that a row may be the reason of. */
const ofRow: ReadonlySet<string> = new Set(["term_not_finite", "row_lacks_field", "reward_argument"]);

/** Which row it is, as a person finds it: its place in a file, or its number and how its prompt ends. */
function nameOf(row: Row, number: number): string {
  const place = placeOf(row);
  const asked = row.prompt.at(-1)?.content ?? "";
  const short = asked.length > 60 ? `${asked.slice(0, 57)}...` : asked;
  return place === "a row" ? `row ${number} (${JSON.stringify(short)})` : place;
}

const termsText = (terms: Verdict["terms"]): string => {
  const all = Object.entries(terms ?? {}).map(
    ([name, value]) => `${name} ${typeof value === "number" ? short(value) : "by case"}`,
  );
  return all.length > 0 ? ` (${all.join(", ")})` : "";
};
const short = (value: number): string => String(Number(value.toPrecision(4)));

/** Watches rewards go by, to say in the end that they are all alike. */
export class Alike {
  #first: Scored | undefined;
  #count = 0;
  #differ = false;

  see(row: Scored): void {
    this.#count++;
    this.#first ??= row;
    this.#differ ||= row.reward !== this.#first.reward;
  }

  /** The sentence that says so, or undefined where rewards differ or there is only one. */
  get sentence(): string | undefined {
    if (this.#differ || this.#count < 2) return undefined;
    return `All ${this.#count} answers earn ${short(this.#first!.reward)}${termsText(this.#first!.terms)}: the reward tells none of them apart.`;
  }

  /** Tells it. */
  end(): void {
    if (this.sentence) tell(this.sentence);
  }
}

/** Neighbouring rows of one prompt: those of one `place`, or with equal prompts and documents where rows were not sampled here. */
export async function* byPrompt<R extends Row>(rows: AsyncIterable<R> | Iterable<R>): AsyncGenerator<R[]> {
  let group: R[] = [];
  let last: string | undefined;
  for await (const row of rows) {
    const name = row.place === undefined ? JSON.stringify([row.prompt, row.documents]) : String(row.place);
    if (group.length > 0 && name !== last) {
      yield group;
      group = [];
    }
    last = name;
    group.push(row);
  }
  if (group.length > 0) yield group;
}

/** The row as a reward sees it: its texts as whole answers, with the footnotes and sources that they have over the row's documents. */
export function asAnswered(row: Row): Row {
  const blocks = row.documents.map(({ title, text, id, url }, i) => {
    const doc = { id: id ?? `${i + 1}`, title, url: url ?? "", text };
    return { number: i + 1, doc, start: 0, end: text.length, text, score: 0 };
  });
  const seen: Record<string, unknown> = { ...row };
  for (const name of ["answer", "chosen", "rejected", "left", "right"] as const) {
    const answer = row[name] as RowAnswer | undefined;
    if (answer !== undefined)
      seen[name] = answerOver(answer.text, blocks, {
        known: !saysUnknown(answer.text),
        ...(answer.tokens && { tokens: answer.tokens }),
      });
  }
  return seen as Row;
}
