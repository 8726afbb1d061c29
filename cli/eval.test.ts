// neuroc eval as a person meets it: a BEIR folder, a spec with several pipelines, a table, files that other tools read.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const neuroc = join(import.meta.dirname, "../bin/neuroc.mjs");
let folder = "";

function write(files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

function run(...words: string[]): { code: number | null; out: string; err: string } {
  const env = { ...process.env, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [neuroc, ...words], { cwd: folder, encoding: "utf8", env });
  return { code: status, out: stdout, err: stderr };
}

const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const animals = ["cat", "dog", "hen", "cow", "fox", "owl", "bat", "ant"];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "neuroc-eval-"));
  write({
    "zoo/corpus.jsonl": lines(
      animals.map((animal) => ({ _id: animal, title: animal, text: `The ${animal} sleeps in house ${animal.length}${animal}.` })),
    ),
    "zoo/queries.jsonl": lines(animals.map((animal) => ({ _id: `q-${animal}`, text: `Where does the ${animal} sleep?` }))),
    "zoo/qrels/test.tsv": `query-id\tcorpus-id\tscore\n${animals.map((animal) => `q-${animal}\t${animal}\t1\n`).join("")}`,
    "questions.jsonl": lines([
      { prompt: "Where does the cat sleep?", answers: ["house 3cat"] },
      { prompt: "Who invented the telescope in Holland?", answers: ["I do not know."] },
    ]),
    "main.neuro": `use std.answering { search, rerank, quote }

source corpus = beir("zoo")
index library { over: corpus, text: bm25(language: "en", k1: 0.9, b: 0.4) }
fn backwards(prompt: Dialog, doc: Doc) -> Float = 1 - doc.score
pipeline words(prompt: Dialog) -> Docs = search(library, [last(prompt)], top: 100)
pipeline turned(prompt: Dialog) -> Docs {
  found = search(library, [last(prompt)], top: 100)
  rerank(found, by: backwards, given: prompt, top: 100)
}
pipeline answer(prompt: Dialog) -> Answer = quote(prompt, search(library, [last(prompt)], top: 5))
dataset questions: { prompt: Dialog, answers: List<Text> } = jsonl("questions.jsonl")

eval ranks { of: [turned, words], task: retrieval(beir: "zoo"), report: [ndcg(at: 10), mrr, recall(at: 100)], against: turned }
eval facts { of: answer, task: answers, rows: questions, report: [contains, admitted, missed] }
`,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("an eval that cannot begin says what to do first", () => {
  expect(run("eval", "--only", "ranks")).toMatchObject({ code: 1, out: "", err: expect.stringContaining("neuroc index") });
  expect(run("eval", "--only", "others")).toMatchObject({ code: 2, err: expect.stringContaining("it has ranks, facts") });
}, 60_000);

test("pipelines are compared in a table, their runs are files that score the same, and shared stages run once", () => {
  expect(run("index").code).toBe(0);
  const { code, out } = run("eval", "--only", "ranks");
  expect(code).toBe(0);
  expect(out).toContain("ranks: retrieval, 8 questions");
  expect(out).toMatch(/words +1\.0000\*\[1\.000, 1\.000\]/);
  const report = JSON.parse(readFileSync(join(folder, "evals/ranks/report.json"), "utf8"));
  const shared = report.systems.map(
    ({ stages }: { stages: { stage: string; shared: number }[] }) => stages.find(({ stage }) => stage === "search")!.shared,
  );
  expect(shared).toEqual([0, 1]);
  const again = run(
    "eval",
    "--run",
    "evals/ranks/words.trec",
    "--run",
    "evals/ranks/turned.trec",
    "--judgments",
    "zoo/qrels/test.tsv",
    "--report",
    "RR",
    "--json",
  );
  const values = JSON.parse(again.out).systems.map(({ scores }: { scores: { RR: { value: number } } }) => scores.RR.value);
  expect(values).toEqual([report.systems[1].scores.RR.value, report.systems[0].scores.RR.value]);
}, 60_000);

test("answers are measured from rows, also those of another file; results as JSON stand alone on stdout", () => {
  const [facts] = JSON.parse(run("eval", "--only", "facts", "--json", "--out", "results").out);
  expect(facts.systems[0].scores).toMatchObject({
    contains: { value: 1, count: 1 },
    admitted: { value: 1, count: 1 },
    missed: { value: 0 },
  });
  expect(existsSync(join(folder, "results/facts/answer.jsonl"))).toBe(true);
  write({ "more.jsonl": lines([{ prompt: "Where does the owl sleep?", answer: "house 3owl" }]) });
  const other = run("eval", "--only", "facts", "--rows", "more.jsonl");
  expect(other).toMatchObject({ code: 0, out: expect.stringContaining("facts: answers, 1 question\n") });
  write({ "bad.jsonl": '{"prompt": "x"}\n' });
  expect(run("eval", "--only", "facts", "--rows", "bad.jsonl")).toMatchObject({
    code: 1,
    err: expect.stringContaining("has no right answer"),
  });
}, 60_000);
