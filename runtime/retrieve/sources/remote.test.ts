// Sources elsewhere, asked through real sockets: what a server may do wrong ends in one sentence, and nothing private is reached by a redirect.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Embedder } from "../embedder.ts";
import { openOpensearch } from "./opensearch.ts";
import { addressOf, ask, isPublic, jsonOf, type Request } from "./request.ts";
import { openSearxng } from "./searxng.ts";
import { openTool, type ToolForm } from "./tool.ts";

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;
let handler: Handler;
const asked: { url: string; method: string; headers: IncomingMessage["headers"]; body: string }[] = [];
const servers: Server[] = [];
/** Two servers on one machine: the one that a spec names, and another that it does not. */
let [own, other] = ["", ""];
async function serve(): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push({ url: request.url!, method: request.method!, headers: request.headers, body });
    handler(request, response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
beforeAll(async () => {
  own = await serve();
  other = await serve();
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});
beforeEach(() => void asked.splice(0));
const json =
  (value: unknown): Handler =>
  (_, response) =>
    void response.setHeader("content-type", "application/json").end(JSON.stringify(value));
const to =
  (location: string, status = 302): Handler =>
  (_, response) =>
    void response.writeHead(status, { location }).end();
const get = (more: Partial<Request> = {}) => ask({ name: "web", url: new URL(own), ...more });

test("addresses of the public internet are told from all others", () => {
  for (const address of ["93.184.216.34", "2606:2800:220:1::1"]) expect(isPublic(address), address).toBe(true);
  for (const address of [
    ...[
      "127.0.0.1",
      "10.1.2.3",
      "172.16.0.1",
      "192.168.1.1",
      "169.254.169.254",
      "0.0.0.0",
      "100.64.0.1",
      "224.0.0.1",
      "255.255.255.255",
    ],
    ...[
      "::1",
      "::",
      "fe80::1",
      "fc00::1",
      "::ffff:127.0.0.1",
      "::ffff:a9fe:a9fe",
      "64:ff9b::7f00:1",
      "2002:7f00:1::",
      "localhost",
      "",
    ],
  ])
    expect(isPublic(address), address).toBe(false);
});

test("the address of the spec is asked wherever it is; a redirect to a private address is refused unless that is meant", async () => {
  handler = (request, response, body) => (request.url === "/end" ? json("here") : to(`${other}/end`))(request, response, body);
  await expect(get()).rejects.toMatchObject({
    code: "source_private",
    message: expect.stringContaining("127.0.0.1"),
    hint: expect.stringContaining("private: true"),
  });
  expect(asked).toHaveLength(1);
  expect(JSON.parse((await get({ private: true })).text)).toBe("here");
  // Within the server that the spec names it may send on as it likes.
  handler = (request, response, body) => (request.url === "/end" ? json("here") : to("/end"))(request, response, body);
  expect(JSON.parse((await get()).text)).toBe("here");
});

test.each([
  "http://169.254.169.254/latest/meta-data",
  "http://localhost:1/",
  "http://[::1]:1/",
  "http://0x7f000001/",
  "http://2130706433/",
  "http://[::ffff:127.0.0.1]/",
  "file:///etc/passwd",
  "gopher://127.0.0.1/",
])("a redirect to %s reaches nothing", async (location) => {
  handler = to(location);
  await expect(get()).rejects.toMatchObject({ code: "source_private" });
  expect(asked).toHaveLength(1);
});

test("a secret stays with the server that it was meant for, and a POST is not repeated elsewhere", async () => {
  handler = (request, response, body) => (request.url === "/end" ? json(1) : to(`${other}/end`, 307))(request, response, body);
  await get({ private: true, method: "POST", body: { q: 1 }, headers: { authorization: "Bearer secret" } });
  expect(asked.map(({ method, headers, body }) => [method, headers.authorization, body])).toEqual([
    ["POST", "Bearer secret", '{"q":1}'],
    ["GET", undefined, ""],
  ]);
});

test("what is too late, too large, unreachable or refused is told in a sentence", async () => {
  handler = () => {};
  await expect(get({ timeout: 50 })).rejects.toMatchObject({ code: "source_late" });
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error("left")), 20);
  await expect(get({ signal: stop.signal })).rejects.toThrow("left");
  handler = (_, response) => void response.end("x".repeat(5000));
  await expect(get({ most: 4096 })).rejects.toMatchObject({ code: "source_too_large" });
  // A small answer that grows when it is unpacked.
  handler = (_, response) => void response.setHeader("content-encoding", "gzip").end(gzipSync(Buffer.alloc(1 << 22)));
  await expect(get({ most: 1 << 20 })).rejects.toMatchObject({ code: "source_too_large" });
  handler = (_, response) => void response.setHeader("content-encoding", "gzip").end(gzipSync('"packed"'));
  expect((await get()).text).toBe('"packed"');
  handler = (_, response) => void response.writeHead(500).end("  broken\n here ");
  await expect(get()).rejects.toMatchObject({
    code: "source_refused",
    message: "The source web answers with status 500: broken here.",
  });
  handler = to("/again");
  await expect(get()).rejects.toMatchObject({
    code: "source_unreachable",
    message: expect.stringContaining("sends on more than 5 times"),
  });
  handler = (request) => void request.socket.destroy();
  await expect(get()).rejects.toMatchObject({ code: "source_unreachable" });
  await expect(get({ url: new URL("http://127.0.0.1:1/") })).rejects.toMatchObject({ code: "source_unreachable" });
});

test("what is no JSON, JSON that breaks off, and an answer that does, are told apart", async () => {
  handler = (_, response) => void response.setHeader("content-type", "text/html").end("<h1>Sign in</h1>");
  const page = await get();
  expect(() => jsonOf("web", page)).toThrow("The source web did not answer with JSON but with text/html: <h1>Sign in</h1>");
  handler = (_, response) => void response.setHeader("content-type", "application/json").end('{"results": [{"url": "htt');
  const cut = await get();
  expect(() => jsonOf("web", cut)).toThrow('answered with JSON that breaks off or is damaged: ..{"results": [{"url": "htt');
  handler = (_, response) => {
    response.writeHead(200, { "content-length": "1000" }).write("{");
    setTimeout(() => response.destroy(), 20);
  };
  await expect(get()).rejects.toMatchObject({ code: "source_unreachable" });
  // One that comes drop by drop is given up in time, however lively it looks.
  handler = (_, response) => {
    const drops = setInterval(() => void response.write(" "), 10);
    response.on("close", () => clearInterval(drops));
  };
  await expect(get({ timeout: 100 })).rejects.toMatchObject({ code: "source_late" });
});

test("an address that is none, or holds a password, is refused before anything is asked", () => {
  for (const url of ["", "search.example", "ftp://a/b", "https://me:secret@host/"])
    expect(() => addressOf("web", url), url).toThrowError(expect.objectContaining({ code: "source_address" }));
});

const weather: ToolForm = {
  takes: { city: { is: "text" }, days: { is: "whole" } },
  gives: {
    is: "record",
    fields: {
      celsius: { is: "number" },
      sky: { is: ["clear", "cloudy"] },
      hours: { is: "list", of: { is: "number" }, optional: true },
    },
  },
};
const tool = (path: string, more: object = {}) =>
  openTool("weather", { kind: "tool", url: `${own}${path}`, method: "GET", key: "", private: false, ...more }, weather);

test("a tool is asked with what it is given, and gives what it declares and nothing more", async () => {
  handler = json({ celsius: 3.5, sky: "clear", hours: [1, 2], extra: "ignore me" });
  expect(await tool("/v1/now?unit=c")(["Нью-Йорк & co", 2])).toEqual({ celsius: 3.5, sky: "clear", hours: [1, 2] });
  expect(new URL(asked[0]!.url, own).searchParams.get("city")).toBe("Нью-Йорк & co");
  expect(asked[0]!.url).toContain("unit=c");
  await tool("/v1/{city}/now")(["../../admin?x=", 2]);
  expect(asked[1]!.url).toBe("/v1/%2E%2E%2F%2E%2E%2Fadmin%3Fx%3D/now?days=2");
  process.env.NEURO_TEST_TOOL = "abc";
  await tool("/v1/{city}", { method: "POST", key: "NEURO_TEST_TOOL" })(["Oslo", 2]);
  expect([asked[2]!.body, asked[2]!.headers.authorization]).toEqual(['{"days":2}', "Bearer abc"]);
});

test.each([
  [{ sky: "clear" }, "nothing as `celsius`"],
  [{ celsius: "3", sky: "clear" }, 'the text "3" as `celsius` instead of a number'],
  [{ celsius: 3, sky: "green" }, 'the text "green" as `sky` instead of one of clear, cloudy'],
  [{ celsius: 3, sky: "clear", hours: [1, "x"] }, 'the text "x" as `hours[1]` instead of a number'],
  [[1], "a list as it instead of a record"],
  [null, "nothing as it"],
])("a tool that answers %j is not believed", async (answer, what) => {
  handler = json(answer);
  await expect(tool("/")(["Oslo", 1])).rejects.toMatchObject({
    code: "source_misfit",
    message: `The tool weather answered with ${what}.`,
  });
});

test("a tool is not asked with what it does not take, without its key, or where what is given would choose the server", async () => {
  await expect(tool("/")([3, 1])).rejects.toMatchObject({ code: "tool_given" });
  await expect(tool("/")(["Oslo", 1.5])).rejects.toMatchObject({ code: "tool_given" });
  await expect(tool("/", { key: "NEURO_TEST_NONE" })(["Oslo", 1])).rejects.toMatchObject({ code: "secret_missing" });
  expect(asked).toHaveLength(0);
  const open = (url: string) => openTool("weather", { kind: "tool", url, method: "GET", key: "", private: false }, weather);
  expect(() => open("https://{city}.example/")).toThrowError(expect.objectContaining({ code: "source_address" }));
  handler = (_, response) => void response.end("<html>not found</html>");
  await expect(tool("/")(["Oslo", 1])).rejects.toMatchObject({
    code: "source_misfit",
    message: expect.stringContaining("did not answer with JSON"),
  });
});

test("SearXNG is asked page by page, and its results are documents once each", async () => {
  const result = (i: number) => ({
    url: `https://e.example/${i}`,
    title: `T${i} `,
    content: ` c\n${i}`,
    score: 1 / i,
    engine: "x",
  });
  handler = (request, response, body) => {
    const page = Number(new URL(request.url!, own).searchParams.get("pageno"));
    const results =
      page > 2 ? [] : [result(page), result(page + 1), { url: "javascript:alert(1)", title: "bad" }, null, { title: "no url" }];
    json({ query: "q", results })(request, response, body);
  };
  const source = { kind: "searxng", url: `${own}/`, language: "en", engines: ["a", "b"], key: "", private: false } as const;
  const [found] = await openSearxng("web", source).lists("q & a", 10);
  expect(found).toEqual(
    [1, 2, 3].map((i) => ({
      id: `https://e.example/${i}`,
      url: `https://e.example/${i}`,
      title: `T${i}`,
      text: `c ${i}`,
      score: 1 / i,
    })),
  );
  expect(asked[0]!.url).toBe("/search?q=q+%26+a&format=json&pageno=1&language=en&engines=a%2Cb");
  expect((await openSearxng("web", source).lists("q", 1))[0]).toHaveLength(1);
  handler = (_, response) => void response.writeHead(403).end();
  await expect(openSearxng("web", source).lists("q", 1)).rejects.toMatchObject({
    code: "source_refused",
    hint: expect.stringContaining("settings.yml"),
  });
  handler = json({ other: 1 });
  await expect(openSearxng("web", source).lists("q", 1)).rejects.toMatchObject({ code: "source_misfit" });
});

test("OpenSearch is asked by words and, where it has vectors, by these too", async () => {
  process.env.NEURO_TEST_OPEN = "user:pass";
  const hit = (id: string) => ({ _id: id, _score: 2, _source: { title: `T ${id}`, text: "x", url: `https://e.example/${id}` } });
  handler = (request, response, body) => {
    const { query } = JSON.parse(body);
    json({ took: 1, hits: { total: { value: 1 }, hits: query.knn ? [hit("near")] : [hit("word"), { _id: "bare", _score: 1 }] } })(
      request,
      response,
      body,
    );
  };
  const source = {
    kind: "opensearch",
    url: own,
    index: "my pages",
    fields: ["title^3", "text"],
    vectors: "",
    key: "NEURO_TEST_OPEN",
    private: false,
  } as const;
  const words = [
    { id: "word", title: "T word", url: "https://e.example/word", text: "x", score: 2 },
    { id: "bare", title: "bare", url: "bare", text: "", score: 1 },
  ];
  expect(await openOpensearch("os", source, undefined).lists("who", 7)).toEqual([words]);
  expect([asked[0]!.url, asked[0]!.headers.authorization]).toEqual([
    "/my%20pages/_search",
    `Basic ${Buffer.from("user:pass").toString("base64")}`,
  ]);
  expect(JSON.parse(asked[0]!.body)).toMatchObject({
    size: 7,
    query: { multi_match: { query: "who", fields: ["title^3", "text"] } },
  });
  const embedder = { questions: async () => [Float32Array.from([0.5, 0.25])] } as unknown as Embedder;
  const [first, second] = await openOpensearch("os", { ...source, vectors: "v" }, embedder).lists("who", 3);
  expect([first, second!.map(({ id }) => id)]).toEqual([words, ["near"]]);
  expect(asked.map(({ body }) => JSON.parse(body).query.knn?.v).filter(Boolean)).toEqual([{ vector: [0.5, 0.25], k: 3 }]);
  handler = json({ hits: { hits: [{ _id: "1", _source: {} }] } });
  await expect(openOpensearch("os", source, undefined).lists("who", 1)).rejects.toMatchObject({
    code: "source_misfit",
    message: "The source os finds documents that have neither `text` nor `title`.",
  });
});
