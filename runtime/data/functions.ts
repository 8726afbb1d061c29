/**
 * Functions of std.data that make rows from a model: sampled answers and the likeliest ones. They are plain functions of their arguments; a
 * recipe makes them durable steps. Knows nothing of rewards or of training.
 */
import { type Generated, generateWith } from "../decode/generate.ts";
import type { LocalModel } from "../decode/local-model.ts";
import type { QuantizationRecord } from "../decode/quantization.ts";
import type { Model } from "../decode/writer.ts";
import { NeuroError } from "../error.ts";
import { tell } from "../notes.ts";
import type { Seed } from "../random.ts";
import { isRemoteWriter, remoteAnswers } from "../remote/answers.ts";
import { seedOfDraws } from "../step.ts";
import { practises } from "../train/practice.ts";
import { Version } from "../train/version.ts";
import { resumable } from "./resume.ts";
import { placeOf, type Row, type RowAnswer, type Rows, toRow } from "./row.ts";

/** A row with a generated answer. `place` counts prompts from 0, so rows of one prompt are known to belong together. */
export type Sampled = Row & {
  readonly answer: RowAnswer;
  readonly place: number;
  /** The model's log-probability of each generated token when it was generated; a model behind an address does not tell. */
  readonly old: readonly number[];
  /** The key of the version that wrote it. */
  readonly sampler: string;
  /** Whether it was cut off at its bound, before the model ended it. */
  readonly cut: boolean;
};

/** How `sample` draws: answers for each prompt, how boldly, how long. */
export type SampleOptions = {
  readonly n?: number;
  readonly temperature?: number;
  readonly top_k?: number;
  readonly top_p?: number;
  readonly most?: number;
  readonly seed?: Seed;
};

/** So many answers are written together: products are nearly as fast as with more, and caches stay small. */
const together = 64;
/** Where a step goes on: how many rows were answered before these, from which places and draws count, and how many answers the first of these has. */
const goesOn = Symbol("goes on");
type Going = { readonly first: number; readonly known: number };
type GoesOn = { readonly [goesOn]?: Going };
const begins: Going = { first: 0, known: 0 };

/** `n` answers to each row's prompt and documents, drawn by (seed of the run, seed, place of the row, number of the answer). */
export async function* sample(model: Version, rows: Rows, options: SampleOptions & GoesOn = {}): AsyncGenerator<Sampled> {
  const { n = 1, temperature = 1, top_k, top_p, most = 256, seed = 0 } = options;
  const strategy = {
    kind: "sample",
    temperature,
    ...(top_k !== undefined && { top_k }),
    ...(top_p !== undefined && { top_p }),
  } as const;
  yield* written(model, rows, n, { strategy, most }, seedOfDraws(seed), options[goesOn]);
}

/** The likeliest answer to each row's prompt and documents, token by token. */
export async function* greedy(
  model: Version,
  rows: Rows,
  { most = 256, [goesOn]: going }: { readonly most?: number } & GoesOn = {},
): AsyncGenerator<Sampled> {
  yield* written(model, rows, 1, { strategy: { kind: "greedy" }, most }, 0, going);
}

/** The likeliest answer to each row's prompt and documents that a beam of some width finds. */
export async function* beams(
  model: Version,
  rows: Rows,
  { width = 4, most = 256, [goesOn]: going }: { readonly width?: number; readonly most?: number } & GoesOn = {},
): AsyncGenerator<Sampled> {
  yield* written(model, rows, 1, { strategy: { kind: "beam", width }, most }, 0, going);
}

practises(sample, ([, prompts]) => prompts);

for (const fn of [sample, greedy, beams])
  resumable(fn, (given, rows) => {
    const [model, prompts, options = {}] = given as Parameters<typeof sample>;
    const { n = 1 } = options;
    const whole = Math.floor(rows / n);
    // A model behind an address is never asked again; what is written here has the same bits in the same batches.
    const remote = isRemoteWriter(model);
    const going = { first: remote ? whole : whole - (whole % promptsOf(n)), known: remote ? rows % n : 0 };
    const rest = fn(model, after(prompts, going.first), { ...options, [goesOn]: going });
    return { kept: going.first * n + going.known, rest };
  });

/** So many prompts with `n` answers each are written together. */
const promptsOf = (n: number): number => Math.max(1, Math.floor(together / n));

async function* after(rows: Rows, count: number): AsyncGenerator<unknown> {
  let seen = 0;
  for await (const row of rows) if (seen++ >= count) yield row;
}

async function* written(
  model: Version,
  rows: Rows,
  n: number,
  decoding: Parameters<typeof generateWith>[4],
  seed: Seed,
  going: Going = begins,
): AsyncGenerator<Sampled> {
  if (isRemoteWriter(model) && decoding.strategy?.kind !== "beam") {
    yield* remoteAnswers(model, checked(rows), { n, decoding, seed, ...going }) as AsyncGenerator<Sampled>;
    return;
  }
  if (!(model instanceof Version)) {
    throw new NeuroError("sample_unsupported", "Only a model with weights here can be asked for this in a recipe.", {
      hint: "Give the version that the recipe trains; a remote model can be given to sample and greedy.",
    });
  }
  const opened = await model.open((decoding.quantize ?? undefined) as QuantizationRecord | undefined);
  const short: string[] = [];
  try {
    let place = going.first;
    for await (const batch of batched(rows, promptsOf(n))) {
      const by = { opened, model: model.model, sampler: model.key, short: (row: Row) => short.push(placeOf(row)) };
      yield* await drawn(by, batch, n, decoding, { seed, first: place });
      place += batch.length;
    }
    if (short.length > 0)
      tell(
        `${short.length} of ${place} prompts are longer than the window of ${model.model.name}, so ${model.model.name} was shown a part: ${some(short)}.`,
      );
  } finally {
    opened.close();
  }
}

/** The first of some places. */
const some = (places: readonly string[]): string => `${places.slice(0, 5).join(", ")}${places.length > 5 ? " and others" : ""}`;

/** A model on a device, and what its answers say of who wrote them; `short` is told of each row that the window was too small for. */
export type Sampler = {
  readonly opened: Model;
  readonly model: LocalModel;
  readonly sampler: string;
  readonly short?: (row: Row) => void;
};

/** `n` answers to each row, those of a row one after another; `first` counts the rows before these, for randomness and places. */
export async function drawn(
  { opened, model, sampler, short }: Sampler,
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
  const ends = new Set(tokenizer.special.ends);
  for (const [i, row] of rows.entries()) if (answers[i * n]!.source.short) short?.(row);
  return work.map(({ row, place }, i) => sampled(row, place, answers[i]!, sampler, ends));
}

function sampled(
  row: Row,
  place: number,
  { text, tokens, logps }: Generated,
  sampler: string,
  ends: ReadonlySet<number>,
): Sampled {
  return { ...row, answer: { text, tokens }, place, old: logps, sampler, cut: !ends.has(tokens.at(-1)!) };
}

async function* checked(rows: Rows): AsyncGenerator<Row> {
  let number = 0;
  for await (const value of rows) yield toRow(value, `row ${++number}`);
}

async function* batched(rows: Rows, size: number): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  for await (const row of checked(rows)) {
    if (batch.push(row) < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
