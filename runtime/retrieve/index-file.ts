/**
 * `index.json`: what an index holds and how it was made, so that a missing, damaged or outdated one is told in one sentence. Renaming this
 * file is what makes a new index the current one.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { NeuroError } from "../error.ts";
import { canonicalJson, readText, sha256, shown, writeAtomically } from "../files.ts";
import { analysisVersion, type Language } from "./analysis/analyse.ts";
import { passageSize, titleWeight } from "./passages.ts";
import type { EngineName } from "./store/store.ts";

/** What decides what an index holds, besides its documents. */
export type IndexSettings = { readonly pattern: string; readonly language: Language };

/** A document as it was indexed: the hash of its text and name, the file's size and time, which are cheaper to compare, and its passages. */
export type IndexedDocument = { readonly hash: string; readonly size: number; readonly time: number; readonly passages: number };

/** What `index.json` holds. */
export type IndexFile = {
  readonly schema: 1;
  readonly name: string;
  /** Of the settings and of the code that reads and cuts documents. */
  readonly settings: string;
  readonly engine: EngineName;
  /** The folder beside this file that holds the passages. */
  readonly data: string;
  readonly passages: number;
  readonly documents: Readonly<Record<string, IndexedDocument>>;
  /** Files that match and hold no document, and why. */
  readonly skipped: readonly { readonly path: string; readonly why: string }[];
};

/** Raised when documents are read or cut differently, which makes every older index outdated. */
const readingVersion = 3;

/** The hash that an index of these settings carries. */
export function settingsHash(settings: IndexSettings): string {
  return sha256(canonicalJson({ ...settings, analysisVersion, readingVersion, passageSize, titleWeight }));
}

const advice = "Run `neuroc index`.";

/** Reads an index's file. Throws `index_missing` or `index_corrupt`. */
export function readIndexFile(folder: string, name: string): IndexFile {
  const path = join(folder, "index.json");
  if (!existsSync(path)) {
    throw new NeuroError("index_missing", `The index ${name} has not been made.`, { where: shown(path), hint: advice });
  }
  let read: Partial<IndexFile> | null;
  try {
    read = JSON.parse(readText(path)) as Partial<IndexFile> | null;
  } catch (cause) {
    throw corrupt(name, path, "its index.json cannot be read", cause);
  }
  const whole =
    read?.schema === 1 &&
    typeof read.data === "string" &&
    typeof read.documents === "object" &&
    typeof read.settings === "string";
  if (!whole) throw corrupt(name, path, "its index.json lacks what an index needs");
  return read as IndexFile;
}

/** The error for an index whose files do not hold together. */
export function corrupt(name: string, where: string, why: string, cause?: unknown): NeuroError {
  return new NeuroError("index_corrupt", `The index ${name} is damaged: ${why}.`, { where: shown(where), hint: advice, cause });
}

/** The error for an index that was made for other settings. */
export function outdated(name: string, folder: string): NeuroError {
  return new NeuroError("index_stale", `The index ${name} was made with other settings than the spec has now.`, {
    where: shown(folder),
    hint: advice,
  });
}

/** Makes this the current index. */
export function writeIndexFile(folder: string, file: IndexFile): void {
  writeAtomically(join(folder, "index.json"), `${JSON.stringify(file)}\n`);
}
