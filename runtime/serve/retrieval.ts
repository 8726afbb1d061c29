/** What a server does beside answering: search in the spec's index, scores of documents, vectors of texts. */

import { NeuroError } from "../error.ts";
import { queryTerms, terms } from "../retrieve/analysis/analyse.ts";
import { bm25 } from "../retrieve/bm25.ts";
import type { Embedder } from "../retrieve/embedder.ts";
import { search } from "../retrieve/search.ts";
import type { System } from "../system.ts";
import { type Doc, type Docs, dialog, type StageContext } from "../types.ts";
import { headName } from "../weights/other-head.ts";
import type { ServerSpec } from "./server.ts";
import type { Scored } from "./types.ts";

/** The passages of the spec's first index. Throws `index_missing` where it declares none. */
export async function searched(system: System, query: string, top: number, signal: AbortSignal): Promise<Docs> {
  const [index] = system.indexes();
  if (index === undefined)
    throw new NeuroError("index_missing", "This spec declares no index to search.", {
      hint: "Add one: index library { over: pages }",
    });
  return search(index, [query], { top }, contextOf(signal));
}

/** A document of any of the spec's indexes, by its id; undefined where none holds it. No name leads to a file. */
export async function documentOf(system: System, id: string): Promise<Doc | undefined> {
  for (const index of system.indexes()) {
    const found = await index.document(id);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** By the spec's own function; by shared words (BM25 among these documents) where it names none. */
export async function ranked(
  { rank }: ServerSpec,
  query: string,
  documents: readonly string[],
  signal: AbortSignal,
): Promise<Scored> {
  if (rank === undefined) {
    const lists = documents.map((text) => terms(text, "mixed").map(({ text: term }) => term));
    return { scores: [...bm25(lists).scores([...new Set(queryTerms(query, "mixed"))])], by: "bm25" };
  }
  const given = dialog(query);
  const scores = await Promise.all(documents.map((text, i) => rank(given, { id: String(i), title: "", url: "", text })));
  signal.throwIfAborted();
  return { scores, by: rank.name };
}

/** Vectors of texts, each of length 1. Throws `embed_missing`. */
export async function embedTexts(spec: ServerSpec, system: System, texts: readonly string[], signal: AbortSignal) {
  const model =
    spec.embed ?? system.models().find(({ name }) => headName(system.manifest.models[name]?.config.head) === "embedding");
  const { embedder } = (model ?? {}) as { embedder?: Embedder };
  if (model === undefined || embedder === undefined)
    throw new NeuroError("embed_missing", "This server has no model that turns texts into vectors.", {
      hint: "Declare one in the spec, `model scout: Encoder { .., head: embedding(128) }`, and `embed: scout` of the server.",
    });
  const vectors = await embedder.passages(
    texts.map((text) => ({ title: "", text })),
    signal,
  );
  const tokenizer = await model.local?.tokenizer();
  const tokens = texts.reduce((sum, text) => sum + (tokenizer?.offsets(text).length ?? 0), 0);
  return { model: embedder.name, vectors: vectors.map((vector) => [...vector]), tokens };
}

const contextOf = (signal: AbortSignal): StageContext => ({
  signal,
  deadline: Number.POSITIVE_INFINITY,
  seed: 0,
  device: "auto",
  offsets: () => [],
  note: () => {},
});
