// A real MCP client: over HTTP, where each request is served alone, with the three tools and what they tell.
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveFake } from "./tests/fake.ts";

let server: Awaited<ReturnType<typeof serveFake>>;
let client: Client;
beforeAll(async () => {
  server = await serveFake({}, { keys: ["secret"] });
  client = new Client({ name: "test", version: "1" });
  const headers = { authorization: "Bearer secret" };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), { requestInit: { headers } }));
});
afterAll(async () => {
  await client.close();
  await server.end();
});

const call = async (name: string, args: Record<string, unknown>) => {
  const { structuredContent, content, isError } = await client.callTool({ name, arguments: args });
  return { told: structuredContent as Record<string, never>, text: (content as { text: string }[])[0]!.text, isError };
};

test("three tools are offered, with what they take", async () => {
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name).sort()).toEqual(["answer", "explain", "search"]);
  expect(tools.every(({ description, inputSchema }) => description!.length > 20 && inputSchema.type === "object")).toBe(true);
});

test("an answer names its sources, and its id explains it", async () => {
  const { told, text } = await call("answer", { question: "What is the capital of Ghana?" });
  expect(text).toBe("The capital is Accra [1]. It is in Ghana.\n[1] Ghana — pages/ghana.md");
  expect(told).toMatchObject({ known: true, sources: [{ number: 1, title: "Ghana" }] });
  const explained = await call("explain", { id: told.id });
  expect(explained.told).toMatchObject({
    answers: [[{ text: "The capital is Accra [1].", blocks: [{ number: 1 }] }, { blocks: [] }]],
  });
});

test("search tells passages best first", async () => {
  const { told } = await call("search", { query: "capital", top: 5 });
  expect((told.results as unknown as { id: string }[]).map(({ id }) => id)).toEqual(["ghana.md", "oslo.md"]);
});

test("what goes wrong is a result that a model can read", async () => {
  expect(await call("explain", { id: "none" })).toMatchObject({
    isError: true,
    text: expect.stringContaining("No answer of this id"),
  });
  expect(await call("answer", { question: "fail" })).toMatchObject({
    isError: true,
    text: expect.stringContaining("generate failed"),
  });
  expect(await call("answer", { question: "x", model: "gpt-4" })).toMatchObject({
    isError: true,
    text: expect.stringContaining("There is no model"),
  });
});

test("without the key nobody is let in", async () => {
  const stranger = new Client({ name: "stranger", version: "1" });
  await expect(stranger.connect(new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`)))).rejects.toThrow();
});
