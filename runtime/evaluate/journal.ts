/**
 * What was asked in an evaluation, line by line as it is answered, so that one that was stopped goes on. It belongs to everything that decides an answer:
 * where any of it differs, it begins anew. It knows nothing of what it keeps.
 */
import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { cannotWrite, canonicalJson, makeFolder, sha256, writeAll } from "../files.ts";
import type { Question } from "./spec.ts";

/** Answers by system and question. */
export type Journal = {
  get<T>(system: { readonly name: string }, question: Question): T | undefined;
  put(system: { readonly name: string }, question: Question, value: unknown): void;
  /** How many answers were there when it was opened. */
  readonly found: number;
  close(): void;
};

/** Opens the journal of a file; `identity` is what its answers depend on. A last line that was not finished is dropped, a damaged file begun anew. Throws `cannot_write`. */
export function openJournal(path: string, identity: unknown): Journal {
  const head = `${JSON.stringify({ journal: sha256(canonicalJson(identity)) })}\n`;
  makeFolder(dirname(path));
  try {
    const before = existsSync(path) ? readFileSync(path, "utf8") : "";
    const whole = before.slice(0, before.lastIndexOf("\n") + 1);
    const known = whole.startsWith(head) ? linesOf(whole.slice(head.length)) : undefined;
    if (known === undefined) writeFileSync(path, head);
    else truncateSync(path, Buffer.byteLength(whole));
    return journal(path, known ?? new Map());
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** Answers by key; undefined where a line is damaged. */
function linesOf(text: string): Map<string, unknown> | undefined {
  try {
    return new Map(text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as [string, unknown]])));
  } catch {
    return undefined;
  }
}

const key = ({ name }: { readonly name: string }, { id, row }: Question) => sha256(canonicalJson([name, id, row])).slice(0, 32);

/** A journal that is forgotten with its evaluation. */
export function unwritten(): Journal {
  const known = new Map<string, unknown>();
  return {
    found: 0,
    get: (system, question) => known.get(key(system, question)) as never,
    put: (system, question, value) => void known.set(key(system, question), value),
    close: () => {},
  };
}

function journal(path: string, known: Map<string, unknown>): Journal {
  const file = openSync(path, "a");
  return {
    found: known.size,
    get: (system, question) => known.get(key(system, question)) as never,
    put(system, question, value) {
      try {
        writeAll(file, `${JSON.stringify([key(system, question), value])}\n`);
      } catch (error) {
        throw cannotWrite(path, error);
      }
      known.set(key(system, question), value);
    },
    close: () => closeSync(file),
  };
}
