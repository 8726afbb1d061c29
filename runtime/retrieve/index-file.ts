/**
 * `index.json`: what an index holds and how it was made, so that a missing, damaged or outdated one is told in one sentence. Renaming this
 * file is what makes a new index the current one.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { NeuroError } from "../error.ts";
import { canonicalJson, readText, sha256, shown, writeAtomically } from "../files.ts";
import { analysisVersion, type Language } from "./analysis/analyse.ts";
import type { CutSettings } from "./cut.ts";
import { passageSize, titleWeight } from "./passages.ts";
import type { Skipped } from "./sources/source.ts";
import type { EngineName, Weighing } from "./store/store.ts";

/** Which words an index knows a text by: `stems` are neuro's own, `lucene` those of Lucene's English analyzer. */
export type Analysis = "stems" | "lucene";

/** How an index is made, besides its documents; what is left out is as the reference says. */
export type IndexSettings = CutSettings & {
  readonly language: Language;
  readonly analysis?: Analysis;
  /** How often a title's words count. */
  readonly title?: number;
  /** How words are weighed when the index is asked: it need not be made anew. */
  readonly weighing?: Weighing;
};

/** A document as it was indexed: the hash of its text and name, the part of the source that it came from, and its passages. */
export type IndexedDocument = { readonly hash: string; readonly part: string; readonly passages: number };

/** The vectors of an index: the embedder's name and key, and how many numbers each has. */
export type IndexedVectors = { readonly by: string; readonly key: string; readonly width: number };

/** What `index.json` holds. */
export type IndexFile = {
  readonly schema: 2;
  readonly name: string;
  /** Of the settings and of the code that reads and cuts documents. */
  readonly settings: string;
  readonly engine: EngineName;
  /** The folder beside this file that holds the passages. */
  readonly data: string;
  readonly passages: number;
  readonly documents: Readonly<Record<string, IndexedDocument>>;
  /** The stamps of the source's parts. */
  readonly parts: Readonly<Record<string, string>>;
  /** What holds no document, and why. */
  readonly skipped: readonly (Skipped & { readonly part: string })[];
  readonly vectors?: IndexedVectors;
};

/** Raised when documents are read or cut differently, which makes every older index outdated. */
const readingVersion = 5;

/** The hash that an index of these settings over this source carries. */
export function settingsHash(source: Readonly<Record<string, unknown>>, settings: IndexSettings): string {
  const { language, analysis = "stems", title = titleWeight, block = "sentences", overlap = 0 } = settings;
  const ways = { language, analysis, title, block, overlap: typeof block === "number" ? overlap : 0 };
  return sha256(canonicalJson({ source, ...ways, analysisVersion, readingVersion, passageSize }));
}

const advice = "Run `neuroc index`.";

/** Reads an index's file. Throws `index_missing`, `index_stale` for one of an earlier version, `index_corrupt`. */
export function readIndexFile(folder: string, name: string): IndexFile {
  const path = join(folder, "index.json");
  if (!existsSync(path)) {
    throw new NeuroError("index_missing", `The index ${name} has not been made.`, { where: shown(path), hint: advice });
  }
  let read: Partial<Omit<IndexFile, "schema"> & { schema: number }> | null;
  try {
    read = JSON.parse(readText(path));
  } catch (cause) {
    throw corrupt(name, path, "its index.json cannot be read", cause);
  }
  if (read?.schema === 1) throw outdated(name, folder, "by an earlier version of neuro");
  const whole =
    read?.schema === 2 &&
    typeof read.data === "string" &&
    typeof read.documents === "object" &&
    typeof read.parts === "object" &&
    typeof read.settings === "string";
  if (!whole) throw corrupt(name, path, "its index.json lacks what an index needs");
  return read as IndexFile;
}

/** The error for an index whose files do not hold together. */
export function corrupt(name: string, where: string, why: string, cause?: unknown): NeuroError {
  return new NeuroError("index_corrupt", `The index ${name} is damaged: ${why}.`, { where: shown(where), hint: advice, cause });
}

/** The error for an index that was made otherwise than it would be now. */
export function outdated(name: string, folder: string, how = "with other settings than the spec has now"): NeuroError {
  return new NeuroError("index_stale", `The index ${name} was made ${how}.`, { where: shown(folder), hint: advice });
}

/** Makes this the current index. */
export function writeIndexFile(folder: string, file: IndexFile): void {
  writeAtomically(join(folder, "index.json"), `${JSON.stringify(file)}\n`);
}
