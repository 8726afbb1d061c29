/**
 * Functions of std.data that make rows from a model and rows from rows: sampled answers, scores, the best of each prompt, pairs of best
 * and worst. They are plain functions of their arguments; a recipe makes them durable steps. Knows nothing of training.
 */
import { answerOver } from "../answer/footnotes.ts";
import { saysUnknown } from "../answer/unknown.ts";
import { type Generated, generateWith } from "../decode/generate.ts";
import type { LocalModel } from "../decode/local-model.ts";
import type { QuantizationRecord } from "../decode/quantization.ts";
import type { Model } from "../decode/writer.ts";
import { NeuroError } from "../error.ts";
import type { Seed } from "../random.ts";
import { Version } from "../train/version.ts";
import { type Row, type RowAnswer, toRow } from "./row.ts";

/** A row with a generated answer. `place` counts prompts from 0, so rows of one prompt are known to belong together. */
export type Sampled = Row & {
  readonly answer: RowAnswer;
  readonly place: number;
  /** The model's log-probability of each generated token when it was generated. */
  readonly old: readonly number[];
  /** The key of the version that wrote it. */
  readonly sampler: string;
};

/** A row with what a reward thought of it. */
export type Scored<R extends Row = Row> = R & { readonly reward: number; readonly terms: Readonly<Record<string, number>> };

/** A reward of a spec, as a function of a row. */
export type RewardOf = (row: Row) => Promise<Verdict> | Verdict;
type Verdict = { readonly reward: number; readonly terms: Readonly<Record<string, number>> };

type Rows = AsyncIterable<unknown> | Iterable<unknown>;
/** How `sample` draws: answers for each prompt, how boldly, how long. */
export type SampleOptions = {
  readonly n?: number;
  readonly temperature?: number;
  readonly top_k?: number;
  readonly top_p?: number;
  readonly most?: number;
  readonly seed?: Seed;
};

/** So many answers are written together. */
const together = 16;

/** `n` answers to each row's prompt and documents, drawn by (seed, place of the row, number of the answer). */
export async function* sample(model: Version, rows: Rows, options: SampleOptions = {}): AsyncGenerator<Sampled> {
  const { n = 1, temperature = 1, top_k, top_p, most = 256, seed = 0 } = options;
  const strategy = {
    kind: "sample",
    temperature,
    ...(top_k !== undefined && { top_k }),
    ...(top_p !== undefined && { top_p }),
  } as const;
  yield* written(model, rows, n, { strategy, most }, seed);
}

/** The likeliest answer to each row's prompt and documents, token by token. */
export async function* greedy(
  model: Version,
  rows: Rows,
  { most = 256 }: { readonly most?: number } = {},
): AsyncGenerator<Sampled> {
  yield* written(model, rows, 1, { strategy: { kind: "greedy" }, most }, 0);
}

/** Adds `reward` and `terms` to every row. */
export async function* score<R extends Row>(rows: AsyncIterable<R> | Iterable<R>, by: RewardOf): AsyncGenerator<Scored<R>> {
  for await (const row of rows) yield { ...row, ...(await by(asAnswered(row))) };
}

/** The `n` rows of each prompt that a reward thinks most of, best first; the earlier one among equals. */
export async function* top<R extends Row>(
  rows: AsyncIterable<R> | Iterable<R>,
  n: number,
  by: RewardOf,
): AsyncGenerator<Scored<R>> {
  for await (const group of groups(score(rows, by))) yield* [...group].sort((a, b) => b.reward - a.reward).slice(0, n);
}

/** The best answer of each prompt against its worst, where they differ by `gap` at least: rows of a Preference. */
export async function* pairs(rows: Rows, by: RewardOf, { gap = 0 }: { readonly gap?: number } = {}): AsyncGenerator<Row> {
  for await (const group of groups(score(rows as AsyncIterable<Row>, by))) {
    const ranked = [...group].sort((a, b) => b.reward - a.reward);
    const [best, worst] = [ranked[0]!, ranked.at(-1)!];
    if (ranked.length < 2 || best.reward - worst.reward < gap || best.answer?.text === worst.answer?.text) continue;
    const { prompt, documents } = best;
    yield { prompt, documents, chosen: best.answer, rejected: worst.answer, margin: best.reward - worst.reward };
  }
}

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

async function* written(
  model: Version,
  rows: Rows,
  n: number,
  decoding: Parameters<typeof generateWith>[4],
  seed: Seed,
): AsyncGenerator<Sampled> {
  if (!(model instanceof Version)) {
    throw new NeuroError("sample_unsupported", "Only a model with weights here can be sampled in a recipe.", {
      hint: "Give the version that the recipe trains.",
    });
  }
  const opened = await model.open((decoding.quantize ?? undefined) as QuantizationRecord | undefined);
  try {
    let place = 0;
    for await (const batch of batched(rows, Math.max(1, Math.floor(together / n)))) {
      const by = { opened, model: model.model, sampler: model.key };
      yield* await drawn(by, batch, n, decoding, { seed, first: place });
      place += batch.length;
    }
  } finally {
    opened.close();
  }
}

/** A model on a device, and what its answers say of who wrote them. */
export type Sampler = { readonly opened: Model; readonly model: LocalModel; readonly sampler: string };

/** `n` answers to each row, those of a row one after another; `first` counts the rows before these, for randomness and places. */
export async function drawn(
  { opened, model, sampler }: Sampler,
  rows: readonly Row[],
  n: number,
  decoding: Parameters<typeof generateWith>[4],
  { seed, first }: { readonly seed: Seed; readonly first: number },
): Promise<Sampled[]> {
  const tokenizer = await model.tokenizer();
  const work = rows.flatMap((row, i) => Array.from({ length: n }, (_, draw) => ({ row, place: first + i, draw })));
  const requests = work.map(({ row }) => ({ prompt: row.prompt, blocks: row.documents }));
  const names = work.map(({ place, draw }) => place * n + draw);
  const answers = await generateWith(opened, tokenizer, model.window, requests, decoding, { seed, names });
  return work.map(({ row, place }, i) => sampled(row, place, answers[i]!, sampler));
}

function sampled(row: Row, place: number, { text, tokens, logps }: Generated, sampler: string): Sampled {
  return { ...row, answer: { text, tokens }, place, old: logps, sampler };
}

async function* batched(rows: Rows, size: number): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  let number = 0;
  for await (const value of rows) {
    batch.push(toRow(value, `row ${++number}`));
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Neighbouring rows of one prompt: those of one `place`, or with equal prompts where rows were not sampled here. */
async function* groups<R extends Row>(rows: AsyncIterable<R>): AsyncGenerator<R[]> {
  let group: R[] = [];
  const name = (row: R): string => (row.place === undefined ? JSON.stringify(row.prompt) : String(row.place));
  for await (const row of rows) {
    if (group.length > 0 && name(group[0]!) !== name(row)) {
      yield group;
      group = [];
    }
    group.push(row);
  }
  if (group.length > 0) yield group;
}

/** The row as a reward sees it: its texts as whole answers, with the footnotes and sources that they have over the row's documents. */
function asAnswered(row: Row): Row {
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
