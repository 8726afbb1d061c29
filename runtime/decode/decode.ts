/**
 * Rows are written token by token, together, until each ends: the source is encoded once, the decoder sees one new token a step.
 * Knows nothing of devices (a {@link Writer} does the arithmetic), prompts or text.
 */
import type { Seed } from "../random.ts";
import { beamSearch } from "./beam.ts";
import { type Allowed, type Beams, chooser, cutOf, type Strategy, uniforms } from "./choose.ts";
import type { Chosen, Draws } from "./choosing.ts";
import { choosable } from "./sampling-programs.ts";

/** What makes log-probabilities: one batch of rows, encoded already. */
export interface Writer {
  /** The number of rows. */
  readonly rows: number;
  /** Log-probabilities `[rows, vocab]` of what follows `tokens` (the last token of each row; the begin token at first). */
  next(tokens: readonly number[]): Promise<Float32Array>;
  /** Chooses what follows `tokens` where the log-probabilities lie, without telling them all; a writer without it is asked for them. */
  draw?(tokens: readonly number[], draws: Draws): Promise<Chosen>;
  /** Makes the rows those of the given places, which may repeat, to write several answers to one source, or be left out. */
  select(places: readonly number[]): Promise<void>;
  /** Lets each row go on from what another one wrote. */
  reorder(places: readonly number[]): Promise<void>;
  /** Gives back what the device holds for it. */
  close(): void;
}

/** How rows are written. */
export type Decoding = {
  readonly strategy: Strategy;
  /** The most tokens that are written, the end token included. */
  readonly most: number;
  readonly seed: Seed;
  readonly begin: number;
  readonly end: number;
  /** Names each row for randomness; its place in the batch by default. */
  readonly names?: readonly number[];
  /** What may come next in a row after what is written. */
  readonly allow?: (row: number, written: readonly number[]) => Allowed | undefined;
  /** Multiplies the log-probability of tokens that were written already (Keskar et al. 2019, section 4.1); 1 changes nothing. */
  readonly repetition?: number;
  /** Whether a row is over although it has no end token. */
  readonly stops?: (row: number, written: readonly number[]) => boolean;
  /** Told about every token as it is chosen. */
  readonly onToken?: (row: number, id: number, written: readonly number[]) => void;
  readonly signal?: AbortSignal;
};

/** One written row. `tokens` holds the end token when it came; without it the row was cut off. */
export type Written = {
  readonly tokens: readonly number[];
  /** The model's own log-probability of each token (not the strategy's): what training compares with. */
  readonly logps: readonly number[];
  readonly ended: boolean;
};

/** Rows that have ended leave the batch when no more than this share of it goes on: moving caches costs less than a few tokens do. */
const going = 0.75;

/** Writes all rows of a batch. Throws the signal's reason when it is aborted; then nothing is kept. */
export async function decode(writer: Writer, decoding: Decoding): Promise<Written[]> {
  const { strategy } = decoding;
  if (strategy.kind === "beam") return beamSearch(writer, decoding, { width: strategy.width ?? 4, power: strategy.length ?? 1 });
  const rows = Array.from({ length: writer.rows }, () => ({ tokens: [] as number[], logps: [] as number[], ended: false }));
  const choose = choosing(writer, { ...decoding, strategy });
  // The row that each place of the writer holds.
  let places = rows.map((_, row) => row);
  for (let step = 0; step < decoding.most && places.some((row) => !rows[row]!.ended); step++) {
    decoding.signal?.throwIfAborted();
    const open = places.filter((row) => !rows[row]!.ended);
    if (open.length <= going * places.length) {
      await writer.select(places.flatMap((row, place) => (rows[row]!.ended ? [] : [place])));
      places = open;
    }
    const last = places.map((row) => (rows[row]!.ended ? decoding.end : (rows[row]!.tokens.at(-1) ?? decoding.begin)));
    const { ids, logps } = await choose(last, step, places, rows);
    places.forEach((r, place) => {
      const row = rows[r]!;
      if (row.ended) return;
      const id = ids[place]!;
      row.tokens.push(id);
      row.logps.push(logps[place]!);
      row.ended = id === decoding.end || decoding.stops?.(r, row.tokens) === true;
      decoding.onToken?.(r, id, row.tokens);
    });
  }
  decoding.signal?.throwIfAborted();
  return rows;
}

/** Chooses what follows `last` at a step, for the rows that stand at the writer's places. */
type Choose = (last: readonly number[], step: number, places: readonly number[], rows: readonly Written[]) => Promise<Chosen>;

/** On the writer's device where a program can choose so, else from all log-probabilities. */
function choosing(writer: Writer, decoding: Decoding & { readonly strategy: Exclude<Strategy, Beams> }): Choose {
  const { strategy, seed, repetition = 1 } = decoding;
  const name = (row: number): number => decoding.names?.[row] ?? row;
  const cut = cutOf(strategy);
  if (writer.draw !== undefined && repetition === 1 && choosable(cut)) {
    const uniform = cut.temperature === 0 ? () => 0 : uniforms(seed);
    return (last, step, places, rows) =>
      writer.draw!(last, {
        cut,
        // As numbers of 32 bits, which may not round up to 1.
        uniforms: Float32Array.from(places, (row) => (rows[row]!.ended ? 0 : Math.min(uniform(name(row), step), 1 - 2 ** -24))),
        allowed: places.map((row) => (rows[row]!.ended ? undefined : decoding.allow?.(row, rows[row]!.tokens))),
      });
  }
  const choose = chooser(strategy, seed);
  return async (last, step, places, rows) => {
    const next = await writer.next(last);
    const vocab = next.length / places.length;
    const ids = new Int32Array(places.length);
    const logps = new Float32Array(places.length);
    places.forEach((row, place) => {
      const { tokens, ended } = rows[row]!;
      if (ended) return;
      const odds = next.subarray(place * vocab, (place + 1) * vocab);
      ids[place] = choose(repeated(odds, tokens, repetition), name(row), step, decoding.allow?.(row, tokens));
      logps[place] = odds[ids[place]!]!;
    });
    return { ids, logps };
  };
}

/** Log-probabilities with those of tokens that were written already multiplied. */
export function repeated(odds: Float32Array, written: readonly number[], by: number): Float32Array {
  if (by === 1 || written.length === 0) return odds;
  const changed = odds.slice();
  for (const id of new Set(written)) changed[id]! *= by;
  return changed;
}
