import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { NeuroError } from "../error.ts";
import { type Evaluation, evaluate } from "../evaluate/index.ts";
import { pipelineOf } from "../pipeline/pipeline.ts";
import type { Embedder } from "../retrieve/embedder.ts";
import { roughOffsets } from "../retrieve/infocontext.ts";
import { openState, type State } from "../state/state.ts";
import { type IndexHandle, indexHandle } from "../system/indexes.ts";
import { sourceHandle } from "../system/sources.ts";
import type { System } from "../system.ts";
import { type Answer, type Dialog, last } from "../types.ts";
import { evaluateByJobs, indexByJobs, type Jobs, kinds, openJobs, work } from "./index.ts";

const base = mkdtempSync(join(tmpdir(), "neuro-jobs-"));
let root = "";
let count = 0;
let states: State[] = [];
let jobs: Jobs;
let others: Jobs;
beforeAll(async () => {
  process.env.NEURO_INDEX = "memory";
  states = [await openState({ folder: join(base, "state") }), await openState({ folder: join(base, "state") })];
  [jobs, others] = [await openJobs(states[0]!), await openJobs(states[1]!)];
}, 60_000);
afterAll(async () => {
  delete process.env.NEURO_INDEX;
  await others.close();
  await jobs.close();
  for (const state of states.reverse()) await state.close();
  rmSync(base, { recursive: true, force: true });
});
beforeEach(() => {
  root = join(base, String(count++));
  mkdirSync(join(root, "pages"), { recursive: true });
  for (let i = 0; i < 80; i++) page(i, `# Page ${i}\n\nThe number ${i} has ${i % 7} sevens. It stands beside ${i + 1}.`);
  const lines = Array.from(
    { length: 600 },
    (_, i) => `${JSON.stringify(i === 7 ? { no: 1 } : { id: `d${i}`, text: `Line ${i} of ${i * i}.` })}\n`,
  );
  writeFileSync(join(root, "lines.jsonl"), lines.join(""));
});
const page = (i: number, text: string) => writeFileSync(join(root, "pages", `p${String(i).padStart(3, "0")}.md`), text);

/** Vectors that count letters, each by itself. */
const embedder: Embedder = {
  name: "scout",
  key: async () => "weights",
  questions: async (texts) => texts.map(letters),
  passages: async (passages) => passages.map(({ text }) => letters(text)),
};
const letters = (text: string) => {
  const vector = Float32Array.from("abcdefgh", (letter) => text.split(letter).length / 3);
  const length = Math.hypot(...vector);
  return vector.map((x) => x / length);
};

type Parts = { readonly index?: IndexHandle; readonly evals?: readonly Evaluation[]; readonly hash?: string };
const systemOf = ({ index, evals = [], hash = "spec" }: Parts) =>
  ({
    name: "zoo",
    root,
    manifest: { neuro: "0", hashes: { inputs: hash } },
    indexes: () => (index ? [index] : []),
    models: () => [],
    evals: () => evals,
  }) as unknown as System;

const indexOf = (source: object, name = "library", vectors = true) =>
  indexHandle(
    name,
    { over: sourceHandle("docs", source, root), ...(vectors && { vectors: { kind: "embed", by: "scout" } }) },
    {
      root,
      embedder: () => embedder,
      offsets: async () => roughOffsets,
    },
  );

/** What lies in an index: its file without the folder's name, and its passages as they were written. */
function held(name: string): string[] {
  const folder = join(root, ".index", name);
  const { data, name: _, ...file } = JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));
  return [JSON.stringify(file), readFileSync(join(folder, data, "passages.jsonl"), "utf8")];
}

const said: string[] = [];
async function helped<T>(system: System, use: () => Promise<T>, workers: readonly Jobs[] = [jobs, others]): Promise<T> {
  const stop = new AbortController();
  said.length = 0;
  const working = workers.map((own) => work(own, system, { kinds, signal: stop.signal, log: (line) => said.push(line) }));
  try {
    return await use();
  } finally {
    stop.abort(new Error("enough"));
    await Promise.all(working);
  }
}

test.each([
  ["files", { kind: "files", glob: "pages/*.md" }, 80],
  ["lines", { kind: "jsonl", path: "lines.jsonl" }, 599],
])(
  "an index of %s that several made is the one that is made alone, first and after a change",
  async (_, source, documents) => {
    const [alone, together] = [indexOf(source, "alone"), indexOf(source, "together")];
    const system = systemOf({ index: together });
    for (const changed of [documents, 1]) {
      const report = await alone.build();
      expect(report).toMatchObject({ documents, changed });
      expect(await helped(system, () => indexByJobs(jobs, system, together))).toEqual(report);
      expect(held("together")).toEqual(held("alone"));
      expect(said.length).toBe(changed === 1 ? 1 : 3);
      page(5, "# Five\n\nA new page.");
      const lines = readFileSync(join(root, "lines.jsonl"), "utf8");
      writeFileSync(join(root, "lines.jsonl"), lines.replace("Line 500 ", "The line 500 "));
    }
    expect(await jobs.standing("zoo")).toEqual([]);
  },
  60_000,
);

test("what was done of a division that was interrupted is not done again", async () => {
  const index = indexOf({ kind: "files", glob: "pages/*.md" });
  const system = systemOf({ index });
  const stop = new AbortController();
  const first = indexByJobs(jobs, system, index, { signal: stop.signal });
  first.catch(() => {});
  await helped(system, async () => {
    while (((await jobs.standing("zoo"))[0]?.done ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    stop.abort(new Error("interrupted"));
  }, [others]);
  await expect(first).rejects.toThrow("interrupted");
  const { done, parts } = (await jobs.standing("zoo"))[0]!;
  expect(done).toBeGreaterThan(0);
  await helped(system, () => indexByJobs(others, system, index));
  expect(said.length).toBe(parts - done);
}, 60_000);

test("a worker with another spec takes nothing, and says why", async () => {
  const index = indexOf({ kind: "files", glob: "pages/*.md" });
  const stop = new AbortController();
  const waiting = indexByJobs(jobs, systemOf({ index }), index, { signal: stop.signal });
  waiting.catch(() => {});
  while ((await jobs.open("zoo")).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const lines: string[] = [];
  const worked = await work(others, systemOf({ index, hash: "other" }), {
    kinds,
    signal: new AbortController().signal,
    untilDone: true,
    log: (line) => lines.push(line),
  });
  expect(worked).toEqual({ done: 0, failed: 0 });
  expect(lines).toEqual(["index library is left to others: it was divided with another spec than is here"]);
  stop.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
}, 60_000);

test("a part that fails is tried again; one that goes on failing is told with its reason, and the rest is kept", async () => {
  let failing = true;
  const broken: Embedder = {
    ...embedder,
    async passages(passages, signal) {
      if (failing && passages.some(({ text }) => text.includes("number 79 ")))
        throw new NeuroError("scout_ill", "The scout is ill.", { hint: "Wait." });
      return embedder.passages(passages, signal);
    },
  };
  const index = indexHandle(
    "library",
    { over: sourceHandle("docs", { kind: "files", glob: "pages/*.md" }, root), vectors: { kind: "embed", by: "scout" } },
    { root, embedder: () => broken, offsets: async () => roughOffsets },
  );
  const system = systemOf({ index });
  await expect(helped(system, () => indexByJobs(jobs, system, index))).rejects.toMatchObject({
    code: "scout_ill",
    hint: "Wait.",
  });
  expect(said.filter((line) => line.includes("failed")).length).toBe(4);
  expect((await jobs.standing("zoo"))[0]).toMatchObject({ done: 2, parts: 3, failed: 1 });
  failing = false;
  expect((await helped(system, () => indexByJobs(jobs, system, index))).documents).toBe(80);
  expect(said.length).toBe(1);
  expect(readdirSync(join(root, ".index"))).toEqual(["library"]);
}, 60_000);

test("an eval whose questions several ask has the numbers and files of one that is asked alone", async () => {
  const facts = { offsets: async () => roughOffsets, defaults: {} };
  const echo = pipelineOf("echo", "main.neuro:1", async (_run, prompt: Dialog) => answerOf(last(prompt)), facts);
  const rows = Array.from({ length: 120 }, (_, i) => ({
    prompt: [{ role: "user", content: `n${i}` }],
    answer: i % 3 ? `n${i}` : "else",
  }));
  const one: Evaluation = {
    name: "facts",
    where: "main.neuro:9",
    root,
    spec: {
      of: [{ name: "echo", takes: ["prompt"], run: echo as never }],
      task: { kind: "answers", rows },
      report: [{ kind: "exact_match" }, { kind: "f1" }],
    },
    identity: async () => "one",
  };
  const system = systemOf({ evals: [one] });
  const [alone, together] = [join(root, "alone"), join(root, "together")];
  const report = await evaluate([one], { folder: alone });
  const same = await helped(system, () => evaluateByJobs(jobs, system, one, { folder: together }));
  expect(report.systems[0]!.scores.exact_match!.value).toBeCloseTo(2 / 3, 12);
  expect(same.systems.map(({ scores }) => scores)).toEqual(report.systems.map(({ scores }) => scores));
  const answers = (folder: string) => readFileSync(join(folder, "echo.jsonl"), "utf8").replaceAll(/"ms":[\d.e-]+,?/g, "");
  expect(answers(together)).toBe(answers(alone));
  expect(said.length).toBe(15);
  await helped(system, () => evaluateByJobs(jobs, system, one, { folder: together }));
  expect(said).toEqual([]);
}, 60_000);

const answerOf = (text: string): Answer => ({ text, known: true, sources: [], footnotes: [], missing: [] }) as unknown as Answer;
