// The page as a newcomer follows it: its spec is checked, indexed and served by `neuroc serve`, and its curl lines are run.
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { format } from "../grammar/index.ts";

const page = readFileSync(new URL("serving.md", import.meta.url), "utf8");
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, text]) => text!);
const neuroc = join(import.meta.dirname, "../bin/neuroc.mjs");
const folder = mkdtempSync(join(tmpdir(), "neuro-serving-"));
let server: ChildProcess;
let url = "";
let said = "";

/** Starts the server and waits for its address. */
async function start(): Promise<void> {
  server = spawn(process.execPath, [neuroc, "serve", "--port", "0"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  server.stderr!.on("data", (piece) => {
    said += piece;
  });
  url = await new Promise((done, refused) => {
    createInterface({ input: server.stdout! }).once("line", done);
    server.once("exit", (code) => refused(new Error(`it ended with ${code}: ${said}`)));
  });
}
const ended = () => new Promise((done) => server.once("exit", done));
const curl = async (line: string) =>
  (
    await promisify(execFile)("bash", ["-c", line.replace("curl -s", "curl -fsS").replaceAll("http://localhost:8080", url)], {
      env: { ...process.env, ID: id },
    })
  ).stdout;
let id = "";

beforeAll(async () => {
  mkdirSync(join(folder, "docs"));
  writeFileSync(
    join(folder, "docs/cats.md"),
    "# Cats\n\nCats purr when they are content. A cat sleeps about fifteen hours a day.\n",
  );
  writeFileSync(join(folder, "main.neuro"), blocks("neuro")[0]!);
  const { status, stderr } = spawnSync(process.execPath, [neuroc, "index"], { cwd: folder, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  await start();
});
afterAll(() => {
  server.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

test("the spec stands as it is formatted", () => {
  expect(blocks("neuro")).toHaveLength(1);
  expect(format(blocks("neuro")[0]!).text).toBe(blocks("neuro")[0]);
});

test("every curl line of the page is answered", async () => {
  const [asking, later] = blocks("sh").map((block) => block.trim().split("\n"));
  const told = [];
  for (const line of asking!) told.push(await curl(line));
  const [answer, stream, models, found, whole, ranked, health, metrics] = told as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const { id: first, choices } = JSON.parse(answer);
  id = first;
  const [citation] = choices[0].message.annotations;
  expect(choices[0].message.content).toContain("fifteen hours");
  expect(choices[0].message.content.slice(citation.url_citation.start_index, citation.url_citation.end_index)).toBe("[1]");
  expect(citation.url_citation).toMatchObject({ title: "Cats", url: expect.stringContaining("docs/cats.md") });
  expect(stream.trim().split("\n\n").at(-1)).toBe("data: [DONE]");
  expect(stream).toContain('"stage":"search"');
  expect(JSON.parse(models).data.map((model: { id: string }) => model.id)).toEqual(["answer", "brief"]);
  expect(JSON.parse(found).results[0].title).toBe("Cats");
  expect(JSON.parse(whole)).toMatchObject({ id: "docs/cats.md", title: "Cats", text: expect.stringContaining("fifteen hours") });
  expect(JSON.parse(ranked).results).toMatchObject([{ index: 1, document: { text: "A cat sleeps." } }]);
  expect(JSON.parse(health).status).toBe("ok");
  expect(metrics).toContain("neuro_ttft_seconds");
  const kept = JSON.parse(await curl(later![0]!));
  expect(kept.explained[0][0].blocks[0].scores[0]).toMatchObject({ stage: "search", rank: 1 });
});

test("MCP over standard input and output tells nothing else there", async () => {
  const { Client } = await import("@modelcontextprotocol/client");
  const { StdioClientTransport } = await import("@modelcontextprotocol/client/stdio");
  const client = new Client({ name: "test", version: "1" });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [neuroc, "serve", folder, "--mcp-stdio"], stderr: "ignore" }),
  );
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name).sort()).toEqual(["answer", "explain", "search"]);
  const { content } = await client.callTool({ name: "answer", arguments: { question: "How long does a cat sleep?" } });
  expect((content as { text: string }[])[0]!.text).toContain("fifteen hours");
  await client.close();
});

test("killed under load and started again, it has its index and what it told", async () => {
  const ask = () =>
    fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "answer", messages: [{ role: "user", content: "How long does a cat sleep?" }] }),
    }).then((response) => response.json() as Promise<{ id: string }>);
  const ids: string[] = [];
  let going = true;
  const clients = Array.from({ length: 8 }, async () => {
    while (going) await ask().then((told) => ids.push(told.id), () => {}); // biome-ignore format: one line
  });
  await expect.poll(() => ids.length, { timeout: 10_000 }).toBeGreaterThan(40);
  const gone = ended();
  server.kill("SIGKILL");
  await gone;
  going = false;
  await Promise.all(clients);
  await start();
  for (const one of ids) expect((await fetch(`${url}/v1/answers/${one}`)).status).toBe(200);
  expect(JSON.stringify(await ask())).toContain("fifteen hours");
});

test("told to stop, it says so and ends well", async () => {
  const gone = ended();
  server.kill("SIGTERM");
  expect(await gone).toBe(0);
  expect(said).toContain("stopping");
});
