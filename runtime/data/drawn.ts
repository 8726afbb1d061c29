/**
 * Rows that are drawn from texts for one fit: what they are depends on the model's tokenizer and window, and on (seed, epoch, row), so each pass
 * hides other words of the same texts. Outside of a fit nobody knows the tokenizer. Knows nothing of how texts are corrupted.
 */

import { NeuroError } from "../error.ts";
import { canonicalJson, sha256 } from "../files.ts";
import { type Seed, type Stream, stream } from "../random.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import { Dataset } from "./dataset.ts";
import type { Feeds } from "./feeds.ts";
import { malformed, type Row } from "./row.ts";

/** What rows are drawn for. */
export type Reading = {
  readonly tokenizer: Tokenizer;
  readonly window: number;
  /** Whether what is given and what is told share the window, being one text. */
  readonly joined: boolean;
  readonly seed: Seed;
};

/** The next row that begins at a place of a text, and how many tokens it takes; without a row they are passed over. */
export type Piece = { readonly take: number; readonly row?: Omit<Row, "prompt" | "documents"> };

/** Cuts texts into rows. */
export type Cutter = (tokens: readonly number[], random: Stream) => Piece;

/** `ul2(pages)` of a spec, and its like: rows that a fit draws. */
export class Drawn implements AsyncIterable<Row> {
  readonly name: string;
  readonly #texts: AsyncIterable<unknown> | Iterable<unknown>;
  readonly #options: unknown;
  readonly #cutter: (reading: Reading) => Cutter;

  /** `cutter` is asked once for each fit; it throws where the tokenizer lacks a word that it needs. */
  constructor(
    name: string,
    texts: AsyncIterable<unknown> | Iterable<unknown>,
    options: unknown,
    cutter: (reading: Reading) => Cutter,
  ) {
    this.name = name;
    this.#texts = texts;
    this.#options = options;
    this.#cutter = cutter;
  }

  [Symbol.asyncIterator](): AsyncIterator<Row> {
    throw new NeuroError("drawn_outside_fit", `${this.name}(..) makes rows of tokens, and only a fit knows by which tokenizer.`, {
      hint: `Give it to a fit: on: ${this.name}(..).`,
    });
  }

  /** The rows as a fit reads them. Throws what the cutter throws. */
  rows(reading: Reading): Dataset {
    const cut = this.#cutter(reading);
    const identity = async (): Promise<string> =>
      sha256(
        canonicalJson([
          this.name,
          await identityOf(this.#texts),
          this.#options as never,
          reading.window,
          reading.tokenizer.hash,
          reading.seed,
        ]),
      );
    return new DrawnRows(this.name, this.#texts, reading, cut, identity);
  }
}

/** How a fit of a program reads rows of tokens. */
export function readingOf(feeds: Feeds, tokenizer: Tokenizer, window: number, seed: Seed): Reading {
  return { tokenizer, window, joined: Object.values(feeds).some((feed) => feed.kind === "joined"), seed };
}

class DrawnRows extends Dataset {
  readonly #texts: AsyncIterable<unknown> | Iterable<unknown>;
  readonly #reading: Reading;
  readonly #cut: Cutter;
  readonly #identity: () => Promise<string>;

  constructor(
    name: string,
    texts: AsyncIterable<unknown> | Iterable<unknown>,
    reading: Reading,
    cut: Cutter,
    identity: () => Promise<string>,
  ) {
    super(name, () => [], ".");
    this.#texts = texts;
    this.#reading = reading;
    this.#cut = cut;
    this.#identity = identity;
  }

  override async *pass(epoch: number): AsyncGenerator<Row> {
    const { tokenizer, seed } = this.#reading;
    let [row, number] = [0, 0];
    for await (const value of this.#texts) {
      number++;
      let tokens: readonly number[] = tokenizer.encode(textOf(value, `${this.name}, text ${number}`));
      while (tokens.length > 0) {
        const { take, row: made } = this.#cut(tokens, stream(seed, this.name, epoch, row++));
        if (made !== undefined) yield { prompt: [], documents: [], ...made };
        tokens = tokens.slice(take);
      }
    }
  }

  override [Symbol.asyncIterator](): AsyncGenerator<Row> {
    return this.pass(0);
  }

  override stretch(): Promise<number> {
    return Promise.resolve(4_096);
  }

  override identity(): Promise<string> {
    return this.#identity();
  }
}

/** The words of a document, of a row with a `text`, or of a row with an answer. */
function textOf(value: unknown, place: string): string {
  if (typeof value === "string") return value;
  const { text, answer } = (value ?? {}) as { text?: unknown; answer?: unknown };
  if (typeof text === "string") return text;
  const said = (answer as { text?: unknown } | undefined)?.text ?? answer;
  if (typeof said === "string") return said;
  throw malformed(place, "has no `text`");
}

/** What texts are, as a hash: a source and a dataset tell it of themselves. */
async function identityOf(texts: unknown): Promise<string> {
  const { identity } = texts as { identity?: () => Promise<string> };
  if (identity !== undefined) return identity.call(texts);
  return sha256(canonicalJson(await Array.fromAsync(texts as AsyncIterable<never>)));
}
