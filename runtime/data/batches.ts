/**
 * Which rows make which batch follows from (seed, epoch, row) alone, so that a run that was killed goes on with the batch that it was at.
 * Rows of similar length share a batch. Knows nothing of tokens or models.
 */
import { keyOf, philox, type Seed, stream } from "../random.ts";
import type { Dataset } from "./dataset.ts";
import type { Row } from "./row.ts";

/** How a fit walks through its rows. `batch` counts the rows of one optimiser step, all micro-batches together. */
export type Walk = {
  readonly batch: number;
  readonly seed: Seed;
  /** Rows are mixed within stretches of this many. */
  readonly stretch: number;
  /** Ends after this many passes; without it, passes go on for as long as somebody asks. */
  readonly epochs?: number;
};

/** The rows of one optimiser step. `index` counts batches from 0 over all epochs. */
export type Batch = { readonly index: number; readonly epoch: number; readonly rows: readonly Row[] };

/** This many batches are cut from rows sorted by length: more saves padding, fewer mixes better. */
const group = 16;

/**
 * The batches of a dataset from number `from` on. Each stretch of rows is permuted by a key drawn per (seed, epoch, row), cut into
 * groups, sorted by length within a group, and the group's batches are permuted again. Only the last batch of a pass may be smaller.
 * Passes over a dataset without rows end at once, whatever `epochs` says.
 */
export async function* batches(dataset: Dataset, walk: Walk, from = 0): AsyncGenerator<Batch> {
  let index = 0;
  for (let epoch = 0; walk.epochs === undefined || epoch < walk.epochs; epoch++) {
    const before = index;
    for await (const { rows, first } of stretches(dataset.pass(epoch), wholeBatches(walk), walk.batch)) {
      const count = Math.ceil(rows.length / walk.batch);
      if (index + count <= from) index += count;
      else
        for (const batch of arrange(rows, first, epoch, walk))
          if (index++ >= from) yield { index: index - 1, epoch, rows: batch };
    }
    if (index === before) return;
  }
}

/** The rows of an epoch's stretch, in batches. Pure: `first` is the number of its first row in the pass. */
export function arrange(rows: readonly Row[], first: number, epoch: number, walk: Walk): Row[][] {
  const key = keyOf(walk.seed, "shuffle");
  const word = new Uint32Array(4);
  const drawn = rows.map((row, i) => {
    philox([first + i, epoch, 0, 0], key, word);
    return { row, order: word[0]! * 0x200000 + (word[1]! >>> 11), length: lengthOf(row) };
  });
  drawn.sort((a, b) => a.order - b.order);
  const out: Row[][] = [];
  const wide = walk.batch * group;
  for (let at = 0; at < drawn.length; at += wide) {
    // Sorting is stable, so rows of one length keep their drawn order.
    const near = drawn.slice(at, at + wide).sort((a, b) => a.length - b.length);
    const cut: Row[][] = [];
    for (let i = 0; i < near.length; i += walk.batch) cut.push(near.slice(i, i + walk.batch).map((each) => each.row));
    out.push(...permute(cut, walk.seed, epoch, first + at));
  }
  return out;
}

/** Fisher and Yates's shuffle; the smaller last batch stays last, so that only the end of a pass is short. */
function permute(cut: Row[][], seed: Seed, epoch: number, first: number): Row[][] {
  const source = stream(seed, "shuffle batches", epoch, first);
  const whole = cut.length - (cut.at(-1)!.length < cut[0]!.length ? 1 : 0);
  for (let i = whole - 1; i > 0; i--) {
    const j = source.below(i + 1);
    [cut[i], cut[j]] = [cut[j]!, cut[i]!];
  }
  return cut;
}

/** A stretch is a whole number of batches, so that only the last of a pass can leave a smaller one. */
function wholeBatches(walk: Walk): number {
  return Math.max(1, Math.floor(walk.stretch / walk.batch)) * walk.batch;
}

/** So many characters are held at once, however few rows they are: files of long texts are larger than memory. */
const held = 1 << 27;

async function* stretches(pass: AsyncIterable<Row>, size: number, batch: number): AsyncGenerator<{ rows: Row[]; first: number }> {
  let rows: Row[] = [];
  let [first, characters] = [0, 0];
  for await (const row of pass) {
    rows.push(row);
    characters += lengthOf(row);
    if (rows.length < size && (characters < held || rows.length % batch > 0)) continue;
    yield { rows, first };
    first += rows.length;
    [rows, characters] = [[], 0];
  }
  if (rows.length > 0) yield { rows, first };
}

/** The characters of a row's texts, or its tokens where it was made of them: near enough for sorting, and free. */
function lengthOf(row: Row): number {
  let length = row.given?.length ?? 0;
  for (const { content } of row.prompt) length += content.length;
  for (const { title, text } of row.documents) length += title.length + text.length;
  return length + (row.answer ? row.answer.text.length || (row.answer.tokens?.length ?? 0) : 0);
}

/** Makes what comes next while the last is being used: at most one ahead, in order, errors where they belong. */
export async function* ahead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = iterator.next();
      // The error is thrown by the await above; until then it must not count as unhandled.
      next.catch(() => {});
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
