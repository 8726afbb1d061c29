/**
 * Rows that come one by one become a list: each is on the disk when it is there, so that a step that takes hours goes on where it was killed, where
 * its function knows how to, and is done anew where it does not. Knows nothing of what rows are.
 */
import { rmSync } from "node:fs";
import { restOf } from "../data/resume.ts";
import { NeuroError } from "../error.ts";
import type { Progress } from "../progress.ts";
import { Journal, readJournal } from "./journal.ts";

/** A step's function and its arguments, with where its rows are kept meanwhile. */
export type Collecting = {
  readonly name: string;
  readonly fn: (...given: never[]) => unknown;
  readonly given: readonly unknown[];
  /** A file of JSON lines, gone once the step is done. */
  readonly path: () => string;
  /** Whether a value lives while a fit runs: its rows are not there yet. */
  readonly lives: (value: unknown) => boolean;
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
};

/** What the function made: rows as a list, anything else as it is. Throws `interrupted` between two rows once the signal is aborted. */
export async function made({ name, fn, given, path, lives, progress, signal }: Collecting): Promise<unknown> {
  const first = restOf(fn, given, 0) === undefined ? [] : readJournal(path());
  const going = first.length > 0 ? restOf(fn, given, first.length) : undefined;
  const value = going?.rest ?? (await fn(...(given as never[])));
  if (!flows(value) || lives(value)) return value;
  const all = first.slice(0, going?.kept ?? 0);
  const resumes = restOf(fn, given, 0) !== undefined;
  const kept = resumes ? begun(path(), all) : undefined;
  const task = progress.task(name, undefined, "rows");
  task.update(all.length, all.length > 0 ? "resumed" : "");
  try {
    for await (const row of value) {
      kept?.add(row as object, false);
      task.update(all.push(row));
      if (signal?.aborted) throw stopped(name, kept ? all.length : 0);
    }
  } finally {
    kept?.close();
    task.end();
  }
  return all;
}

/** Removes what was kept of rows, once the whole is safe. */
export const forgetRows = (path: string): void => rmSync(path, { force: true });

/** What gives rows one by one: asynchronously, or as a generator does. Lists are values. */
const flows = (value: unknown): value is AsyncIterable<unknown> | Generator<unknown> =>
  typeof value === "object" &&
  value !== null &&
  (Symbol.asyncIterator in value || (Symbol.iterator in value && "next" in value && typeof value.next === "function"));

/** The file with these rows in it and no others. */
function begun(path: string, rows: readonly unknown[]): Journal {
  rmSync(path, { force: true });
  const journal = new Journal(path);
  for (const row of rows) journal.add(row as object, false);
  return journal;
}

/** The error of a step that was told to stop; `rows` of it are kept. */
export function stopped(name: string, rows = 0): NeuroError {
  const also = rows > 0 ? `, and ${rows.toLocaleString("en-US")} rows of this one` : "";
  return new NeuroError("interrupted", `${name}: stopped; every step that was done is saved${also}.`, {
    hint: "Run the same command again to go on from here.",
  });
}
