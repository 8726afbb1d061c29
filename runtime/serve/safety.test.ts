// What a server must bear: strangers, pages of other sites, too much at once, slow and vanished clients, being stopped, being killed.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { post, question, serveFake } from "./tests/fake.ts";

const opened: { end(): Promise<void> }[] = [];
const serve: typeof serveFake = async (...args) => {
  const server = await serveFake(...args);
  opened.push(server);
  return server;
};
afterEach(async () => {
  for (const server of opened.splice(0)) await server.end();
});

const chat = (url: string) => `${url}/v1/chat/completions`;

/** A request with headers that `fetch` does not allow, and its path as it is. */
function raw(port: number, path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: "127.0.0.1", path, headers }, (response) => {
      let body = "";
      response.on("data", (piece) => {
        body += piece;
      });
      response.on("end", () => resolve({ status: response.statusCode!, body }));
    });
    asked.on("error", reject);
    asked.end();
  });
}

test("with keys only those who have one are answered; health is open, and a key may be taken away", async () => {
  const folder = mkdtempSync(join(tmpdir(), "neuro-keys-"));
  const file = join(folder, "keys");
  writeFileSync(file, "# people\nfirst\nsecond\n");
  process.env.NEURO_SERVE_KEYS_FILE = file;
  try {
    const { url } = await serve();
    const status = async (key?: string) =>
      (await post(chat(url), question("x"), key ? { authorization: `Bearer ${key}` } : {})).status;
    expect([await status(), await status("third"), await status("first"), await status("second")]).toEqual([401, 401, 200, 200]);
    expect((await fetch(`${url}/v1/models`, { headers: { "x-api-key": "first" } })).status).toBe(200);
    expect([(await fetch(`${url}/health`)).status, (await fetch(`${url}/metrics`)).status]).toEqual([200, 401]);
    writeFileSync(file, "second only\nsecond\n");
    expect([await status("first"), await status("second")]).toEqual([401, 200]);
  } finally {
    delete process.env.NEURO_SERVE_KEYS_FILE;
    rmSync(folder, { recursive: true });
  }
});

test("a document is told to who has a key, by its id in an index and by no other name", async () => {
  process.env.NEURO_SERVE_KEYS = "mine";
  try {
    const { port } = await serve();
    const asked = (id: string, key = "mine") => raw(port, `/v1/documents/${id}`, { "x-api-key": key });
    expect((await asked("ghana.md", "theirs")).status).toBe(401);
    expect(JSON.parse((await asked("ghana.md")).body)).toMatchObject({ id: "ghana.md", title: "Ghana" });
    for (const id of ["..%2f..%2fetc%2fpasswd", "../../../etc/passwd", "%2fetc%2fpasswd", "package.json", "ghana.md%00", "%ff"]) {
      const { status, body } = await asked(id);
      expect([id, status]).toEqual([id, 404]);
      expect(body).not.toContain("root:");
    }
  } finally {
    delete process.env.NEURO_SERVE_KEYS;
  }
});

test("a file of keys that is empty or missing is no open door", async () => {
  process.env.NEURO_SERVE_KEYS_FILE = join(tmpdir(), "no-such-keys");
  await expect(serve()).rejects.toMatchObject({ code: "keys_unreadable" });
  delete process.env.NEURO_SERVE_KEYS_FILE;
});

test("pages of other sites may not ask, by their own name or by this server's address under theirs", async () => {
  const { port } = await serve({}, { origins: ["https://answers.example"] });
  const status = async (headers: Record<string, string>) => (await raw(port, "/v1/models", headers)).status;
  expect(await status({ origin: "https://evil.example" })).toBe(403);
  expect(await status({ host: "evil.example" })).toBe(403);
  expect(await status({ origin: "http://evil.example", host: "evil.example" })).toBe(403);
  expect(await status({ origin: "null" })).toBe(403);
  expect(await status({ origin: "https://answers.example", host: "answers.example" })).toBe(200);
  expect(await status({ origin: `http://localhost:${port}`, host: `localhost:${port}` })).toBe(200);
  expect(await status({})).toBe(200);
});

test("a browser is told that a page of a site that was named may ask, and see what it is told, and no other", async () => {
  const { url } = await serve({}, { origins: ["https://answers.example/"], keys: ["secret"] });
  const asked = (method: string, headers: Record<string, string>) =>
    fetch(chat(url), { method, headers, ...(method === "POST" && { body: JSON.stringify(question("x")) }) });
  const before = await asked("OPTIONS", { origin: "https://answers.example", "access-control-request-method": "POST" });
  expect([before.status, before.headers.get("access-control-allow-origin")]).toEqual([204, "https://answers.example"]);
  expect(before.headers.get("access-control-allow-headers")).toContain("authorization");
  const own = { origin: "https://answers.example", "content-type": "application/json" };
  const refused = await asked("POST", own);
  const told = await asked("POST", { ...own, authorization: "Bearer secret" });
  expect([refused, told].map(({ status, headers }) => [status, headers.get("access-control-allow-origin")])).toEqual([
    [401, "https://answers.example"],
    [200, "https://answers.example"],
  ]);
  const evil = await asked("OPTIONS", { origin: "https://evil.example" });
  expect([evil.status, evil.headers.get("access-control-allow-origin")]).toEqual([403, null]);
});

test("a form that a browser would send unasked is not read", async () => {
  const { url } = await serve();
  const sent = await fetch(chat(url), {
    method: "POST",
    headers: { "content-type": "text/plain" },
    body: JSON.stringify(question("x")),
  });
  expect(sent.status).toBe(400);
});

test("bodies over the limit are refused, whether they say how long they are or not", async () => {
  const { url } = await serve({}, { body: 1000 });
  const long = JSON.stringify(question("x".repeat(5000)));
  expect(await post(chat(url), long)).toMatchObject({ status: 413, body: { error: { code: "body_large" } } });
  const pieces = new ReadableStream({
    start(controller) {
      for (let i = 0; i < long.length; i += 100) controller.enqueue(new TextEncoder().encode(long.slice(i, i + 100)));
      controller.close();
    },
  });
  const sent = { method: "POST", headers: { "content-type": "application/json" }, body: pieces, duplex: "half" };
  expect((await fetch(chat(url), sent as RequestInit)).status).toBe(413);
});

test("conversations over the limit are refused with how long they are", async () => {
  const { url } = await serve({ longest: 20 });
  expect(await post(chat(url), question("word ".repeat(30)))).toMatchObject({
    status: 400,
    body: { error: { code: "prompt_long", message: "The conversation has 30 tokens. At most 20 are taken." } },
  });
});

test.each([
  "/../../package.json",
  "/..%2f..%2fpackage.json",
  "/%2e%2e/%2e%2e/etc/passwd",
  "//etc/passwd",
  "/page/../listen.ts",
  "/..\\..\\x",
])("the path %s leads nowhere", async (path) => {
  const { port } = await serve({ page: { kind: "chat" } });
  const { status, body } = await raw(port, path);
  expect([400, 404]).toContain(status);
  expect(body).not.toMatch(/root:|import /);
});

test("when all places are taken and enough wait, the next is refused at once and told when to come back", async () => {
  const server = await serve({ limit: 2, queue: 1 });
  const leaving = new AbortController();
  const held = [1, 2].map(() =>
    fetch(chat(server.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(question("slow 50000")),
      signal: leaving.signal,
    }),
  );
  await expect.poll(() => server.service.health()).toMatchObject({ running: 2 });
  const third = post(chat(server.url), question("x"));
  await expect.poll(() => server.service.health()).toMatchObject({ running: 2, waiting: 1 });
  const refused = await post(chat(server.url), question("x"));
  expect(refused).toMatchObject({ status: 429, body: { error: { code: "busy", type: "rate_limit_error" } } });
  expect(refused.headers.get("retry-after")).toBe("1");
  // It was refused while the others were still there.
  expect(await server.service.health()).toMatchObject({ running: 2, waiting: 1 });
  leaving.abort();
  await Promise.allSettled(held);
  expect((await third).status).toBe(200);
});

test("an answer that takes too long is told so, whole and in a stream, and its work ends", async () => {
  const server = await serve({ deadline: 150, limit: 1, queue: 0 });
  expect(await post(chat(server.url), question("slow 5000"))).toMatchObject({ status: 504 });
  const stream = await fetch(chat(server.url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(question("slow 5000", { stream: true })),
  });
  expect(stream.status).toBe(200);
  const text = await stream.text();
  expect(text).toContain('"error"');
  expect(text).not.toContain("[DONE]");
  expect(await server.service.health()).toMatchObject({ running: 0 });
});

test("who leaves is worked for no longer, streaming or not, waiting or not", async () => {
  const server = await serve({ limit: 2, queue: 5 });
  const leaving = new AbortController();
  const gone = [0, 1, 2, 3].map((i) =>
    fetch(chat(server.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(question("slow 20000", { stream: i % 2 === 0 })),
      signal: leaving.signal,
    }).then((response) => response.text()),
  );
  await expect.poll(() => server.service.health()).toMatchObject({ running: 2, waiting: 2 });
  leaving.abort();
  await Promise.allSettled(gone);
  await expect.poll(() => server.service.health()).toMatchObject({ running: 0, waiting: 0 });
});

test("who sends a request too slowly is not waited for", async () => {
  const { port } = await serve({}, { patience: 300 });
  const socket = connect(port, "127.0.0.1");
  let told = "";
  socket.on("data", (piece) => {
    told += piece;
  });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => {});
  socket.write(
    "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
  );
  await closed;
  expect(told).toContain("408");
});

test("told to stop it finishes what is under way, refuses what comes, and leaves the port", async () => {
  const server = await serve({ limit: 1, queue: 3 });
  const running = post(chat(server.url), question("slow 400"));
  await expect.poll(() => server.service.health()).toMatchObject({ running: 1 });
  const waiting = post(chat(server.url), question("x"));
  await expect.poll(() => server.service.health()).toMatchObject({ waiting: 1 });
  const closed = server.close();
  expect(await waiting).toMatchObject({ status: 503, body: { error: { code: "stopping" } } });
  const told = await running;
  expect(told).toMatchObject({
    status: 200,
    body: { choices: [{ message: { content: "The capital is Accra [1]. It is in Ghana." } }] },
  });
  await closed;
  await expect(fetch(server.url)).rejects.toThrow();
});

test("what is not done within the grace is told that the server stops", async () => {
  const server = await serve({}, { grace: 100 });
  const running = post(chat(server.url), question("slow 20000"));
  await expect.poll(() => server.service.health()).toMatchObject({ running: 1 });
  await server.close();
  expect(await running).toMatchObject({ status: 503, body: { error: { code: "stopping" } } });
});

test("a server that starts again knows what was told before", async () => {
  const server = await serve();
  const { body } = await post(chat(server.url), question("x"));
  await server.close();
  await server.again();
  expect(((await (await fetch(`${server.url}/v1/answers/${body.id}`)).json()) as { id: string }).id).toBe(body.id);
});

test("a port that is taken is said in one sentence", async () => {
  const { port } = await serve();
  await expect(serve({ port }, { port })).rejects.toMatchObject({ code: "port_taken", hint: expect.stringContaining("--port") });
});

test("what a question or a document holds is told as data, never as a page", async () => {
  const { url } = await serve();
  const told = await post(chat(url), question("echo <script>alert(1)</script>"));
  expect(JSON.stringify(told.body)).toContain("<script>");
  const wrong = await post(chat(url), question("x", { model: "<script>" }));
  for (const { headers } of [told, wrong])
    expect([headers.get("content-type"), headers.get("x-content-type-options")]).toEqual([
      expect.stringMatching(/^application\/json/),
      "nosniff",
    ]);
});

test("many at once each get their own answer", async () => {
  const { url } = await serve({ limit: 8, queue: 100 });
  const texts = await Promise.all(
    Array.from({ length: 60 }, async (_, i) => {
      const { body } = await post(chat(url), question(`echo number${i}`, { seed: 3 }));
      return (body as unknown as { choices: { message: { content: string } }[] }).choices[0]!.message.content;
    }),
  );
  expect(texts).toEqual(Array.from({ length: 60 }, (_, i) => `number${i} 3 [1]. It is in Ghana.`));
});
