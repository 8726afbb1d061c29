import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeEach, expect, test } from "vitest";
import { inputPorts, outputPorts, type Program, programToJson, renderOnnx } from "../kernels/index.ts";
import { type Answer, type Dialog, files, generate, infocontext, last, openSystem, quote, type System, search } from "./index.ts";
import { silent } from "./progress.ts";
import { sourceFeeds, targetFeeds, tinyDecode, tinyEncode, tinyStep, tinyWeights } from "./tests/tiny.ts";
import { tinyRows, tinyTokenizer } from "./tests/world.ts";
import { initialise } from "./weights/initialise.ts";
import { writeSafetensors } from "./weights/safetensors.ts";

const base = mkdtempSync(join(tmpdir(), "neuro-system-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let root = "";
let build = "";
let count = 0;

/** The forms of a program as a build's files, and what its manifest says of it. */
function built(program: Program, feeds: object): object {
  const [file, ir] = [`graphs/${program.name}.onnx`, `graphs/${program.name}.json`];
  writeFileSync(join(build, file), renderOnnx(program));
  writeFileSync(join(build, ir), JSON.stringify(programToJson(program)));
  return { file, ir, inputs: inputPorts(program), outputs: outputPorts(program), plan: {}, kernels: [], feeds };
}

beforeEach(() => {
  root = join(base, String(count++));
  build = join(root, "build", "tiny");
  mkdirSync(join(build, "graphs"), { recursive: true });
  mkdirSync(join(root, "docs"));
  writeFileSync(join(root, "docs", "oslo.md"), "# Oslo\n\nOslo is the capital of Norway. It has trams.");
  writeFileSync(join(root, "docs", "chad.md"), "# Chad\n\nN'Djamena is the capital of Chad.");
  const vocab = tinyTokenizer.size;
  const programs = {
    "policy.encode": built(tinyEncode(vocab), sourceFeeds),
    "policy.step": built(tinyDecode(vocab), {}),
    "policy.cross_entropy.step": built(tinyStep(vocab), { ...sourceFeeds, ...targetFeeds }),
  };
  const objectives = { cross_entropy: { step: "policy.cross_entropy.step", loss: "none" } };
  const policy = {
    architecture: "Tiny",
    config: {},
    tokenizer: "words",
    window: 128,
    weights: tinyWeights(vocab),
    programs: { encode: "policy.encode", step: "policy.step" },
    objectives,
  };
  const manifest = {
    schema: 1,
    name: "tiny",
    neuro: "0.1.0",
    entry: "main.neuro",
    hashes: {},
    declarations: [],
    models: { policy },
    programs,
  };
  writeFileSync(join(build, "manifest.json"), JSON.stringify(manifest));
});

const open = () => openSystem(pathToFileURL(join(build, "index.js")).href, { device: "cpu" });
const library = (system: System) =>
  system.index("library", { over: system.source("pages", files("docs/**/*.md")), text: { kind: "bm25", language: "en" } });
const words = (system: System) =>
  system.tokenizer("words", { kind: "bpe", vocab: 300, from: system.dataset("rows", () => tinyRows(50)) });

test("a spec that quotes needs an index and nothing else, and answers with a footnote to the file", async () => {
  const system = await open();
  const index = library(system);
  const answer = system.pipeline("answer", "main.neuro:6", async (run, prompt: Dialog): Promise<Answer> => {
    const found = run.stage("search", "main.neuro:7", async (at) => search(index, [last(prompt)], { top: 20 }, at));
    return run.stage("quote", "main.neuro:8", async (at) => quote(prompt, await found, { most: 1 }, at));
  });
  await expect(answer("capital of Norway?")).rejects.toMatchObject({
    code: "index_missing",
    message: "The stage search failed: The index library has not been made.",
  });
  expect(await system.indexes()[0]!.build({ progress: silent })).toMatchObject({ documents: 2, changed: 2 });
  expect(await answer("What is the capital of Norway?")).toMatchObject({
    text: "Oslo is the capital of Norway. [1]",
    known: true,
    sources: [{ number: 1, doc: { id: "docs/oslo.md" }, start: 0, end: 30, text: "Oslo is the capital of Norway." }],
    footnotes: [{ number: 1, at: 31 }],
  });
  expect(system.pipelines().map((pipeline) => [pipeline.name, pipeline.where])).toEqual([["answer", "main.neuro:6"]]);
  expect(await index.status()).toEqual({ documents: 2, passages: 2 });
  writeFileSync(join(root, "docs", "new.md"), "# New");
  expect(await index.status()).toMatchObject({ drift: expect.stringContaining("1 new") });
  await system.close();
});

test("a model with weights writes over the blocks, cites only those, and its tokens are counted by its tokenizer", async () => {
  const system = await open();
  const index = library(system);
  const policy = system.model("policy", { tokenizer: words(system), window: 128 });
  const answer = system.pipeline("answer", "main.neuro:6", async (run, prompt: Dialog): Promise<Answer> => {
    const found = run.stage("search", "main.neuro:7", async (at) => search(index, [last(prompt)], { top: 20 }, at));
    const context = run.stage("infocontext", "main.neuro:8", async (at) =>
      infocontext(await found, [last(prompt)], { block: 16, overlap: 4, budget: 40 }, at),
    );
    return run.stage("generate", "main.neuro:9", async (at) =>
      generate(policy, prompt, await context, { with: { strategy: { kind: "sample", temperature: 2 }, most: 12 } }, at),
    );
  });
  await index.build({ progress: silent });
  await expect(answer("capital?")).rejects.toMatchObject({
    code: "weights_missing",
    hint: expect.stringContaining("neuroc train"),
  });
  const { local } = policy;
  const tokenizer = await local!.tokenizer();
  writeSafetensors(local!.path, initialise(local!.weights, 3), { tokenizer: tokenizer.hash });
  const one = await answer("What is the capital of Norway?", { seed: 5 });
  expect(one.tokens!.length).toBeGreaterThan(0);
  expect(one.footnotes.every((note) => one.sources.some((source) => source.number === note.number))).toBe(true);
  expect(one.trace.spans.map((span) => span.stage)).toEqual(["search", "infocontext", "generate"]);
  expect(one.trace.spans[1]!.notes.tokens).toBeLessThanOrEqual(40);
  expect((await answer("What is the capital of Norway?", { seed: 5 })).tokens).toEqual(one.tokens);
  expect((await answer("What is the capital of Norway?", { seed: 6 })).tokens).not.toEqual(one.tokens);

  // Trained meanwhile by another process: the next answer is the new model's.
  writeSafetensors(local!.path, initialise(local!.weights, 4), { tokenizer: tokenizer.hash });
  utimesSync(local!.path, 1, 1);
  expect((await answer("What is the capital of Norway?", { seed: 5 })).tokens).not.toEqual(one.tokens);
  await system.close();
});

test("a program of the build is one, however often it is asked for, so that a device prepares it once", async () => {
  const system = await open();
  const policy = system.model("policy", { tokenizer: words(system), window: 128 }).local!;
  expect(policy.program("step")).toBe(policy.program("step"));
  expect(policy.objective("cross_entropy")).toBe(policy.objective("cross_entropy"));
});

test("foreign weights, a missing program file and a foreign manifest are told in one sentence", async () => {
  const system = await open();
  const policy = system.model("policy", { tokenizer: words(system), window: 128 });
  const answer = system.pipeline("answer", "main.neuro:6", async (run, prompt: Dialog) =>
    run.stage("generate", "main.neuro:9", async (at) => generate(policy, prompt, { blocks: [], tokens: 0 }, {}, at)),
  );
  const { local } = policy;
  mkdirSync(join(root, "weights"), { recursive: true });
  writeFileSync(local!.path, "not weights at all");
  await expect(answer("x")).rejects.toMatchObject({ name: "NeuroError", code: expect.stringContaining("weights") });
  writeSafetensors(local!.path, initialise(local!.weights, 3), { tokenizer: "another" });
  await expect(answer("x")).rejects.toMatchObject({ code: "tokenizer_differs" });
  writeSafetensors(local!.path, initialise(local!.weights, 3), {});
  rmSync(join(build, "graphs", "tiny.step.json"));
  await expect(answer("x")).rejects.toMatchObject({ code: "file_missing", hint: "Run `neuroc build`." });
  expect(() => system.model("judge", { tokenizer: words(system) })).toThrow(/does not have the model judge/);
  writeFileSync(join(build, "manifest.json"), '{"schema":7}');
  await expect(open()).rejects.toMatchObject({ code: "build_foreign" });
  rmSync(join(build, "manifest.json"));
  await expect(open()).rejects.toMatchObject({ code: "file_missing" });
  await system.close();
});

test("a reward records its terms under their names, and refuses what is no number", async () => {
  const system = await open();
  const quality = system.reward("quality", "main.neuro:20", async (row: { answer: { text: string } }, { term }) => {
    const form = term("form", row.answer.text.length / 2);
    return term("total", form - 1);
  });
  expect(await quality({ answer: { text: "four" } })).toEqual({ reward: 1, terms: { form: 2, total: 1 } });
  const broken = system.reward("broken", "main.neuro:30", async (_row: object, { term }) => term("total", Number.NaN));
  await expect(broken({})).rejects.toMatchObject({ code: "term_not_finite", where: expect.stringContaining("main.neuro:30") });
});

test("what this version cannot index or read is refused with the way out", async () => {
  const system = await open();
  const over = system.source("pages", files("docs/**/*.md"));
  expect(() => system.index("a", { over, text: { kind: "bm25", language: "tlh" } })).toThrow(/names the language "tlh"/);
  expect(() => system.index("a", { over, vectors: { kind: "embed" } })).toThrow(/no model that makes vectors/);
  expect(() => system.index("a", { over, block: 8, overlap: 8 })).toThrow(/blocks of 8 tokens that overlap by 8/);
  expect(() => system.index("a", { over, text: { kind: "bm25", language: "ru", analysis: { kind: "lucene" } } })).toThrow(/"ru"/);
  expect(() => system.source("weather", { kind: "tool", url: "x" })).toThrow(/tool without parameters/);
  expect(() => system.source("web", { kind: "searxng", url: "nowhere" })).toThrow(/no address/);
  expect(() => system.source("odd", { kind: "unheard" })).toThrow(/of a kind that cannot be read/);
  const asked = system.source("rows", { kind: "postgres", env: "X", query: "select $1", by: { kind: "bm25" } });
  expect(() => asked.source).toThrow(/asked by `search`/);
});

test("the documents of a source are rows, and train a tokenizer once", async () => {
  const system = await open();
  const pages = system.source("pages", files("docs/**/*.md"));
  const titles: string[] = [];
  for await (const doc of pages) titles.push(doc.title);
  expect(titles).toEqual(["Chad", "Oslo"]);
  const handle = system.tokenizer("letters", { kind: "bpe", vocab: 280, from: pages });
  const tokenizer = await handle.load();
  const text = "Oslo — столица";
  expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  writeFileSync(join(root, "docs", "oslo.md"), "changed");
  expect((await system.tokenizer("letters", { kind: "bpe", vocab: 280, from: pages }).load()).hash).toBe(tokenizer.hash);
});
