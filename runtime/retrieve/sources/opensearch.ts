/**
 * `opensearch("https://search.example", index: "pages")`: an index of an OpenSearch (or Elasticsearch) server, asked by words (`multi_match`), or by
 * words and vectors where an embedder and a field of vectors are named. It is searched where it is; nothing of it is kept.
 */
import { NeuroError } from "../../error.ts";
import type { Doc, Docs } from "../../types.ts";
import type { Embedder } from "../embedder.ts";
import type { Searchable } from "../searchable.ts";
import { addressOf, ask, jsonOf, secretOf } from "./request.ts";

/** `opensearch(url, index, fields: ["title^3", "text"])` of a spec. */
export type OpensearchSource = {
  readonly kind: "opensearch";
  readonly url: string;
  readonly index: string;
  readonly fields: readonly string[];
  /** The field of vectors; empty where words are asked alone. */
  readonly vectors: string;
  readonly key: string;
  readonly private: boolean;
};

/** The index behind a server. Throws `source_address`; asking throws `secret_missing`, `source_misfit` and what `ask` throws. */
export function openOpensearch(name: string, source: OpensearchSource, embedder: Embedder | undefined): Searchable {
  const url = addressOf(name, `${source.url.replace(/\/$/, "")}/${encodeURIComponent(source.index)}/_search`);
  const find = async (query: unknown, size: number, signal: AbortSignal | undefined): Promise<Docs> => {
    const secret = secretOf(name, source.key);
    const reply = await ask({
      name,
      url,
      method: "POST",
      body: { size, query, _source: ["title", "text", "url", "language"] },
      private: source.private,
      ...(secret !== undefined && { headers: { authorization: authorization(secret) } }),
      ...(signal && { signal }),
    });
    return hitsOf(name, jsonOf(name, reply));
  };
  return {
    name,
    async lists(question, top, { signal } = {}) {
      const words = find({ multi_match: { query: question, fields: source.fields, type: "best_fields" } }, top, signal);
      if (source.vectors === "" || embedder === undefined) return [await words];
      const near = embedder.questions([question], signal).then(([vector]) => {
        const knn = { [source.vectors]: { vector: [...vector!], k: top } };
        return find({ knn }, top, signal);
      });
      return Promise.all([words, near]);
    },
  };
}

/** `user:password`, or a key. */
const authorization = (secret: string): string =>
  secret.includes(":") ? `Basic ${Buffer.from(secret).toString("base64")}` : `ApiKey ${secret}`;

function hitsOf(name: string, value: unknown): Doc[] {
  const hits = (value as { hits?: { hits?: unknown } } | null)?.hits?.hits;
  if (!Array.isArray(hits)) {
    throw new NeuroError("source_misfit", `The source ${name} answered without \`hits\`.`, {
      hint: "The address is that of an OpenSearch server.",
    });
  }
  const named = (hit: Record<string, unknown>) => (hit._source ?? {}) as Record<string, unknown>;
  if (hits.length > 0 && hits.every((hit) => typeof named(hit).text !== "string" && typeof named(hit).title !== "string")) {
    throw new NeuroError("source_misfit", `The source ${name} finds documents that have neither \`text\` nor \`title\`.`, {
      hint: "These fields are what is read: index the documents with them.",
    });
  }
  return hits.map((hit: Record<string, unknown>): Doc => {
    const own = named(hit);
    const said = (field: string): string => (typeof own[field] === "string" ? own[field] : "");
    const id = String(hit._id);
    const language = said("language");
    return {
      id,
      title: said("title") || id,
      url: said("url") || id,
      text: said("text"),
      ...(typeof hit._score === "number" && { score: hit._score }),
      ...(language !== "" && { language }),
    };
  });
}
