// An embedder behind a server, asked through a real socket as the `openai` package asks it.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test } from "vitest";
import { remoteEmbedder } from "./embedder.ts";

type Body = { model: string; input: string[] };
const asked: Body[] = [];
let answer: (body: Body) => unknown;
const server = createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  asked.push(JSON.parse(text));
  const reply = answer(asked.at(-1)!);
  response.writeHead(reply === undefined ? 404 : 200, { "content-type": "application/json" }).end(JSON.stringify(reply ?? {}));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
const embedder = remoteEmbedder({ name: "scout", url, model: "e5", retries: 0 });

test("texts are sent in batches and come back in their order, of length 1", async () => {
  answer = ({ input }) => ({ data: input.map((text, index) => ({ index, embedding: [text.length, 3] })).reverse() });
  const texts = Array.from({ length: 70 }, (_, i) => ({ title: i % 2 ? "t" : "", text: "x".repeat(i) }));
  const vectors = await embedder.passages(texts);
  expect(asked.map(({ model, input }) => [model, input.length])).toEqual([
    ["e5", 64],
    ["e5", 6],
  ]);
  expect([asked[0]!.input[0], asked[0]!.input[1]]).toEqual([" ", "t\nx"]);
  for (const [i, vector] of vectors.entries()) {
    expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
    expect(vector[0]! / vector[1]!).toBeCloseTo(Math.max(1, i + (i % 2 ? 2 : 0)) / 3, 5);
  }
  expect(await embedder.scores(["xxx"], ["xxx", ""], new AbortController().signal)).toEqual([
    expect.closeTo(1, 6),
    expect.closeTo((3 + 9) / Math.hypot(3, 3) / Math.hypot(1, 3), 6),
  ]);
  expect(await embedder.key()).not.toBe(await remoteEmbedder({ name: "scout", url, model: "e6" }).key());
});

test("a server that gives other vectors than were asked for is not believed", async () => {
  for (const wrong of [
    { data: [] },
    { data: [{ index: 0, embedding: [] }] },
    { data: [{ index: 0, embedding: [0, 0] }] },
    { nothing: 1 },
  ]) {
    answer = () => wrong;
    await expect(embedder.questions(["x"]), JSON.stringify(wrong)).rejects.toMatchObject({ code: "remote_vectors" });
  }
  answer = () => undefined;
  await expect(embedder.questions(["x"])).rejects.toMatchObject({ code: expect.stringMatching(/^remote_/) });
});
