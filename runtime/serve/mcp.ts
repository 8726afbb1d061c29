/**
 * The service as an MCP server with three tools: search, answer, explain. Over HTTP each request is served alone, over stdio a connection at a time.
 * It is told no more than any other client.
 */

import type { McpServer } from "@modelcontextprotocol/server";
import { NeuroError } from "../error.ts";
import type { Dialog } from "../types.ts";
import { faultOf } from "./errors.ts";
import type { Service, Told } from "./types.ts";

/** Makes a server for one exchange. */
export type McpFactory = () => Promise<McpServer>;

/** What MCP clients are told this server is. */
export type McpFacts = { readonly name: string; readonly version: string };

const text = { type: "string", minLength: 1, maxLength: 20_000 } as const;

/** A factory of MCP servers over a service. */
export function mcpFactory(service: Service, { name, version }: McpFacts): McpFactory {
  return async () => {
    const sdk = await import("@modelcontextprotocol/server");
    const server = new sdk.McpServer({ name, version });
    for (const add of [addSearch, addAnswer, addExplain]) add(server, service, sdk);
    return server;
  };
}

/** What tools are made with; loaded when the first client comes. */
type Sdk = typeof import("@modelcontextprotocol/server");

function addSearch(server: McpServer, service: Service, { fromJsonSchema }: Sdk): void {
  server.registerTool(
    "search",
    {
      title: "Search the documents",
      description: "Finds passages of the indexed documents that fit a question, best first, with their titles and addresses.",
      inputSchema: fromJsonSchema<{ query: string; top?: number }>({
        type: "object",
        properties: {
          query: { ...text, description: "The question, in any words." },
          top: { type: "integer", minimum: 1, maximum: 100, description: "How many passages; 10 without it." },
        },
        required: ["query"],
      }),
      annotations: { readOnlyHint: true },
    },
    ({ query, top = 10 }, { mcpReq }) =>
      tried(async () => {
        const found = await service.search(query, top, mcpReq.signal);
        const results = found.map(({ id, title, url, score, text }) => ({ id, title, url, score, text }));
        return {
          text: results.map((one, i) => `${i + 1}. ${one.title} — ${one.url}\n${one.text}`).join("\n\n"),
          told: { results },
        };
      }),
  );
}

function addAnswer(server: McpServer, service: Service, { fromJsonSchema }: Sdk): void {
  server.registerTool(
    "answer",
    {
      title: "Answer from the documents",
      description:
        "Answers a question from the indexed documents, with footnotes [n] that name their sources. Says that it does not know when the documents do not tell.",
      inputSchema: fromJsonSchema<{
        question: string;
        history?: { role: "user" | "assistant"; content: string }[];
        model?: string;
      }>({
        type: "object",
        properties: {
          question: { ...text, description: "The question." },
          history: {
            type: "array",
            maxItems: 100,
            description: "The conversation before it, oldest first.",
            items: {
              type: "object",
              properties: { role: { enum: ["user", "assistant"] }, content: { type: "string", maxLength: 20_000 } },
              required: ["role", "content"],
            },
          },
          model: {
            type: "string",
            description: `Which pipeline answers: ${service
              .models()
              .map(({ id }) => id)
              .join(", ")}.`,
          },
        },
        required: ["question"],
      }),
      annotations: { readOnlyHint: true },
    },
    ({ question, history = [], model }, { mcpReq }) =>
      tried(async () => {
        const prompt: Dialog = [...history, { role: "user", content: question }];
        return answerText(await service.answer({ prompt, model, signal: mcpReq.signal }));
      }),
  );
}

function addExplain(server: McpServer, service: Service, { fromJsonSchema }: Sdk): void {
  server.registerTool(
    "explain",
    {
      title: "Explain an answer",
      description:
        "Tells for each sentence of an answer which blocks it comes from, how each stage scored them, and whether they bear it out.",
      inputSchema: fromJsonSchema<{ id: string }>({
        type: "object",
        properties: { id: { type: "string", maxLength: 100, description: "The id that `answer` told." } },
        required: ["id"],
      }),
      annotations: { readOnlyHint: true },
    },
    ({ id }) =>
      tried(async () => {
        const explained = await service.explain(id);
        if (explained === undefined) throw new NeuroError("answer_unknown", "No answer of this id is kept here.");
        return { text: JSON.stringify(explained, null, 2), told: { answers: explained } };
      }),
  );
}

function answerText({ id, answers }: Told): { text: string; told: Record<string, unknown> } {
  const { text, sources, known, missing, checks } = answers[0]!;
  const listed = sources.map(({ number, doc }) => `[${number}] ${doc.title} — ${doc.url}`);
  const told = {
    id,
    text,
    known,
    missing,
    ...(checks && { checks }),
    sources: sources.map((one) => ({ number: one.number, title: one.doc.title, url: one.doc.url, text: one.text })),
  };
  return { text: [text, ...listed].join("\n"), told };
}

/** A result, or what went wrong as a result: a model that calls a tool can read it. */
async function tried(work: () => Promise<{ text: string; told: Record<string, unknown> }>) {
  try {
    const { text, told } = await work();
    return { content: [{ type: "text" as const, text }], structuredContent: told };
  } catch (error) {
    return { content: [{ type: "text" as const, text: faultOf(error).body.error.message }], isError: true };
  }
}

/** Serves MCP over HTTP: each request by a server of its own. */
export async function mcpOverHttp(
  factory: McpFactory,
  body: number,
): Promise<{ fetch(request: Request): Promise<Response>; close(): Promise<void> }> {
  const { createMcpHandler } = await import("@modelcontextprotocol/server");
  const handler = createMcpHandler(factory, { maxRequestBodySize: body });
  return { fetch: (request) => handler.fetch(request), close: () => handler.close() };
}

/** Serves MCP over this process's standard input and output, until they end. */
export async function mcpOverStdio(factory: McpFactory): Promise<{ close(): Promise<void> }> {
  const { serveStdio } = await import("@modelcontextprotocol/server/stdio");
  return serveStdio(factory);
}
