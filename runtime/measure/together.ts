/**
 * Something is done for many rows, so many of them at the same time: models that are asked on the way answer them in batches. Values come in the rows'
 * order. Knows nothing of what is done.
 */

/** So many rows at the same time. */
const most = 64;

/** What `work` gives for each row, in order; `number` counts rows from 1. Rows that come one by one are read as they are needed. Throws what it throws. */
export async function* togetherOf<T, R>(
  rows: AsyncIterable<T> | Iterable<T>,
  work: (row: T, number: number) => Promise<R> | R,
): AsyncGenerator<R> {
  let batch: T[] = [];
  let number = 0;
  const done = (): Promise<R[]> => allEnded(batch.map(async (row) => work(row, ++number)));
  for await (const row of rows) {
    if (batch.push(row) < most) continue;
    yield* await done();
    batch = [];
  }
  yield* await done();
}

/** All values, or what the first that failed failed with, once all have ended: what was asked beside it is not lost. */
export async function allEnded<T>(all: readonly Promise<T>[]): Promise<T[]> {
  const ended = await Promise.allSettled(all);
  return ended.map((each) => {
    if (each.status === "rejected") throw each.reason;
    return each.value;
  });
}

/** The same as a list: `for row in rows { .. }` where nothing in it is a step. */
export function together<T, R>(rows: AsyncIterable<T> | Iterable<T>, work: (row: T) => Promise<R> | R): Promise<R[]> {
  return Array.fromAsync(togetherOf(rows, work));
}
