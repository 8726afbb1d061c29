/**
 * The sources of a spec: what `files("docs/**\/*.md")` and its like describe, as handles whose documents are read one by one, that are asked
 * questions, or that are called. Nothing is read or contacted before it is asked.
 */

import { createHash } from "node:crypto";
import type { FileRows } from "../data/dataset.ts";
import { NeuroError } from "../error.ts";
import { canonicalJson } from "../files.ts";
import type { Searchable } from "../retrieve/searchable.ts";
import { files as openFiles } from "../retrieve/sources/files.ts";
import { beirCorpus, records } from "../retrieve/sources/records.ts";
import { type DocumentSource, documentsOf } from "../retrieve/sources/source.ts";
import type { Doc } from "../types.ts";

/** `files("docs/**\/*.md")` of a spec. */
export type FilesSource = { readonly kind: "files"; readonly glob: string };
/** `beir("data/scifact")` of a spec. */
export type BeirSource = { readonly kind: "beir"; readonly path: string };

/** The files below the spec's folder that match a pattern; several patterns are separated by commas. */
export function files(glob: string): FilesSource {
  return { kind: "files", glob };
}

/** The corpus of a folder in BEIR's layout. */
export function beir(path: string): BeirSource {
  return { kind: "beir", path };
}

/** What a spec may write after `source name =`. */
export type SourceDescription = FilesSource | BeirSource | FileRows;

/** A source of the system. */
export type SourceHandle = AsyncIterable<Doc> & {
  readonly name: string;
  /** Its documents, for an index. Throws `source_not_read` for one that is only asked or called. */
  readonly source: DocumentSource;
  /** What its documents say, as a hash. */
  identity(): Promise<string>;
} & Partial<Searchable>;

/** The handle of a declared source; `root` is the spec's folder. Throws `source_unknown` for a kind that this version cannot read. */
export function sourceHandle(name: string, description: unknown, root: string): SourceHandle {
  const source = documentSource(name, description, root);
  return {
    name,
    source,
    async identity() {
      const hash = createHash("sha256");
      for await (const doc of this) hash.update(canonicalJson([doc.id, doc.title, doc.text]));
      return hash.digest("hex");
    },
    async *[Symbol.asyncIterator]() {
      for await (const { id, title, url, text, language } of documentsOf(source))
        yield { id, title, url, text, ...(language ? { language } : {}) };
    },
  };
}

function documentSource(name: string, description: unknown, root: string): DocumentSource {
  const { kind, ...said } = (description ?? {}) as Partial<SourceDescription> & { glob?: string; path?: string };
  if (kind === "files" && typeof said.glob === "string") return openFiles(said.glob, { root });
  if (kind === "jsonl" && typeof said.path === "string") return records(said.path, { root });
  if (kind === "beir" && typeof said.path === "string") return beirCorpus(said.path, { root });
  throw new NeuroError("source_unknown", `The source ${name} is of a kind that cannot be read.`, {
    hint: 'Write `files("docs/**/*.md")`, `jsonl("docs.jsonl")` or `beir("data/scifact")`.',
  });
}
