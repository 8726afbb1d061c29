// neuroc as a stranger meets it: a folder of documents, words typed, what comes back and with which exit code.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const neuroc = join(import.meta.dirname, "../bin/neuroc.mjs");
/** A line of a stack trace. */
const stack = /\n\s+at .*:\d+:\d+\)?\n/;
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neuroc-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Record<string, string | Uint8Array>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

function run(...words: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [neuroc, ...words], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { code: status, out: stdout, err: stderr };
}

const pages = {
  "docs/cats.md": "# Cats\n\nCats purr when they are content. A cat sleeps about fifteen hours a day.\n",
  "docs/собаки.md": "# Собаки\n\nСобаки лают на чужих. Собака живёт около тринадцати лет.\n",
};

test("init, index and ask answer from a stranger's folder with a footnote", () => {
  write(pages);
  const init = run("init");
  expect(init.code).toBe(0);
  expect(init.out).toContain("answers from 2 files");
  expect(run("check")).toMatchObject({ code: 0, err: "" });
  expect(run("fmt", "--check").code).toBe(0);
  expect(run("index").out).toContain("2 documents");
  const english = run("ask", "How long does a cat sleep?");
  expect(english).toMatchObject({ code: 0 });
  expect(english.out).toMatch(/fifteen hours.*\[1\]/s);
  expect(english.out).toContain("docs/cats.md");
  expect(run("ask", "--", "--how", "long does a cat sleep?").out).toContain("docs/cats.md");
  expect(run("ask", " ")).toMatchObject({ code: 2, err: expect.stringContaining("the question is empty") });
  const russian = JSON.parse(run("ask", "--json", "Сколько лет живёт собака?").out);
  expect(russian.text).toContain("тринадцати");
  expect(russian.sources[0].doc.url).toContain("собаки.md");
  expect(run("init")).toMatchObject({ code: 1, err: expect.stringContaining("already") });
}, 90_000);

test("a pipeline that ends before an answer is asked, too: what it finds is shown", () => {
  const spec = `use std.answering { search, infocontext }
source pages = files("docs/*.md")
index library { over: pages, text: bm25 }
pipeline found(prompt: Dialog) -> Docs = search(library, [last(prompt)], top: 3)
pipeline shown(prompt: Dialog) -> Context = infocontext(found(prompt), given: [last(prompt)])
pipeline none(prompt: Dialog) -> Docs = search(library, [], top: 3)
`;
  write({ ...pages, "main.neuro": spec });
  expect(run("index").code).toBe(0);
  expect(run("ask", "How long does a cat sleep?").out).toMatch(/^1\. Cats — docs\/cats\.md {2}\([\d.]+\)\n {3}Cats purr/);
  expect(run("ask", "--pipeline", "shown", "cat sleep").out).toMatch(/^1\. Cats — docs\/cats\.md, characters 0 to \d+/);
  expect(run("ask", "--pipeline", "none", "cat").out).toBe("nothing was found\n");
  expect(JSON.parse(run("ask", "--json", "cat").out)).toMatchObject({ question: "cat", result: [{ title: "Cats" }] });
}, 60_000);

test("a wrong spec is refused with the place, the fault and what to type, and its old build stays", () => {
  write({ ...pages, "main.neuro": 'use std.answering { search, quote }\nsource pages = files("docs/*.md")\n' });
  expect(run("build").code).toBe(0);
  const name = JSON.parse(run("build", "--json").out).folder;
  write({ "main.neuro": 'source pages = fils("docs/*.md")\n' });
  const wrong = run("build");
  expect(wrong.code).toBe(1);
  expect(wrong.err).toContain("main.neuro:1");
  expect(wrong.err).toContain("files");
  expect(wrong.err).not.toMatch(stack);
  expect(readFileSync(join(folder, name, "index.ts"), "utf8")).toContain("docs/*.md");
  const json = JSON.parse(run("check", "--json").out);
  expect(json.ok).toBe(false);
  expect(json.diagnostics[0].code).toBe("unknown_name");
}, 60_000);

test("a build is the same bytes again, and is not written twice", () => {
  write({ ...pages });
  run("init");
  const first = JSON.parse(run("build", "--json").out);
  const manifest = readFileSync(join(folder, first.folder, "manifest.json"), "utf8");
  expect(JSON.parse(run("build", "--json").out).wrote).toBe(false);
  rmSync(join(folder, "build"), { recursive: true });
  expect(JSON.parse(run("build", "--json").out).wrote).toBe(true);
  expect(readFileSync(join(folder, first.folder, "manifest.json"), "utf8")).toBe(manifest);
}, 60_000);

test("who only answers waits for nothing that trains, and who trains finds the rest", () => {
  const spec = `use std.objectives { cross_entropy }
use std.data { Instruct }
use std.models { EncoderDecoder }
source pages = files("docs/*.md")
index library { over: pages, text: bm25(language: "en") }
dataset rows: Instruct = jsonl("rows.jsonl")
tokenizer words = bpe(vocab: 300, from: pages)
model policy: EncoderDecoder { tokenizer: words, width: 16, encoder: 1 layers, decoder: 1 layers, window: 64 tokens }
train tune { policy = fit(policy, by: cross_entropy, on: rows, steps: 1 steps) }
`;
  write({ ...pages, "main.neuro": spec, "rows.jsonl": '{ "prompt": "a", "completion": "b" }\n' });
  expect(run("index").code).toBe(0);
  const { folder: at } = JSON.parse(run("build", "--json").out);
  const programs = () => Object.keys(JSON.parse(readFileSync(join(folder, at, "manifest.json"), "utf8")).programs);
  expect(programs()).toContain("policy.cross_entropy.step");
  rmSync(join(folder, "build"), { recursive: true });
  expect(run("index").code).toBe(0);
  expect(programs()).toContain("policy.step");
  expect(programs().filter((name) => name.includes("cross_entropy"))).toEqual([]);
  expect(JSON.parse(run("build", "--json").out).wrote).toBe(true);
  expect(programs()).toContain("policy.cross_entropy.step");
  run("index");
  expect(JSON.parse(run("build", "--json").out).wrote).toBe(false);
}, 60_000);

test("a build is written again when a file behind an extern changes, or what that imports", () => {
  const spec = `type Line = { text: Text }\nextern fn lines() -> Dataset<Line> from "./lines.ts"\ndataset texts: Line = lines()\ntokenizer words = file("words.json")\ntrain look { report(n: count(texts)) }\n`;
  const rows = (texts: string) =>
    `import { texts } from "./texts.ts";\nexport function* lines(): Iterable<{ text: string }> {\n  for (const text of texts) yield { text };\n}\n${texts}`;
  write({ "main.neuro": spec, "lines.ts": rows(""), "texts.ts": "export const texts = ['a', 'b'];\n", "words.json": "{}" });
  const wrote = () => JSON.parse(run("build", "--json").out).wrote;
  expect([wrote(), wrote()]).toEqual([true, false]);
  write({ "texts.ts": "export const texts = ['a', 'b', 'c'];\n" });
  expect([wrote(), wrote()]).toEqual([true, false]);
  write({ "lines.ts": rows("// another reader") });
  expect(wrote()).toBe(true);
  write({ "words.json": '{ "model": {} }' });
  expect([wrote(), wrote()]).toEqual([true, false]);
}, 60_000);

test("every kind of bad input gets one clear message and an exit code", () => {
  const said = (words: string[], code: number, text: RegExp) => {
    const { code: exit, err } = run(...words);
    expect(err).toMatch(text);
    expect(err).not.toMatch(stack);
    expect(err).not.toContain("fault of its own");
    expect(exit).toBe(code);
  };
  said(["check"], 1, /no \.neuro file/);
  said(["check", "missing.neuro"], 1, /no file missing\.neuro/);
  said([], 2, /verb/);
  said(["chekc"], 2, /check/);
  said(["ask", "--devise", "cpu"], 2, /devise/);
  write({ "empty.neuro": "" });
  expect(run("check", "empty.neuro").code).toBe(0);
  write({ "binary.neuro": Uint8Array.from([0, 159, 146, 150, 0, 1]) });
  said(["check", "binary.neuro"], 1, /not text/);
  write({ "deep.neuro": "[".repeat(10_000_000) });
  said(["check", "deep.neuro"], 1, /error/);
  write({
    "a.neuro": 'use "./b.neuro" { b }\nfn a(x: Int) -> Int = x\n',
    "b.neuro": 'use "./a.neuro" { a }\nfn b(x: Int) -> Int = x\n',
  });
  said(["check", "a.neuro"], 1, /a third file|each other|cyclic/i);
  write({ "typo.neuro": "tokenizer = " });
  said(["build", "typo.neuro"], 1, /error/);
  said(["explain", "axes_difer"], 2, /axes_differ/);
}, 120_000);

test("ask before index says to index, and an index that is damaged says so", () => {
  write(pages);
  run("init");
  const early = run("ask", "How long does a cat sleep?");
  expect(early.code).toBe(1);
  expect(early.err).toContain("neuroc index");
  run("index");
  writeFileSync(join(folder, ".index/library/index.json"), "{ not json");
  const damaged = run("ask", "How long does a cat sleep?");
  expect(damaged.code).toBe(1);
  expect(damaged.err).toContain("neuroc index");
  expect(run("index").code).toBe(0);
  expect(run("ask", "How long does a cat sleep?").code).toBe(0);
}, 120_000);

test("a build folder that cannot be written is named, and nothing is left behind", () => {
  write({ ...pages, build: "a file where the folder should be" });
  run("init");
  const { code, err } = run("build");
  expect(code).toBe(1);
  expect(err).toContain("build");
  expect(err).not.toMatch(stack);
  expect(existsSync(join(folder, "build/x"))).toBe(false);
  if (process.getuid?.() !== 0) {
    rmSync(join(folder, "build"));
    chmodSync(folder, 0o500);
    expect(run("build").err).toContain("permission");
    chmodSync(folder, 0o700);
  }
}, 60_000);

test("explain prints a page for every code it lists", () => {
  const list = JSON.parse(run("explain", "--json").out) as { code: string }[];
  expect(list.length).toBeGreaterThanOrEqual(64);
  const page = run("explain", "axes_differ");
  expect(page.code).toBe(0);
  expect(page.out).toContain("axes_differ");
}, 60_000);
