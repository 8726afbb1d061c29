/**
 * A journal only grows, and each line is on the disk before work goes on. A line that a killed process left half is dropped when it is
 * opened again. Knows nothing of what the lines say.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync } from "node:fs";
import { cannotWrite, writeAll, writeAtomically } from "../files.ts";

/** A file of JSON lines, open for appending. */
export class Journal {
  readonly path: string;
  #file: number;

  /** Opens for appending, mending a torn end first. Throws `cannot_write`. */
  constructor(path: string) {
    this.path = path;
    mend(path);
    try {
      this.#file = openSync(path, "a");
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }

  /** Adds a line; it survives a power cut once this returns, unless `durable` is false (then it survives the process). */
  add(line: object, durable = true): void {
    try {
      writeAll(this.#file, `${JSON.stringify(line)}\n`);
      if (durable) fsyncSync(this.#file);
    } catch (error) {
      throw cannotWrite(this.path, error);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** The lines of a journal that are whole; none when there is no file. */
export function readJournal(path: string): unknown[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line) => parsed(line));
}

/** Keeps the lines that `keep` wants: what a fit does with the numbers of steps that it will make again. */
export function filterJournal(path: string, keep: (line: unknown) => boolean): void {
  const lines = readJournal(path);
  const kept = lines.filter(keep);
  if (kept.length < lines.length) writeAtomically(path, kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

function mend(path: string): void {
  if (!existsSync(path)) return;
  const text = readFileSync(path, "utf8");
  if (text === "" || text.endsWith("\n")) return;
  writeAtomically(path, text.slice(0, text.lastIndexOf("\n") + 1));
}

function parsed(line: string): unknown[] {
  try {
    return line === "" ? [] : [JSON.parse(line) as unknown];
  } catch {
    return [];
  }
}
