import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { Row } from "../data/row.ts";
import type { Results } from "../measure/results.ts";
import { RemoteJudge } from "./judge.ts";

type Body = { readonly messages: readonly { readonly role: string; readonly content: string }[] };
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(handler: (body: Body, response: ServerResponse) => void) {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => handler(JSON.parse(Buffer.concat(parts).toString()), response));
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return { name: "judge", url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, model: "m" };
}
const say = (response: ServerResponse, content: string, status = 200): void => {
  response.writeHead(status, { "content-type": "application/json", "retry-after-ms": "1" });
  response.end(
    JSON.stringify(status === 200 ? { choices: [{ message: { role: "assistant", content } }] } : { error: { message: content } }),
  );
};
const pair = {
  prompt: [{ role: "user", content: "capital?" }],
  documents: [{ title: "Norway", text: "Oslo is the capital." }],
  left: { text: "Oslo" },
  right: { text: "Bergen" },
} as Row;
const before = (text: string, first: string, second: string): boolean => text.indexOf(first) < text.indexOf(second);
const odds = Math.log(19);

test("two answers are compared in both orders for each aspect, and who prefers a place prefers nobody", async () => {
  const asked: string[] = [];
  const at = await serve(({ messages }, response) => {
    const [system, user] = messages.map(({ content }) => content);
    asked.push(user!);
    // A judge of its own mind as a whole, and one that likes whatever stands first by usefulness.
    say(response, system!.includes("usefulness") || before(user!, "\nOslo\n", "\nBergen\n") ? "A" : "B");
  });
  const judge = new RemoteJudge();
  const cases = { compares: true, cases: ["main", "usefulness"] };
  expect(await judge.asked(at, cases, pair)).toEqual({ main: odds, usefulness: 0 });
  expect(asked.length).toBe(4);
  expect(asked[0]).toContain("Oslo is the capital.");
  expect(await judge.asked(at, { compares: true }, { ...pair, left: pair.right, right: pair.left })).toBe(-odds);
});

test("a server that fails is asked again; one answer is marked from 0 to 10", async () => {
  let calls = 0;
  const at = await serve((_, response) => (++calls < 3 ? say(response, "oops", 500) : say(response, "8/10")));
  expect(await new RemoteJudge().asked(at, { compares: false }, { ...pair, answer: { text: "Oslo" } })).toBe(8);
  expect(calls).toBe(3);
});

test("a judge that is late is named with its address", async () => {
  const at = await serve(() => {});
  const asked = new RemoteJudge({ retries: 1 }).asked({ ...at, timeout: 50 }, { compares: true }, pair);
  await expect(asked).rejects.toMatchObject({ code: "remote_late", message: expect.stringContaining(at.url) });
});

test("a key that the spec names and nobody set is asked for by its name", async () => {
  const at = await serve((_, response) => say(response, "A"));
  const asked = new RemoteJudge().asked({ ...at, key: "NEURO_NO_SUCH_KEY" }, { compares: true }, pair);
  await expect(asked).rejects.toMatchObject({ code: "remote_key", message: expect.stringContaining("NEURO_NO_SUCH_KEY") });
});

test("whoever is told to stop asks nothing more, and keeps what was answered", async () => {
  const stop = new AbortController();
  let calls = 0;
  const at = await serve((_, response) => {
    if (++calls === 8) stop.abort(new Error("stopped"));
    setTimeout(() => say(response, "5"), 20);
  });
  const kept = new Map<string, unknown>();
  const results = { get: () => undefined, keep: ([[key, value]]: [[string, unknown]]) => void kept.set(key, value) };
  const rows = Array.from({ length: 40 }, (_, i) => ({ ...pair, answer: { text: `answer ${i}` } }));
  const within = { results: results as unknown as Results, signal: stop.signal };
  const judge = new RemoteJudge();
  const ended = await Promise.allSettled(rows.map((row) => judge.asked(at, { compares: false }, row, within)));
  expect([calls, kept.size, ended.filter(({ status }) => status === "fulfilled").length]).toEqual([8, 8, 8]);
});

test("nonsense is asked about again and then refused with what came back; a judge that comes to itself is heard", async () => {
  let sense = 2;
  const at = await serve(({ messages }, response) => say(response, messages.length > sense ? "B" : "INCORRECT"));
  await expect(new RemoteJudge().asked(at, { compares: true }, pair)).resolves.toBe(0);
  sense = 100;
  const asked = new RemoteJudge().asked(at, { compares: true }, pair);
  await expect(asked).rejects.toMatchObject({
    code: "remote_nonsense",
    message: expect.stringMatching(/judge at http.*neither A nor B.*"INCORRECT"/),
  });
});

test("no more than eight requests are under way at the same time", async () => {
  let [now, peak] = [0, 0];
  const at = await serve((_, response) => {
    peak = Math.max(peak, ++now);
    setTimeout(() => {
      now--;
      say(response, "5");
    }, 30);
  });
  const judge = new RemoteJudge();
  const rows = Array.from({ length: 40 }, (_, i) => ({ ...pair, answer: { text: `answer ${i}` } }));
  expect(await Promise.all(rows.map((row) => judge.asked(at, { compares: false }, row)))).toEqual(rows.map(() => 5));
  expect([peak > 2, peak <= 8]).toEqual([true, true]);
});
