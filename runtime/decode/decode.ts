/**
 * Rows are written token by token, together, until each ends: the source is encoded once, the decoder sees one new token a step.
 * Knows nothing of devices (a {@link Writer} does the arithmetic), prompts or text.
 */
import type { Seed } from "../random.ts";
import { beamSearch } from "./beam.ts";
import { type Allowed, chooser, type Strategy } from "./choose.ts";

/** What makes log-probabilities: one batch of rows, encoded already. */
export interface Writer {
  /** The number of rows. */
  readonly rows: number;
  /** Log-probabilities `[rows, vocab]` of what follows `tokens` (the last token of each row; the begin token at first). */
  next(tokens: readonly number[]): Promise<Float32Array>;
  /** Makes the rows those of the given places, which may repeat: before the first token, to write several answers to one source. */
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
  readonly allow?: (row: number, written: readonly number[]) => Allowed;
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

/** Writes all rows of a batch. Throws the signal's reason when it is aborted; then nothing is kept. */
export async function decode(writer: Writer, decoding: Decoding): Promise<Written[]> {
  const { strategy } = decoding;
  if (strategy.kind === "beam") return beamSearch(writer, decoding, { width: strategy.width ?? 4, power: strategy.length ?? 1 });
  const choose = chooser(strategy, decoding.seed);
  const rows = Array.from({ length: writer.rows }, () => ({ tokens: [] as number[], logps: [] as number[], ended: false }));
  let last: readonly number[] = rows.map(() => decoding.begin);
  for (let step = 0; step < decoding.most && rows.some((row) => !row.ended); step++) {
    decoding.signal?.throwIfAborted();
    const next = await writer.next(last);
    const vocab = next.length / writer.rows;
    last = rows.map((row, r) => {
      if (row.ended) return decoding.end;
      const odds = next.subarray(r * vocab, (r + 1) * vocab);
      const seen = repeated(odds, row.tokens, decoding.repetition ?? 1);
      const id = choose(seen, decoding.names?.[r] ?? r, step, decoding.allow?.(r, row.tokens));
      row.tokens.push(id);
      row.logps.push(odds[id]!);
      row.ended = id === decoding.end || decoding.stops?.(r, row.tokens) === true;
      decoding.onToken?.(r, id, row.tokens);
      return id;
    });
  }
  decoding.signal?.throwIfAborted();
  return rows;
}

function repeated(odds: Float32Array, written: readonly number[], by: number): Float32Array {
  if (by === 1 || written.length === 0) return odds;
  const changed = odds.slice();
  for (const id of new Set(written)) changed[id]! *= by;
  return changed;
}
