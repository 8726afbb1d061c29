/**
 * What an index reads from: documents in parts that are read one at a time (a file, a query), each with a stamp that changes when it may hold
 * something else. Knows nothing of what is done with the documents.
 */
import type { SourceDocument } from "./document.ts";

/** Something that holds no document, and the reason in a few words: a file, or a line of one (`docs.jsonl:12`). */
export type Skipped = { readonly path: string; readonly why: string };

/** Some documents that are read together. */
export type SourcePart = {
  /** Names the part: a relative path, or what the source calls it. */
  readonly path: string;
  /** Differs when the part may hold something else than before; undefined where only reading tells. */
  readonly stamp?: string;
  /** Its documents in order; what is no document is told and passed over. */
  read(signal?: AbortSignal): AsyncIterable<SourceDocument | Skipped>;
};

/** Where documents come from. */
export type DocumentSource = {
  /** What decides which documents there are: part of what an index was made with. */
  readonly identity: Readonly<Record<string, unknown>>;
  /** As a person knows it: `files("docs/**")`. */
  readonly shown: string;
  /** Whether each part is one document, so that how many there are is known before they are read. */
  readonly single?: true;
  /** What there is now, in a stable order. Throws a NeuroError where nothing can be listed at all. */
  parts(): Promise<readonly SourcePart[]>;
};

/** Whether a read gave no document. */
export function isSkipped(read: object | Skipped): read is Skipped {
  return "why" in read;
}

/** Every document of a source, in order; what is none is passed over. */
export async function* documentsOf(source: DocumentSource, signal?: AbortSignal): AsyncGenerator<SourceDocument> {
  for (const part of await source.parts()) {
    for await (const read of part.read(signal)) if (!isSkipped(read)) yield read;
  }
}
