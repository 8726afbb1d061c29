/** A document of a source as an index takes it: what tells whether it changed, and its passages. It knows no index. */
import { sha256 } from "../files.ts";
import type { TokenOffsets } from "../types.ts";
import type { IndexSettings } from "./index-file.ts";
import { rowsOf } from "./rows.ts";
import type { SourceDocument } from "./sources/document.ts";
import { isSkipped, type Skipped, type SourcePart } from "./sources/source.ts";
import type { PassageRow } from "./store/store.ts";

/** A document that was read; its passages are cut when they are asked for. */
export type Prepared = { readonly id: string; readonly hash: string; rows(): PassageRow[] };

/** Reads a part of a source and prepares its documents, in order; what is no document is told. */
export type Preparing = (part: SourcePart, signal?: AbortSignal) => AsyncIterable<Prepared | Skipped>;

/** Changes when anything of a document does. */
export function documentHash({ title, url, text, headings, pages, language = "" }: SourceDocument): string {
  return sha256(JSON.stringify([title, url, text, headings, ...(pages ? [pages] : []), language]));
}

/** Prepares here, for an index of these settings. */
export function preparing(settings: IndexSettings, offsets: TokenOffsets): Preparing {
  return async function* (part, signal) {
    for await (const read of part.read(signal)) yield isSkipped(read) ? read : prepared(read, settings, offsets);
  };
}

/** Prepares one document. */
export const prepared = (read: SourceDocument, settings: IndexSettings, offsets: TokenOffsets): Prepared => ({
  id: read.id,
  hash: documentHash(read),
  rows: () => rowsOf(read, settings, offsets),
});
