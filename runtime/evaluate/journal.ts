/**
 * What was asked in an evaluation, line by line as it is answered, so that one that was stopped goes on. It belongs to everything that decides an answer:
 * where any of it differs, it begins anew. It knows nothing of what it keeps.
 */
import { closeSync, existsSync, ftruncateSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { canonicalJson, makeFolder, sha256, writeAll } from "../files.ts";
import type { Question } from "./spec.ts";

/** Answers by system and question. */
export type Journal = {
  get<T>(system: { readonly name: string }, question: Question): T | undefined;
  put(system: { readonly name: string }, question: Question, value: unknown): void;
  /** How many answers were there when it was opened. */
  readonly found: number;
  close(): void;
};

/** Opens the journal of a file; `identity` is what its answers depend on. A last line that was not finished is dropped. */
export function openJournal(path: string, identity: unknown): Journal {
  const head = `${JSON.stringify({ journal: sha256(canonicalJson(identity)) })}\n`;
  makeFolder(dirname(path));
  const before = existsSync(path) ? readFileSync(path, "utf8") : "";
  const goesOn = before.startsWith(head);
  const whole = goesOn ? before.slice(0, before.lastIndexOf("\n") + 1) : head;
  const known = new Map<string, unknown>();
  for (const line of whole.slice(head.length).split("\n")) {
    if (line === "") continue;
    const [key, value] = JSON.parse(line) as [string, unknown];
    known.set(key, value);
  }
  const file = openSync(path, goesOn ? "r+" : "w");
  if (goesOn) ftruncateSync(file, Buffer.byteLength(whole));
  closeSync(file);
  const appending = openSync(path, "a");
  if (!goesOn) writeAll(appending, head);
  const key = ({ name }: { readonly name: string }, { id, row }: Question) => sha256(canonicalJson([name, id, row])).slice(0, 32);
  return {
    found: known.size,
    get: (system, question) => known.get(key(system, question)) as never,
    put: (system, question, value) => writeAll(appending, `${JSON.stringify([key(system, question), value])}\n`),
    close: () => closeSync(appending),
  };
}
