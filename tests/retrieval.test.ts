// From a spec to what is found: an encoder that learns to find, an index of words and vectors, sources elsewhere, tools, and a process that is killed.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Built, openBuilt } from "../cli/built.ts";
import { findSpec } from "../cli/spec.ts";
import type { Answer, Context, Doc } from "../runtime/types.ts";

const base = mkdtempSync(join(tmpdir(), "neuro-retrieval-"));
const server = createServer((request, response) => {
  const url = new URL(request.url!, "http://x");
  response.setHeader("content-type", "application/json");
  if (url.pathname === "/v1/Oslo") response.end(JSON.stringify({ celsius: 4, sky: "clear" }));
  else if (url.pathname === "/search")
    response.end(
      JSON.stringify({ results: [{ url: "https://e.example/", title: "Trams", content: `About ${url.searchParams.get("q")}` }] }),
    );
  else response.writeHead(500).end("down");
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(base, { recursive: true, force: true });
});

/** What pages say, and how people ask for it in other words. */
const subjects = [
  ["boats", "vessels sail the sea", "what swims on water?"],
  ["cats", "felines sleep all day", "which pets purr?"],
  ["bread", "loaves rise in the oven", "what do bakers make?"],
  ["stars", "suns shine at night", "what glows above us?"],
  ["trains", "engines run on rails", "how do people travel far?"],
  ["rain", "drops fall from clouds", "why is the street wet?"],
] as const;

const spec = `use std.models { Encoder, embedding }
use std.answering { search, fuse, infocontext, quote }
use std.objectives { contrastive, Found }
source pages = files("pages/*.md")
source weather(city: Text) -> { celsius: Float, sky: Text } = tool("${address}/v1/{city}")
source web = searxng("${address}")
dataset pairs: Found = jsonl("pairs.jsonl")
tokenizer words = bpe(vocab: 500, from: pairs)
model scout: Encoder { tokenizer: words, depth: 1 layers, width: 32, heads: 2, head: embedding(16), window: 24 tokens }
index library { over: pages, text: bm25(language: "en"), vectors: embed(by: scout) }
pipeline near(prompt: Dialog) -> Docs = search(library.vectors, [last(prompt)], top: 3)
pipeline literal(prompt: Dialog) -> Docs = search(library.text, [last(prompt)], top: 3)
pipeline both(prompt: Dialog) -> Docs = search(library, [last(prompt)], top: 6)
pipeline shown(prompt: Dialog) -> Context {
  found = search(library, [last(prompt)], top: 6)
  infocontext(found, given: [last(prompt)], block: 12 tokens, overlap: 4 tokens, budget: 12 tokens, by: scout)
}
pipeline answer(prompt: Dialog) -> Answer {
  now   = weather("Oslo", within: 5 s)
  lost  = weather("Nowhere", otherwise: { celsius: 0, sky: "unknown" })
  found = search(web, ["trams"], top: 3)
  quote(prompt, fuse([[document("Weather", "In Oslo it is {now.celsius} degrees and {now.sky}, and {lost.sky} elsewhere.")], found]))
}
train neuro { scout = fit(scout, by: contrastive, on: pairs, steps: 120 steps, batch: 6, rate: 5e-3) }
`;

function folder(name: string): string {
  const at = join(base, name);
  mkdirSync(join(at, "pages"), { recursive: true });
  for (const [title, text] of subjects) writeFileSync(join(at, "pages", `${title}.md`), `# ${title}\n\n${text}.`);
  const rows = subjects.map(([title, text, question]) => ({ prompt: question, documents: [{ title, text: `${text}.` }] }));
  writeFileSync(join(at, "pairs.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  writeFileSync(join(at, "main.neuro"), spec);
  return at;
}
type Ask<T> = (prompt: string) => Promise<T>;
const open = (at: string): Promise<Built> => openBuilt(findSpec(at), { device: "cpu", set: [], json: false });
const ids = (docs: readonly Doc[]) => docs.map(({ id }) => id);

test("an encoder learns what words do not say, and is found by it; without its weights an index has its words", async () => {
  const at = folder("spec");
  const built = await open(at);
  const { system } = built;
  const [library] = system.indexes();
  expect(await library!.build()).toMatchObject({
    documents: 6,
    embedded: 0,
    lacking: expect.stringContaining("scout has no weights"),
  });
  expect(ids(await (built.literal as Ask<Doc[]>)("vessel"))).toEqual(["pages/boats.md"]);
  await expect((built.near as Ask<Doc[]>)("vessel")).rejects.toMatchObject({ code: "weights_missing" });

  await system.recipes()[0]!.run({ device: "cpu", every: 3600 });
  await expect((built.near as Ask<Doc[]>)("vessel")).rejects.toMatchObject({ code: "vectors_missing" });
  expect(await library!.build()).toMatchObject({ documents: 6, embedded: 6 });
  for (const [title, , question] of subjects) {
    expect(ids(await (built.near as Ask<Doc[]>)(question))[0], question).toBe(`pages/${title}.md`);
    expect(ids(await (built.literal as Ask<Doc[]>)(question)), question).toEqual([]);
  }
  // Words and meaning together: what either of them finds first comes first.
  expect(
    ids(await (built.both as Ask<Doc[]>)("which pets purr over loaves?"))
      .slice(0, 2)
      .sort(),
  ).toEqual(["pages/bread.md", "pages/cats.md"]);
  const { blocks, tokens } = await (built.shown as Ask<Context>)(subjects[3][2]);
  expect([blocks[0]!.doc.id, tokens <= 12]).toEqual(["pages/stars.md", true]);
  // A text beyond the window is read as far as it reaches.
  writeFileSync(join(at, "pages", "boats.md"), `# boats\n\nvessels sail the sea. ${"and on ".repeat(60)}`);
  expect(await library!.build()).toMatchObject({ embedded: 1, edited: 1 });

  // Other weights: vectors are told to be outdated, words are not.
  rmSync(join(at, "runs"), { recursive: true });
  writeFileSync(
    join(at, "pairs.jsonl"),
    `${JSON.stringify({ prompt: "x", documents: [{ title: "y", text: "z" }] })}\n`.repeat(6),
  );
  await system.recipes()[0]!.run({ device: "cpu", every: 3600 });
  await expect((built.near as Ask<Doc[]>)("vessel")).rejects.toMatchObject({ code: "index_stale" });
  expect(ids(await (built.literal as Ask<Doc[]>)("loaves"))).toEqual(["pages/bread.md"]);
  await system.close();
});

test("a tool is a stage of its pipeline, traced and replaced like one; what it tells is a document", async () => {
  const built = await open(folder("tools"));
  const { text, missing, trace, sources } = await (built.answer as Ask<Answer>)("How warm is it in Oslo?");
  expect(text).toContain("In Oslo it is 4 degrees and clear, and unknown elsewhere.");
  expect(sources.map(({ doc }) => doc.title)).toEqual(["Weather"]);
  expect(missing).toEqual(["weather (main.neuro:20)"]);
  expect(trace.spans.map(({ stage, outcome }) => [stage, outcome])).toEqual([
    ["weather", "ok"],
    ["weather", "replaced"],
    ["search", "ok"],
    ["quote", "ok"],
    ["fuse", "ok"],
  ]);
  expect(trace.spans[1]!.error).toContain("answers with status 500: down");
  await built.system.close();
});

test("a process that is killed while it embeds leaves the index as it was, and the next one goes on", async () => {
  const at = folder("killed");
  const built = await open(at);
  await built.system.recipes()[0]!.run({ device: "cpu", every: 3600 });
  const [library] = built.system.indexes();
  await library!.build();
  for (let i = 0; i < 3000; i++)
    writeFileSync(join(at, "pages", `more${i}.md`), `# ${i}\n\nNumber ${i} of many pages with ${"some ".repeat(i % 9)}words.`);
  const child = spawn(process.execPath, [join(import.meta.dirname, "../cli/neuroc.ts"), "index", at, "--device", "cpu"], {
    stdio: "ignore",
  });
  const index = join(at, ".index", "library");
  const log = join(index, readdirSync(index).find((name) => name.endsWith(".log"))!);
  const [before, ended] = [statSync(log).size, new Promise((resolve) => child.on("exit", resolve))];
  while (statSync(log).size < before + 200 * 96 && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill("SIGKILL");
  await ended;
  expect(existsSync(join(index, "lock"))).toBe(true);
  expect(ids(await (built.near as Ask<Doc[]>)(subjects[1][2]))[0]).toBe("pages/cats.md");
  const { embedded, documents } = await library!.build();
  expect(documents).toBe(3006);
  expect(embedded).toBeLessThan(3000);
  expect(embedded).toBeGreaterThan(0);
  expect(ids(await (built.near as Ask<Doc[]>)(subjects[1][2]))).toContain("pages/cats.md");
  await built.system.close();
}, 60_000);
