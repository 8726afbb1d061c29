/**
 * Parts of rows and mixtures of them, by draws that belong to the prompt or to the row: what is held out never shares a prompt with what is learned,
 * whatever else the data holds. Knows nothing of what rows are for.
 */

import { sha256 } from "../files.ts";
import { tell } from "../notes.ts";
import { keyOf, philox, type Seed, stream } from "../random.ts";
import type { Row } from "./row.ts";

type Rows<R extends Row> = AsyncIterable<R> | Iterable<R>;

/** Which part: rows whose prompt's draw in 0..1 is `from` or more and less than `to`. */
export type PartOptions = { readonly from?: number; readonly to?: number; readonly seed?: Seed };

/** The rows of a part; `from: 0, to: 0.9` and `from: 0.9, to: 1` share no prompt and together are all. */
export async function* part<R extends Row>(rows: Rows<R>, { from = 0, to = 1, seed = 0 }: PartOptions = {}): AsyncGenerator<R> {
  const key = keyOf(seed, "part");
  for await (const row of rows) {
    const draw = drawOf(row, key);
    if (draw >= from && (draw < to || to >= 1)) yield row;
  }
}

/** The draw of a row's prompt, 0..1. */
function drawOf({ prompt }: Row, key: readonly [number, number]): number {
  const name = sha256(prompt.map(({ role, content }) => `${role}\n${content}`).join("\n\n"));
  const word = (at: number): number => Number.parseInt(name.slice(at, at + 8), 16);
  return philox([word(0), word(8), word(16), word(24)], key)[0]! / 0x1_0000_0000;
}

/** How rows are mixed: how many of the result are others, and the seed of the draw. */
export type MixOptions = { readonly share?: number; readonly seed?: Seed };

/**
 * All of the first rows in order, with others among them: each row of the result is one of the others with the chance `share`. The others begin
 * again where they end; none are mixed in where there are none.
 */
export async function* mix<R extends Row>(
  rows: Rows<R>,
  others: Rows<R>,
  { share = 0.5, seed = 0 }: MixOptions = {},
): AsyncGenerator<R> {
  const random = stream(seed, "mix");
  const kept: R[] = [];
  let more: AsyncIterator<R> | undefined = (async function* () {
    yield* others;
  })();
  const other = async (place: number): Promise<R | undefined> => {
    const next = await more?.next();
    if (next && !next.done) kept.push(next.value);
    else more = undefined;
    return next && !next.done ? next.value : kept[place % Math.max(1, kept.length)];
  };
  let mixed = 0;
  for await (const row of rows) {
    while (share < 1 && random.uniform() < share) {
      const found = await other(mixed);
      if (found === undefined) break;
      mixed++;
      yield found;
    }
    yield row;
  }
  if (mixed === 0 && share > 0) tell("No other rows were mixed in: there are none, or few rows to mix them into.");
}
