import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { generate } from "../answer/generate.ts";
import { rephrase } from "../answer/rephrase.ts";
import { openRun } from "../pipeline/run.ts";
import { roughOffsets } from "../retrieve/infocontext.ts";
import type { Block, Context, StageContext } from "../types.ts";
import { remoteModel } from "./openai.ts";

type Handler = (body: Record<string, unknown>, request: IncomingMessage, response: ServerResponse) => void;
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A small server that speaks the chat protocol as `handler` says; gives its base URL. */
async function serve(handler: Handler): Promise<string> {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => handler(JSON.parse(Buffer.concat(parts).toString() || "{}"), request, response));
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const json = (response: ServerResponse, status: number, value: unknown) => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
};
const reply = (content: string) => ({
  choices: [{ index: 0, message: { role: "assistant", content } }],
  usage: { prompt_tokens: 9, completion_tokens: 3 },
});
const doc = { id: "a.md", title: "Oslo", url: "a.md", text: "Oslo is the capital of Norway." };
const block: Block = { number: 1, doc, start: 0, end: 30, text: doc.text, score: 1 };
const context: Context = { blocks: [block], tokens: 7 };
const prompt = [{ role: "user", content: "What is the capital of Norway?" }] as const;

function asking<T>(
  body: (at: StageContext) => Promise<T>,
  options: { within?: number; onText?: (text: string) => void } = {},
): Promise<T> {
  const { run } = openRun({ offsets: roughOffsets, seed: 7, ...(options.onText ? { onText: options.onText } : {}) });
  return run.stage("generate", "main.neuro:5", body, options.within === undefined ? {} : { within: options.within });
}

test("a server is shown the rules, the numbered blocks and the dialog, and unreal footnotes of its answer are taken out", async () => {
  const seen: Record<string, unknown>[] = [];
  const keys: unknown[] = [];
  const url = await serve((body, request, response) => {
    seen.push(body);
    keys.push(request.headers.authorization);
    json(response, 200, reply("Oslo [1][7]."));
  });
  process.env.MY_KEY = "secret";
  const model = remoteModel({ name: "gpt", url, model: "small", key: "MY_KEY" });
  const answer = await asking((at) => generate(model, prompt, context, { with: { strategy: { kind: "greedy" }, most: 50 } }, at));
  expect(answer).toMatchObject({
    text: "Oslo [1].",
    known: true,
    footnotes: [{ number: 1, at: 5 }],
    sources: [{ number: 1, doc: { id: "a.md" } }],
  });
  expect(seen[0]).toMatchObject({ model: "small", temperature: 0, max_tokens: 50, seed: 7 });
  const messages = seen[0]!.messages as { role: string; content: string }[];
  expect(messages[0]!.content).toContain("[1] Oslo\nOslo is the capital of Norway.");
  expect(messages[1]).toEqual({ role: "user", content: "What is the capital of Norway?" });
  expect(keys).toEqual(["Bearer secret"]);
});

test("the key comes from the environment", async () => {
  let key: unknown;
  const url = await serve((_body, request, response) => {
    key = request.headers.authorization;
    json(response, 200, reply("I do not know."));
  });
  process.env.NEURO_API_KEY = "from-environment";
  try {
    const answer = await asking((at) => generate(remoteModel({ name: "gpt", url, model: "m" }), prompt, context, {}, at));
    expect(answer).toMatchObject({ known: false, sources: [] });
    expect(key).toBe("Bearer from-environment");
  } finally {
    delete process.env.NEURO_API_KEY;
  }
});

test("a streamed answer is shown as it grows, and never with half a footnote or an unreal one", async () => {
  const pieces = ["Os", "lo", " [", "1", "] and", " [", "9]", "."];
  const url = await serve((body, _request, response) => {
    expect(body.stream).toBe(true);
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const content of pieces) response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);
    response.end("data: [DONE]\n\n");
  });
  const shown: string[] = [];
  const answer = await asking((at) => generate(remoteModel({ name: "gpt", url, model: "m" }), prompt, context, {}, at), {
    onText: (text) => shown.push(text),
  });
  expect(answer.text).toBe("Oslo [1] and.");
  expect(shown).toContain("Oslo [1] and");
  for (const [i, text] of shown.entries()) expect(text.startsWith(shown[i - 1] ?? "")).toBe(true);
  for (const text of shown) expect(text).not.toMatch(/\[(?!1\])/);
});

test("a busy server is asked again, and what it says in the end is told", async () => {
  let calls = 0;
  const url = await serve((_body, _request, response) => {
    calls += 1;
    if (calls < 2) json(response.setHeader("retry-after-ms", "1"), 429, { error: { message: "slow down" } });
    else json(response, 200, reply("Oslo [1]."));
  });
  const model = remoteModel({ name: "gpt", url, model: "m" });
  expect((await asking((at) => generate(model, prompt, context, {}, at))).text).toBe("Oslo [1].");
  expect(calls).toBe(2);
});

test.each([
  [401, { error: { message: "bad key" } }, "remote_key", /refused the key \(401: bad key\)/],
  [404, { error: { message: "no such model" } }, "remote_model", /does not know "m"/],
  [400, { error: { message: "maximum context length is 10" } }, "remote_too_long", /more than it can read/],
  [400, { error: { message: "bad field" } }, "remote_refused", /refused the request \(400: bad field\)/],
  [500, { error: { message: "oops" } }, "remote_failed", /failed \(500: oops\)/],
] as const)("status %i becomes one sentence with a hint (%o)", async (status, body, code, message) => {
  const url = await serve((_body, _request, response) => json(response, status, body));
  const asked = asking((at) => generate(remoteModel({ name: "gpt", url, model: "m", retries: 0 }), prompt, context, {}, at));
  await expect(asked).rejects.toMatchObject({ code, message: expect.stringMatching(message), hint: expect.any(String) });
});

test("a server that is not there, one that answers with nothing and one that speaks another protocol are told apart", async () => {
  const gone = asking((at) =>
    generate(remoteModel({ name: "gpt", url: "http://127.0.0.1:9/v1", model: "m", retries: 0 }), prompt, context, {}, at),
  );
  await expect(gone).rejects.toMatchObject({ code: "remote_unreachable" });
  const url = await serve((_body, _request, response) => json(response, 200, { hello: 1 }));
  const foreign = asking((at) => generate(remoteModel({ name: "gpt", url, model: "m", retries: 0 }), prompt, context, {}, at));
  await expect(foreign).rejects.toMatchObject({ code: "remote_empty" });
  expect(() => remoteModel({ name: "gpt", url: "localhost:8000", model: "m" })).toThrow(/no address of a server/);
});

test("a server that hangs is left when the stage's time is over", async () => {
  const url = await serve(() => {});
  const begun = Date.now();
  const asked = asking((at) => generate(remoteModel({ name: "gpt", url, model: "m" }), prompt, context, {}, at), { within: 60 });
  await expect(asked).rejects.toMatchObject({ code: "stage_late" });
  expect(Date.now() - begun).toBeLessThan(2000);
});

test("thoughts that a server leaves in the text are told to nobody, streamed or whole", async () => {
  const whole = "<think>The user asks. It is Oslo [9].</think>\n\nOslo is the capital of Norway [1].";
  const url = await serve((body, _request, response) => {
    if (!body.stream) return json(response, 200, reply(whole));
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const content of whole.match(/[\s\S]{1,5}/g)!)
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);
    response.end("data: [DONE]\n\n");
  });
  const model = remoteModel({ name: "gpt", url, model: "m" });
  const told: string[] = [];
  const options = { onText: (text: string) => void told.push(text) };
  for (const checked of [{ kind: "none" }, { kind: "words" }] as const) {
    told.length = 0;
    const streamed = await asking((at) => generate(model, prompt, context, { checked }, at), options);
    const plain = await asking((at) => generate(model, prompt, context, { checked }, at));
    expect([streamed.text, plain.text]).toEqual(Array(2).fill("Oslo is the capital of Norway [1]."));
    expect(told.length).toBeGreaterThan(0);
    for (const text of told) expect(streamed.text.startsWith(text)).toBe(true);
  }
});

test("rephrase takes a list of questions in any of the forms that models write, and the last turn when there is none", async () => {
  const replies = [
    '["capital of Norway", "Norway capital city", "capital of norway"]',
    "Sure:\n1. height of Oslo\n2. age of Oslo",
    "Oslo.",
    '```json\n["a b"]\n```',
  ];
  const url = await serve((_body, _request, response) => json(response, 200, reply(replies.shift()!)));
  const model = remoteModel({ name: "gpt", url, model: "m" });
  const ask = () => asking((at) => rephrase(prompt, model, { most: 3 }, at));
  expect(await ask()).toEqual(["capital of Norway", "Norway capital city"]);
  expect(await ask()).toEqual(["height of Oslo", "age of Oslo"]);
  expect(await ask()).toEqual(["What is the capital of Norway?"]);
  expect(await ask()).toEqual(["a b"]);
});
