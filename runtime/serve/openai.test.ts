// The real `openai` client against the server: whole answers, streams, every field that is promised, and what it is told when it asks wrongly.
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Answer, Docs } from "../types.ts";
import { docs, post, question, serveFake } from "./tests/fake.ts";

let server: Awaited<ReturnType<typeof serveFake>>;
let client: OpenAI;
beforeAll(async () => {
  server = await serveFake({}, {}, ["answer", "plain"]);
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
});
afterAll(() => server.end());

const ask = (content: string, more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}) =>
  client.chat.completions.create({ model: "answer", messages: [{ role: "user", content }], ...more });

test("a whole answer has its text, its citations at their places, and its numbers of tokens", async () => {
  const told = await ask("What is the capital of Ghana?");
  const [{ message, finish_reason, index, logprobs }] = told.choices as [OpenAI.ChatCompletion.Choice];
  expect(message.content).toBe("The capital is Accra [1]. It is in Ghana.");
  expect([finish_reason, index, logprobs, message.role, told.object, told.model]).toEqual([
    "stop",
    0,
    null,
    "assistant",
    "chat.completion",
    "answer",
  ]);
  const [annotation] = message.annotations!;
  const { start_index, end_index, url, title } = annotation!.url_citation;
  expect([annotation!.type, url, title]).toEqual(["url_citation", docs[0]!.url, docs[0]!.title]);
  expect(message.content!.slice(start_index, end_index)).toBe("[1]");
  expect(told.usage).toMatchObject({ prompt_tokens: 21, completion_tokens: 9, total_tokens: 30 });
  expect(Math.abs(told.created - Date.now() / 1000)).toBeLessThan(60);
});

test("a stream comes in pieces that together are the answer, then its citations, then its numbers", async () => {
  const stream = await client.chat.completions.create({
    model: "answer",
    messages: [{ role: "user", content: "slow 80" }],
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = "";
  const times: number[] = [];
  const ends: (string | null)[] = [];
  let annotations: unknown;
  let usage: OpenAI.CompletionUsage | null | undefined;
  const ids = new Set<string>();
  for await (const chunk of stream) {
    ids.add(chunk.id);
    const [choice] = chunk.choices;
    if (choice?.delta.content) times.push(performance.now());
    text += choice?.delta.content ?? "";
    if (choice?.finish_reason) ends.push(choice.finish_reason);
    annotations ??= (choice?.delta as { annotations?: unknown })?.annotations;
    usage = chunk.usage ?? usage;
  }
  expect(text).toBe("The capital is Accra [1]. It is in Ghana.");
  expect([ids.size, ends]).toEqual([1, ["stop"]]);
  expect(annotations).toMatchObject([{ type: "url_citation", url_citation: { start_index: 21, end_index: 24 } }]);
  expect(usage).toMatchObject({ prompt_tokens: 21, completion_tokens: 9 });
  // It was not held back until the end.
  expect(times.length).toBeGreaterThan(4);
  expect(times.at(-1)! - times[0]!).toBeGreaterThan(30);
});

test("the client's own helper puts a stream together to the same answer", async () => {
  const runner = client.chat.completions.stream({ model: "answer", messages: [{ role: "user", content: "x" }] });
  expect((await runner.finalChatCompletion()).choices[0]!.message.content).toBe("The capital is Accra [1]. It is in Ghana.");
});

test("several answers have a seed each, the first the one that was given, and their tokens are summed", async () => {
  const one = await ask("echo hello", { seed: 7 });
  const three = await ask("echo hello", { seed: 7, n: 3 });
  const texts = three.choices.map(({ message }) => message.content);
  expect(texts[0]).toBe(one.choices[0]!.message.content);
  expect(texts[0]).toContain("hello 7 ");
  expect(new Set(texts).size).toBe(3);
  expect(three.usage).toMatchObject({ prompt_tokens: 21, completion_tokens: 3 * one.usage!.completion_tokens });
  const again = await ask("echo hello", { seed: 7, n: 3 });
  expect(again.choices.map(({ message }) => message.content)).toEqual(texts);
});

test("a short answer says that it was cut, and probabilities come token by token when they are asked for", async () => {
  const { choices } = await ask("x", { max_completion_tokens: 3, logprobs: true });
  const [{ message, finish_reason, logprobs }] = choices as [OpenAI.ChatCompletion.Choice];
  expect([message.content, finish_reason]).toEqual(["The capital is", "length"]);
  expect(logprobs!.content!.map(({ token, logprob }) => [token, logprob])).toEqual([
    ["The ", -0.5],
    ["capital ", -0.5],
    ["is ", -0.5],
  ]);
  expect((await ask("x", { max_tokens: 3 })).choices[0]!.finish_reason).toBe("length");
});

test("models are listed, and the one that is named answers", async () => {
  const models = [];
  for await (const model of client.models.list()) models.push(model.id);
  expect(models).toEqual(["answer", "plain"]);
  expect((await client.models.retrieve("plain")).id).toBe("plain");
  expect((await ask("x", { model: "plain" })).model).toBe("plain");
  await expect(ask("x", { model: "gpt-4" })).rejects.toMatchObject({ status: 404, code: "model_unknown" });
});

test("parts of content that are texts are read, and a system's message may come first", async () => {
  const told = await client.chat.completions.create({
    model: "answer",
    messages: [
      { role: "developer", content: "Be brief." },
      { role: "user", content: [{ type: "text", text: "echo " }, { type: "text", text: "parts" }] }, // biome-ignore format: one message
    ],
    seed: 1,
  });
  expect(told.choices[0]!.message.content).toContain("parts 1");
});

test.each([
  ["no messages", { model: "answer", messages: [] }, "messages", "missing_required_parameter"],
  ["no model", { messages: [{ role: "user", content: "x" }] }, "model", "missing_required_parameter"],
  ["no question", { model: "answer", messages: [{ role: "assistant", content: "x" }] }, "messages", "invalid_value"],
  ["another role", { model: "answer", messages: [{ role: "tool", content: "x" }] }, "messages[0].role", "invalid_value"],
  [
    "a picture",
    question("x", { messages: [{ role: "user", content: [{ type: "image_url" }] }] }),
    "messages[0].content",
    "unsupported_content",
  ],
  ["heat", question("x", { temperature: 3 }), "temperature", "out_of_range"],
  ["a temperature in words", question("x", { temperature: "hot" }), "temperature", "invalid_type"],
  ["too many answers", question("x", { n: 99 }), "n", "out_of_range"],
  ["half an answer", question("x", { n: 1.5 }), "n", "invalid_type"],
  ["five stops", question("x", { stop: ["a", "b", "c", "d", "e"] }), "stop", "out_of_range"],
  ["tools", question("x", { tools: [{ type: "function" }] }), "tools", "unsupported_parameter"],
  ["a form", question("x", { response_format: { type: "json_object" } }), "response_format", "unsupported_parameter"],
  ["a penalty", question("x", { presence_penalty: 1 }), "presence_penalty", "unsupported_parameter"],
  ["alternatives of nothing", question("x", { top_logprobs: 2 }), "top_logprobs", "invalid_value"],
  ["a stream that is no truth", question("x", { stream: "yes" }), "stream", "invalid_type"],
] as const)("%s is refused with the field that is wrong", async (_, body, param, code) => {
  const told = await post(`${server.url}/v1/chat/completions`, body);
  expect([told.status, told.body.error]).toEqual([400, expect.objectContaining({ param, code, type: "invalid_request_error" })]);
});

test("a body that is no JSON is told so, and what lies elsewhere is not found", async () => {
  expect(await post(`${server.url}/v1/chat/completions`, "{")).toMatchObject({
    status: 400,
    body: { error: { code: "invalid_json" } },
  });
  expect(await post(`${server.url}/v1/completions`, {})).toMatchObject({
    status: 404,
    body: { error: { code: "route_unknown" } },
  });
});

test("a fault of ours is told without its inner parts, whole and in a stream", async () => {
  const told = await post(`${server.url}/v1/chat/completions`, question("fail"));
  expect(told).toMatchObject({ status: 500, body: { error: { type: "server_error", code: "stage_failed" } } });
  expect(JSON.stringify(told.body)).not.toContain("secret");
  const streamed = await client.chat.completions.create({
    ...question("fail"),
    stream: true,
  } as OpenAI.ChatCompletionCreateParamsStreaming);
  await expect(
    (async () => {
      for await (const _ of streamed);
    })(),
  ).rejects.toThrow("generate failed");
});

test("rerank scores by words where the spec names nothing, as Jina and Cohere tell it", async () => {
  const documents = ["Paris is in France.", { text: "Accra is the capital of Ghana." }, "Ghana has a capital."];
  const { body } = await post(`${server.url}/v1/rerank`, {
    query: "the capital of Ghana",
    documents,
    top_n: 2,
    return_documents: true,
  });
  expect(body).toMatchObject({ model: "bm25", meta: { scored_by: "bm25" } });
  const results = body.results as unknown as { index: number; relevance_score: number; document: { text: string } }[];
  expect(results.map(({ index }) => index).sort()).toEqual([1, 2]);
  expect(results[0]!.relevance_score).toBeGreaterThanOrEqual(results[1]!.relevance_score);
  const newer = await post(`${server.url}/v2/rerank`, {
    query: "the capital of Ghana",
    documents,
    top_n: 2,
    return_documents: true,
  });
  expect(newer.body.results).toEqual(body.results);
  expect(await post(`${server.url}/v1/rerank`, { query: "x" })).toMatchObject({
    status: 400,
    body: { error: { param: "documents" } },
  });
  expect(await post(`${server.url}/v1/rerank`, { query: "x", documents: ["a", { title: "b" }] })).toMatchObject({
    status: 400,
    body: { error: { param: "documents[1].text", message: "`documents[1].text` is missing." } },
  });
});

test("a server without a model for vectors says what to declare", async () => {
  await expect(client.embeddings.create({ model: "scout", input: "x" })).rejects.toMatchObject({
    status: 404,
    code: "embed_missing",
  });
  await expect(client.embeddings.create({ model: "scout", input: [5, 6] })).rejects.toMatchObject({
    message: "400 `input` must be a text or a list of texts; tokens of another tokenizer would mean nothing here.",
  });
});

test("an answer is found later by its id, with its trace and where its sentences come from", async () => {
  const { id } = await ask("What is the capital of Ghana?");
  const told = (await (await fetch(`${server.url}/v1/answers/${id}`)).json()) as { answers: Answer[]; explained: unknown[] };
  expect(told.answers[0]!.trace.spans.map(({ stage }) => stage)).toEqual(["search", "infocontext", "generate"]);
  expect(told.explained[0]).toMatchObject([
    {
      text: "The capital is Accra [1].",
      blocks: [
        {
          number: 1,
          id: "ghana.md",
          scores: [
            { stage: "search", rank: 1, score: 2 },
            { stage: "infocontext", rank: 1 },
          ],
        },
      ],
    },
    { text: "It is in Ghana.", blocks: [] },
  ]);
  expect((await fetch(`${server.url}/v1/answers/chatcmpl-none`)).status).toBe(404);
});

test("search finds passages by address", async () => {
  const { results } = (await (await fetch(`${server.url}/v1/search?q=capital&top=2`)).json()) as { results: Docs };
  expect(results.map(({ id }) => id)).toEqual(["ghana.md", "oslo.md"]);
  expect((await fetch(`${server.url}/v1/search`)).status).toBe(400);
});

test("the meters count what was done, under their names", async () => {
  await ask("x");
  const text = await (await fetch(`${server.url}/metrics`)).text();
  for (const name of [
    "neuro_request_seconds",
    "neuro_ttft_seconds",
    "neuro_tpot_seconds",
    "neuro_tokens_total",
    "neuro_queue_depth",
  ])
    expect(text).toContain(name);
  expect(Number(/neuro_tokens_total\{type="output"\} (\d+)/.exec(text)![1])).toBeGreaterThan(8);
  expect(text).toContain('neuro_stage_seconds_count{stage="generate",outcome="failed"}');
  expect(text).not.toContain("capital of Ghana");
});
