/**
 * What a run has measured, under keys: a journal that only grows, read when the first is asked for. The same question is never asked twice, not
 * even of a run that was killed. Knows nothing of what keys stand for.
 */
import { Journal, readJournal } from "../train/journal.ts";

/** A number, or a number for each case of an enumeration. */
export type Result = number | Readonly<Record<string, number>>;

/** What a build's code is given of it: the spec knows which of the two it is, TypeScript lets it be read as either. */
export type Measured = number & Readonly<Record<string, number>>;

/** The measurements of one run. */
export class Results {
  readonly #path: string;
  #known: Map<string, Result> | undefined;
  #journal: Journal | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** What is known under a key. */
  get(key: string): Result | undefined {
    return this.#all().get(key);
  }

  /** Keeps results; they survive the process, and `durable` ones a power cut. Throws `cannot_write`. */
  keep(results: readonly (readonly [key: string, result: Result])[], durable = false): void {
    const known = this.#all();
    this.#journal ??= new Journal(this.#path);
    for (const [key, result] of results) {
      if (known.has(key)) continue;
      this.#journal.add({ key, result }, durable);
      known.set(key, result);
    }
  }

  close(): void {
    this.#journal?.close();
    this.#journal = undefined;
  }

  #all(): Map<string, Result> {
    this.#known ??= new Map(
      (readJournal(this.#path) as { key?: unknown; result?: unknown }[]).flatMap(({ key, result }) =>
        typeof key === "string" && isResult(result) ? [[key, result] as const] : [],
      ),
    );
    return this.#known;
  }
}

const isResult = (value: unknown): value is Result =>
  typeof value === "number" ||
  (typeof value === "object" && value !== null && Object.values(value).every((one) => typeof one === "number"));
