/**
 * The routes of a server over HTTP, and what every request passes: where it comes from, its key, its size. What goes wrong is told in OpenAI's form.
 * It answers nothing itself: the {@link Service} does.
 */

import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { NeuroError } from "../error.ts";
import { answerRoutes } from "./answers.ts";
import { chatRoute } from "./chat.ts";
import { faultOf, isOurs } from "./errors.ts";
import type { Keys } from "./keys.ts";
import type { Metrics } from "./metrics.ts";
import type { Origins } from "./origins.ts";
import { type PageFile, pageHeaders } from "./page.ts";
import type { Service } from "./types.ts";
import { vectorRoutes } from "./vectors.ts";

/** What the routes are made of. */
export type AppParts = {
  readonly service: Service;
  readonly metrics: Metrics;
  readonly keys: Keys;
  readonly page: ReadonlyMap<string, PageFile>;
  /** Which web pages may ask. */
  readonly origins: Origins;
  /** Names what answers: the build and its weights. */
  readonly fingerprint: string;
  readonly version: string;
  /** Bytes of a request. */
  readonly body: number;
  readonly mcp: (request: Request) => Promise<Response>;
  readonly log: (line: string) => void;
};

/** The environment of a route. */
export type Env = { Bindings: HttpBindings };
export type Ctx = Context<Env>;

/** What may be asked without a key: whether the server is there, and the page, which asks for the key. */
const open = (path: string, page: ReadonlyMap<string, PageFile>): boolean =>
  path === "/health" || path === "/version" || page.has(path);

export function makeApp(parts: AppParts): Hono<Env> {
  const { service, metrics, keys, page } = parts;
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    const begun = performance.now();
    c.env.outgoing.once("close", () => {
      metrics.request(routeOf(c.req.path, page), c.env.outgoing.statusCode, (performance.now() - begun) / 1000);
    });
    // Whatever a question or a document holds, no browser takes it for a page.
    c.header("x-content-type-options", "nosniff");
    const { origin, host } = { origin: c.req.header("origin"), host: c.req.header("host") };
    if (!parts.origins.welcomes(origin, host))
      throw new NeuroError("origin_foreign", "Pages of another site may not ask here.", {
        hint: "Start the server with `--origin` of that site.",
      });
    for (const [name, value] of Object.entries(parts.origins.headers(origin))) c.header(name, value);
    // A browser asks first whether its page may, without a key.
    if (c.req.method === "OPTIONS" && origin !== undefined) return c.body(null, 204);
    if (!open(c.req.path, page) && !keys.allows(c.req.header("authorization") ?? c.req.header("x-api-key")))
      throw new NeuroError("key_wrong", "The key is missing or wrong.", { hint: "Send it as `Authorization: Bearer <key>`." });
    return next();
  });
  app.get("/health", async (c) => {
    const health = await service.health();
    return c.json(health, health.status === "ok" ? 200 : 503);
  });
  app.get("/version", (c) => c.json({ name: "neuro", version: parts.version, fingerprint: parts.fingerprint }));
  app.get("/metrics", async (c) => c.body(await metrics.text(), 200, { "content-type": metrics.contentType }));
  app.post("/v1/chat/completions", (c) => chatRoute(c, parts));
  vectorRoutes(app, parts);
  answerRoutes(app, parts);
  app.all("/mcp", (c) => parts.mcp(c.req.raw));
  for (const [path, file] of page) app.get(path, (c) => sent(c, file));
  app.notFound((c) =>
    told(c, new NeuroError("route_unknown", `There is nothing at ${c.req.method} ${c.req.path.slice(0, 200)}.`), parts),
  );
  app.onError((error, c) => told(c as Ctx, error, parts));
  return app;
}

/** The response to an error, counted where it is a refusal and logged where it is a fault of ours. */
function told(c: Ctx, error: unknown, { metrics, log }: AppParts): Response {
  const { status, body, headers } = faultOf(error);
  if (isOurs(error) && !c.env.outgoing.destroyed) log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  if (status >= 400) metrics.refused(body.error.code ?? "unknown");
  return c.json(body, status as 400, { ...headers });
}

function sent(c: Ctx, { type, bytes, tag }: PageFile): Response {
  const headers = { ...pageHeaders, etag: tag };
  if (c.req.header("if-none-match") === tag) return c.body(null, 304, headers);
  return c.body(bytes, 200, { ...headers, "content-type": type });
}

/** The name of a route for meters: few names, whatever is asked. */
function routeOf(path: string, page: ReadonlyMap<string, PageFile>): string {
  if (path.startsWith("/v1/answers/")) return path.endsWith("/reward") ? "/v1/answers/:id/reward" : "/v1/answers/:id";
  if (path.startsWith("/v1/models/")) return "/v1/models/:id";
  if (path.startsWith("/v1/documents/")) return "/v1/documents/:id";
  if (routes.has(path)) return path;
  return page.has(path) ? "page" : "other";
}

const routes = new Set([
  "/health",
  "/version",
  "/metrics",
  "/mcp",
  "/v1/chat/completions",
  "/v1/models",
  "/v1/embeddings",
  "/v1/rerank",
  "/v2/rerank",
  "/v1/search",
]);
