/** `/v1/embeddings` in OpenAI's form and `/v1/rerank` in that of Jina and Cohere. */

import { randomUUID } from "node:crypto";
import type { Hono } from "hono";
import type { AppParts, Env } from "./app.ts";
import { presence, readJson } from "./body.ts";
import { BadRequest } from "./errors.ts";
import { type Fields, numberIn, objectOf, textIn, textOf, textsIn, truth } from "./fields.ts";

/** Texts of one request. */
const most = 2_048;

export function vectorRoutes(app: Hono<Env>, { service, body }: AppParts): void {
  app.post("/v1/embeddings", async (c) => {
    const fields = objectOf(await readJson(c, body));
    const texts = textsIn(fields, "input", most);
    if (texts === undefined || texts.length === 0)
      throw new BadRequest("`input` is missing.", { param: "input", code: "missing_required_parameter" });
    const form = textIn(fields, "encoding_format") ?? "float";
    if (form !== "float" && form !== "base64")
      throw new BadRequest("`encoding_format` must be float or base64.", { param: "encoding_format" });
    const { model, vectors, tokens } = await service.embed(texts, presence(c));
    const width = vectors[0]?.length ?? 0;
    if ((numberIn(fields, "dimensions", 1, 65_536, true) ?? width) !== width)
      throw new BadRequest(`The model gives ${width} dimensions.`, { param: "dimensions", code: "unsupported_parameter" });
    const data = vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: form === "float" ? vector : base64(vector),
    }));
    return c.json({ object: "list", model, data, usage: { prompt_tokens: tokens, total_tokens: tokens } });
  });
  // Cohere's newer clients ask at /v2.
  app.on("POST", ["/v1/rerank", "/v2/rerank"], async (c) => {
    const fields = objectOf(await readJson(c, body));
    const query = textOf(fields, "query");
    const documents = documentsOf(fields);
    const top = numberIn(fields, "top_n", 1, most, true) ?? documents.length;
    const shown = truth(fields, "return_documents");
    const { scores, by } = await service.rank(query, documents, presence(c));
    const results = scores
      .map((score, index) => ({ index, relevance_score: score, ...(shown && { document: { text: documents[index]! } }) }))
      .sort((a, b) => b.relevance_score - a.relevance_score || a.index - b.index)
      .slice(0, top);
    return c.json({ id: `rerank-${randomUUID()}`, model: textIn(fields, "model") ?? by, results, meta: { scored_by: by } });
  });
}

function documentsOf(fields: Fields): readonly string[] {
  const param = "documents";
  const { documents } = fields;
  if (!Array.isArray(documents) || documents.length === 0)
    throw new BadRequest("`documents` must be a list of texts.", { param, code: "missing_required_parameter" });
  if (documents.length > most)
    throw new BadRequest(`\`documents\` may have ${most} texts at most.`, { param, code: "out_of_range" });
  return documents.map((document, i) =>
    typeof document === "string" ? document : textOf(objectOf(document, `documents[${i}]`), "text", `documents[${i}].text`),
  );
}

const base64 = (vector: readonly number[]): string => Buffer.from(Float32Array.from(vector).buffer).toString("base64");
