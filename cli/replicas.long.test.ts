// Several servers over one index and one state: answers are found on any, an index made anew is picked up, a killed one loses nothing, and one may write with another.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";

const neuroc = join(import.meta.dirname, "../bin/neuroc.mjs");
const base = mkdtempSync(join(tmpdir(), "neuroc-replicas-"));
const [first, second] = [join(base, "first"), join(base, "second")];
const env = { ...process.env, NO_COLOR: "1" };
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(base, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
/** Runs a verb; servers are asked meanwhile. */
const run = (folder: string, ...words: string[]) =>
  new Promise<{ status: number | null; stdout: string }>((done) => {
    const child = spawn(process.execPath, [neuroc, ...words], { cwd: folder, stdio: ["ignore", "pipe", "ignore"], env });
    let stdout = "";
    child.stdout.on("data", (piece) => {
      stdout += piece;
    });
    child.once("close", (status) => done({ status, stdout }));
  });

type Server = { readonly url: string; readonly child: ChildProcess; readonly ended: Promise<number | null> };

/** A server of a folder's spec; all share a state. */
async function serve(folder: string, more: NodeJS.ProcessEnv = {}): Promise<Server> {
  const words = [neuroc, "serve", "--port", "0", "--state", process.env.NEURO_TEST_STATE ?? join(base, "state")];
  const child = spawn(process.execPath, words, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], env: { ...env, ...more } });
  running.add(child);
  let said = "";
  child.stderr.on("data", (piece) => {
    said += piece;
  });
  const ended = new Promise<number | null>((done) => child.once("exit", done));
  const url = await new Promise<string>((done, refused) => {
    createInterface({ input: child.stdout }).once("line", done);
    child.once("exit", (code) => refused(new Error(`it ended with ${code}: ${said}`)));
  });
  return { url, child, ended };
}

type Asked = { readonly id: string; readonly text: string; readonly status: number };
async function ask({ url }: Server, question: string, model = "answer"): Promise<Asked> {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: question }] });
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const told = (await response.json()) as { id: string; choices?: [{ message: { content: string } }] };
  return { id: told.id, text: told.choices?.[0].message.content ?? "", status: response.status };
}
const told = async ({ url }: Server, id: string) => (await fetch(`${url}/v1/answers/${id}`)).status;

const animals = ["cat", "dog", "hen", "cow", "fox", "owl"];
let one: Server;
let other: Server;
beforeAll(async () => {
  for (const animal of animals)
    write(join(first, `pages/${animal}.md`), `# The ${animal}\n\nThe ${animal} sleeps in house ${animal.length}${animal}.\n`);
  write(
    join(first, "main.neuro"),
    `use std.answering { search, quote }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
pipeline answer(prompt: Dialog) -> Answer = quote(prompt, search(library, [last(prompt)], top: 5), most: 1)
serve site { of: answer, limit: 8 concurrent, queue: 64 concurrent }
`,
  );
  expect(await run(first, "index")).toMatchObject({ status: 0 });
  [one, other] = [await serve(first), await serve(first)];
}, 90_000);

test("an answer that one told is found on the other", async () => {
  const { id, text } = await ask(one, "Where does the owl sleep?");
  expect(text).toContain("house 3owl");
  expect([await told(one, id), await told(other, id), await told(other, `${id}x`)]).toEqual([200, 200, 404]);
}, 30_000);

test("an index that is made anew while they answer is picked up by both, and no question fails", async () => {
  let asking = true;
  const answers: Asked[] = [];
  const clients = [one, other, one, other].map(async (server, i) => {
    while (asking) answers.push(await ask(server, `Where does the ${animals[(i + answers.length) % animals.length]} sleep?`));
  });
  for (const house of ["blue", "green"]) {
    write(join(first, "pages/cat.md"), `# The cat\n\nThe cat sleeps in the ${house} house now.\n`);
    expect(await run(first, "index", ...(house === "green" ? ["--fresh"] : []))).toMatchObject({ status: 0 });
    for (const server of [one, other])
      expect((await ask(server, "Where does the cat sleep?")).text).toContain(`the ${house} house`);
  }
  asking = false;
  await Promise.all(clients);
  expect(answers.length).toBeGreaterThan(20);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
}, 90_000);

test("one that is killed under load leaves index and state whole; the other goes on, and it comes back", async () => {
  const kept: string[] = [];
  let asking = true;
  const clients = Array.from({ length: 12 }, async () => {
    while (asking) {
      const asked = await ask(one, "Where does the dog sleep?").catch(() => undefined);
      if (asked === undefined) return;
      kept.push(asked.id);
    }
  });
  while (kept.length < 40) await new Promise((resolve) => setTimeout(resolve, 10));
  one.child.kill("SIGKILL");
  await one.ended;
  asking = false;
  await Promise.all(clients);
  // What had been answered was kept before it was sent.
  for (const id of kept) expect(await told(other, id)).toBe(200);
  expect((await ask(other, "Where does the fox sleep?")).text).toContain("house 3fox");
  expect((await run(first, "index")).stdout).toContain("nothing had changed");
  one = await serve(first);
  expect((await ask(one, "Where does the hen sleep?")).text).toContain("house 3hen");
  expect(await told(one, kept.at(-1)!)).toBe(200);
}, 90_000);

test("one that is told to stop under load finishes what it took, refuses the rest, and keeps all of it", async () => {
  let asking = true;
  const answers: Asked[] = [];
  const clients = Array.from({ length: 12 }, async () => {
    while (asking) {
      const asked = await ask(one, "Where does the dog sleep?").catch((error) => error as Error);
      // Once it is gone nobody listens; a connection that is cut off within an answer says otherwise.
      if (asked instanceof Error) {
        expect(String(asked.cause)).toMatch(/ECONNREFUSED|ECONNRESET|other side closed/);
        return;
      }
      answers.push(asked);
    }
  });
  while (answers.length < 40) await new Promise((resolve) => setTimeout(resolve, 10));
  one.child.kill("SIGTERM");
  expect(await one.ended).toBe(0);
  asking = false;
  await Promise.all(clients);
  expect(answers.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
  for (const { id } of answers.filter(({ status }) => status === 200)) expect(await told(other, id)).toBe(200);
}, 90_000);

test("a server writes with another one as its remote model", async () => {
  write(
    join(second, "main.neuro"),
    `use std.models { Remote }
use std.answering { search, infocontext, generate }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
model writer: Remote { remote: "${other.url}/v1", name: "answer" }
pipeline relayed(prompt: Dialog) -> Answer {
  found = search(library, [last(prompt)], top: 3)
  generate(writer, prompt, infocontext(found, given: [last(prompt)]))
}
serve site { of: relayed }
`,
  );
  write(join(second, "pages/cow.md"), "# Cows\n\nAbout where a cow sleeps others know more.\n");
  expect(await run(second, "index")).toMatchObject({ status: 0 });
  const relay = await serve(second);
  const { text, id } = await ask(relay, "Where does the cow sleep?", "relayed");
  expect(text).toContain("house 3cow");
  expect(await told(relay, id)).toBe(200);
  relay.child.kill("SIGTERM");
  expect(await relay.ended).toBe(0);
}, 90_000);
