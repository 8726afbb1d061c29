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
import { type OpensearchSource, openOpensearch } from "../retrieve/sources/opensearch.ts";
import { openPostgres, type PostgresSource, postgresDocuments } from "../retrieve/sources/postgres.ts";
import { beirCorpus, records } from "../retrieve/sources/records.ts";
import { openSearxng, type SearxngSource } from "../retrieve/sources/searxng.ts";
import { type DocumentSource, documentsOf } from "../retrieve/sources/source.ts";
import { openTool, type ToolForm, type ToolSource } from "../retrieve/sources/tool.ts";
import type { Doc, StageContext } from "../types.ts";
import { embedderOf } from "./embedders.ts";

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

/** An HTTP endpoint that is called. */
export function tool(url: string, options: Omit<ToolSource, "kind" | "url">): ToolSource {
  return { kind: "tool", url, ...options };
}

/** The web, asked through a SearXNG server. */
export function searxng(url: string, options: Omit<SearxngSource, "kind" | "url">): SearxngSource {
  return { kind: "searxng", url, ...options };
}

/** What turns questions into vectors: a model's handle; by words where there is none. */
type By = { readonly by: unknown };

/** Rows of a Postgres database. */
export function postgres(env: string, query: string, { by }: By): PostgresSource & By {
  return { kind: "postgres", env, query, by };
}

/** An index of an OpenSearch server. */
export function opensearch(url: string, index: string, options: Omit<OpensearchSource, "kind" | "url" | "index"> & By) {
  return { kind: "opensearch" as const, url, index, ...options };
}

/** A document made of what a pipeline knows. */
export function document(title: string, text: string, { url }: { readonly url: string }): Doc {
  return { id: url || title, title, url, text };
}

/** What a spec may write after `source name =`. */
export type SourceDescription =
  | FilesSource
  | BeirSource
  | FileRows
  | ToolSource
  | SearxngSource
  | (PostgresSource & By)
  | (OpensearchSource & By);

/** A source of the system. */
export type SourceHandle = AsyncIterable<Doc> & {
  readonly name: string;
  /** Its documents, for an index. Throws `source_unknown` for one that is only asked or called. */
  readonly source: DocumentSource;
  /** What its documents say, as a hash. */
  identity(): Promise<string>;
} & Partial<Searchable>;

/** The handle of a declared source; `root` is the spec's folder. Throws `source_unknown`, `source_address`. */
export function sourceHandle(name: string, given: unknown, root: string): SourceHandle {
  const description = (given ?? {}) as SourceDescription;
  const asked = searchable(name, description);
  const documents = () => documentSource(name, description, root);
  if (asked === undefined) documents();
  return {
    name,
    ...asked,
    get source() {
      return documents();
    },
    async identity() {
      const hash = createHash("sha256");
      for await (const doc of this) hash.update(canonicalJson([doc.id, doc.title, doc.text]));
      return hash.digest("hex");
    },
    async *[Symbol.asyncIterator]() {
      for await (const { id, title, url, text, language } of documentsOf(documents()))
        yield { id, title, url, text, ...(language ? { language } : {}) };
    },
  };
}

/** A declared tool as a pipeline calls it. Throws `source_unknown` for a source that is no tool, `source_address`. */
export function toolHandle<A extends readonly unknown[], R>(name: string, given: unknown, form: ToolForm): ToolHandle<A, R> {
  const description = (given ?? {}) as SourceDescription;
  if (description.kind !== "tool") throw unknownSource(name, "is called, and only `tool` can be");
  const call = openTool(name, description, form);
  const count = Object.keys(form.takes).length;
  return (...values) => call(values.slice(0, count), (values[count] as StageContext | undefined)?.signal) as Promise<R>;
}

/** What is called with a tool's parameters, and with what a stage is told where it is one. */
export type ToolHandle<A extends readonly unknown[], R> = (...given: [...A, context?: StageContext]) => Promise<R>;

function searchable(name: string, source: SourceDescription): Searchable | undefined {
  if (source.kind === "searxng") return openSearxng(name, source);
  if (source.kind === "opensearch") return openOpensearch(name, source, embedderBy(source.by));
  const asked = source.kind === "postgres" && /\$1\b/.test(source.query);
  return asked ? openPostgres(name, source, embedderBy(source.by)) : undefined;
}

/** The embedder of `by: scout`; none for `by: bm25`. */
function embedderBy(by: unknown) {
  const { kind } = (by ?? { kind: "bm25" }) as { kind?: unknown };
  return kind === "bm25" ? undefined : embedderOf(by);
}

function documentSource(name: string, source: SourceDescription, root: string): DocumentSource {
  switch (source.kind) {
    case "files":
      return openFiles(source.glob, { root });
    case "jsonl":
      return records(source.path, { root });
    case "beir":
      return beirCorpus(source.path, { root });
    case "postgres":
      if (/\$1\b/.test(source.query)) throw unknownSource(name, "is asked by `search`: an index reads a query without $1");
      return postgresDocuments(name, source);
    case "tool":
      throw unknownSource(name, "is a tool without parameters: declare what it takes and gives");
    case "searxng":
    case "opensearch":
      throw unknownSource(name, "is asked by `search`, and has no documents to index");
    default:
      throw unknownSource(name, "is of a kind that cannot be read");
  }
}

function unknownSource(name: string, why: string): NeuroError {
  return new NeuroError("source_unknown", `The source ${name} ${why}.`, {
    hint: 'Documents come from `files("docs/**/*.md")`, `jsonl("docs.jsonl")`, `beir("data/scifact")` and `postgres(env, query)`.',
  });
}
