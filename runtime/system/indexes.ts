/** The indexes of a spec: handles that `search` takes and `neuroc index` makes. */

import { join } from "node:path";
import { NeuroError } from "../error.ts";
import { openProgress, type Progress } from "../progress.ts";
import { isLanguage, languages } from "../retrieve/analysis/analyse.ts";
import { lucene } from "../retrieve/bm25.ts";
import type { Embedder } from "../retrieve/embedder.ts";
import { type IndexSettings, readIndexFile } from "../retrieve/index-file.ts";
import { type Index, openIndex } from "../retrieve/library.ts";
import { type IndexReport, type MakeIndex, makeIndex } from "../retrieve/make-index.ts";
import type { TokenOffsets } from "../types.ts";
import type { SourceHandle } from "./sources.ts";

/** What a spec says of an index. */
export type IndexSpec = {
  readonly over: SourceHandle;
  readonly text?: TextSpec;
  readonly vectors?: { readonly kind: string; readonly by?: unknown };
  /** Tokens, or the case `whole`. */
  readonly block?: number | { readonly kind: string };
  readonly overlap?: number;
};

/** `bm25(language: "en", k1: 0.9, b: 0.4)`. */
export type TextSpec = {
  readonly kind: string;
  readonly language?: string;
  readonly analysis?: { readonly kind: string };
  readonly title?: number;
  readonly k1?: number;
  readonly b?: number;
};

/** Where an index lies, and what it asks of its system. */
export type IndexPlace = {
  /** The spec's folder. */
  readonly root: string;
  /** The embedder behind a model's handle. Throws `vectors_by` for a model that gives no vectors. */
  embedder(handle: unknown): Embedder;
  /** Counts tokens as the model behind a handle does, or as the system does where there is none. */
  offsets(handle: unknown): Promise<TokenOffsets>;
};

/** How an index is made: what stops it, whether anew, and where it shows how far it is. */
export type BuildIndexOptions = { readonly signal?: AbortSignal; readonly fresh?: boolean; readonly progress?: Progress };

/** How an index stands: `undefined` problems mean that it can be searched. */
export type IndexStatus = {
  readonly documents: number;
  readonly passages: number;
  readonly problem?: string;
  readonly drift?: string;
};

/** An index of the system. */
export type IndexHandle = Index & {
  /** Brings it up to date; see `makeIndex`. `fresh` makes it anew. */
  build(options?: BuildIndexOptions): Promise<IndexReport>;
  /** What `build` makes it from and how, for who makes it otherwise. */
  making(): MakeIndex;
  status(): Promise<IndexStatus>;
};

/** The handle of a declared index. Throws `index_settings` for what cannot be indexed so. */
export function indexHandle(name: string, spec: IndexSpec, place: IndexPlace): IndexHandle {
  const settings = settingsOf(name, spec);
  const { vectors, text, over } = spec;
  const embedder = vectors === undefined ? undefined : place.embedder(vectors.by);
  const words = text !== undefined || embedder === undefined;
  const opening = { name, folder: join(place.root, ".index", name), source: over.source, settings, words };
  const own = { ...opening, ...(embedder && { embedder }) };
  const index = openIndex(own);
  const making = (): MakeIndex => ({ ...own, offsets: () => place.offsets(vectors?.by) });
  return {
    ...index,
    making,
    async build({ signal, fresh = false, progress } = {}) {
      const shown = progress ?? openProgress();
      try {
        return await makeIndex({ ...making(), fresh, progress: shown, ...(signal === undefined ? {} : { signal }) });
      } finally {
        if (progress === undefined) shown.close();
      }
    },
    async status() {
      try {
        const drift = await index.drift();
        const { documents, passages } = readIndexFile(own.folder, name);
        return { documents: Object.keys(documents).length, passages, ...(drift === undefined ? {} : { drift }) };
      } catch (error) {
        if (error instanceof NeuroError)
          return { documents: 0, passages: 0, problem: `${error.message} ${error.hint ?? ""}`.trim() };
        throw error;
      }
    },
  };
}

function settingsOf(name: string, { text, block, overlap }: IndexSpec): IndexSettings {
  const wrong = (what: string, hint: string) => new NeuroError("index_settings", `The index ${name} ${what}.`, { hint });
  const { kind = "bm25", language = "mixed", analysis, title, k1 = lucene.k1, b = lucene.b } = text ?? {};
  if (kind !== "bm25") throw wrong(`asks for ${kind}`, "Use `text: bm25(language: ..)`.");
  if (!isLanguage(language)) throw wrong(`names the language "${language}"`, `Languages are ${languages.join(", ")}.`);
  const by = analysis?.kind ?? "stems";
  if (by !== "stems" && by !== "lucene") throw wrong(`asks for the analysis ${by}`, "Use `stems` or `lucene`.");
  if (by === "lucene" && language !== "en" && text?.language !== undefined)
    throw wrong(`asks for Lucene's analysis of "${language}"`, "It is of English: leave `analysis:` out.");
  if (typeof block === "number" && overlap !== undefined && overlap >= block)
    throw wrong(`has blocks of ${block} tokens that overlap by ${overlap}`, "Make `overlap:` smaller than `block:`.");
  return {
    language,
    analysis: by,
    weighing: { k1, b },
    ...(title !== undefined && { title }),
    ...(block !== undefined && { block: typeof block === "number" ? block : "whole" }),
    ...(overlap !== undefined && { overlap }),
  };
}
