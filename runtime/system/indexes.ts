/** The indexes of a spec: handles that `search` takes and `neuroc index` makes. */

import { join } from "node:path";
import { NeuroError } from "../error.ts";
import { openProgress, type Progress } from "../progress.ts";
import { isLanguage, type Language, languages } from "../retrieve/analysis/analyse.ts";
import { readIndexFile } from "../retrieve/index-file.ts";
import { type Index, openIndex } from "../retrieve/library.ts";
import { type IndexReport, makeIndex } from "../retrieve/make-index.ts";
import type { SourceHandle } from "./sources.ts";

/** What a spec says of an index. */
export type IndexSpec = {
  readonly over: SourceHandle;
  readonly text?: { readonly kind: string; readonly language?: string };
  readonly vectors?: unknown;
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
  status(): Promise<IndexStatus>;
};

/** The handle of a declared index; `root` is the spec's folder. Throws `index_settings` for what this version cannot index. */
export function indexHandle(name: string, spec: IndexSpec, root: string): IndexHandle {
  const place = {
    name,
    folder: join(root, ".index", name),
    root,
    settings: { pattern: spec.over.pattern, language: languageOf(name, spec) },
  };
  const index = openIndex(place);
  return {
    ...index,
    async build({ signal, fresh = false, progress } = {}) {
      const shown = progress ?? openProgress();
      try {
        return await makeIndex({ ...place, fresh, progress: shown, ...(signal === undefined ? {} : { signal }) });
      } finally {
        if (progress === undefined) shown.close();
      }
    },
    async status() {
      try {
        const drift = await index.drift();
        const { documents, passages } = readIndexFile(place.folder, name);
        return { documents: Object.keys(documents).length, passages, ...(drift === undefined ? {} : { drift }) };
      } catch (error) {
        if (error instanceof NeuroError)
          return { documents: 0, passages: 0, problem: `${error.message} ${error.hint ?? ""}`.trim() };
        throw error;
      }
    },
  };
}

function languageOf(name: string, { text, vectors }: IndexSpec): Language {
  if (vectors !== undefined) throw unsupported(name, "vectors");
  if (text === undefined) return "mixed";
  if (text.kind !== "bm25") throw unsupported(name, text.kind);
  const { language = "mixed" } = text;
  if (isLanguage(language)) return language;
  throw new NeuroError("index_settings", `The index ${name} names the language "${language}".`, {
    hint: `Languages are ${languages.join(", ")}.`,
  });
}

function unsupported(name: string, what: string): NeuroError {
  return new NeuroError("index_settings", `The index ${name} asks for ${what}, which this version cannot index.`, {
    hint: "Use `text: bm25(language: ..)`.",
  });
}
