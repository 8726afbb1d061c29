/**
 * `/v1/models`, `/v1/search`, `/v1/documents/<id>` (a document that an index holds, whole), and `/v1/answers/<id>`: an answer that was told before,
 * with its trace and where its sentences come from, and what the spec's reward thinks of it.
 */

import type { Hono } from "hono";
import { NeuroError } from "../error.ts";
import type { AppParts, Env } from "./app.ts";
import { presence } from "./body.ts";
import { BadRequest } from "./errors.ts";

export function answerRoutes(app: Hono<Env>, { service }: AppParts): void {
  const modelOf = ({ id }: { id: string }) => ({ id, object: "model", created: 0, owned_by: "neuro" });
  app.get("/v1/models", (c) => c.json({ object: "list", data: service.models().map(modelOf) }));
  app.get("/v1/models/:id", (c) => {
    const found = service.models().find(({ id }) => id === c.req.param("id"));
    if (found) return c.json(modelOf(found));
    throw new NeuroError("model_unknown", `There is no model ${JSON.stringify(c.req.param("id").slice(0, 100))} here.`);
  });
  app.get("/v1/search", async (c) => {
    const query = c.req.query("q")?.trim() ?? "";
    if (query === "") throw new BadRequest("`q` is missing.", { param: "q", code: "missing_required_parameter" });
    const top = Number(c.req.query("top") ?? 10);
    if (!Number.isInteger(top) || top < 1 || top > 1000)
      throw new BadRequest("`top` must be a whole number from 1 to 1000.", { param: "top", code: "out_of_range" });
    return c.json({ query, results: await service.search(query, top, presence(c)) });
  });
  app.get("/v1/documents/:id{.+}", async (c) => {
    const id = c.req.param("id");
    const found = await service.document(id, presence(c));
    if (found !== undefined) return c.json(found);
    throw new NeuroError("document_unknown", `No index here holds a document ${JSON.stringify(id.slice(0, 200))}.`, {
      hint: "Ask for one by the `id` of a search's result, or by `passage.of` where it is part of one.",
    });
  });
  app.get("/v1/answers/:id", async (c) => {
    const id = c.req.param("id");
    const told = await service.told(id);
    if (told === undefined) throw unknown(id);
    return c.json({ ...told, explained: await service.explain(id), rewarded: service.rewarded });
  });
  app.get("/v1/answers/:id/reward", async (c) => {
    const id = c.req.param("id");
    const judged = await service.worth(id, presence(c));
    if (judged === undefined) throw unknown(id);
    return c.json(judged);
  });
}

const unknown = (id: string): NeuroError =>
  new NeuroError("answer_unknown", `No answer ${JSON.stringify(id.slice(0, 100))} is kept here.`, {
    hint: "Old answers are thrown away.",
  });
