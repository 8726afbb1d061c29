import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { answerOver } from "../answer/footnotes.ts";
import { NeuroError } from "../error.ts";
import { pipelineOf } from "../pipeline/pipeline.ts";
import { roughOffsets } from "../retrieve/infocontext.ts";
import { type Answer, type Dialog, type Doc, last } from "../types.ts";
import { writeBeir } from "./beir.ts";
import { type Evaluation, evaluate } from "./evaluation.ts";
import type { EvalSpec, Measured } from "./spec.ts";
import { tableText } from "./table.ts";
import { readRun } from "./trec.ts";

const root = mkdtempSync(join(tmpdir(), "neuro-evals-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const facts = { offsets: async () => roughOffsets, defaults: {} };
const evaluationOf = (spec: EvalSpec, name = "ranks"): Evaluation => ({
  name,
  where: "main.neuro:9",
  root,
  spec,
  identity: async () => "one build",
});

const letters = ["a", "b", "c", "d", "e", "f"];
await writeBeir(join(root, "letters"), {
  corpus: letters.map((id) => ({ id, title: "", text: id })),
  queries: letters.map((id) => ({ id: `q${id}`, text: id })),
  qrels: { test: new Map(letters.map((id) => [`q${id}`, new Map([[id, 1]])])) },
});
const doc = (id: string, score?: number): Doc => ({
  id,
  title: id,
  url: id,
  text: id,
  ...(score === undefined ? {} : { score }),
});

let searches = 0;
const measured = (name: string, rank: (question: string) => readonly Doc[], key = "search"): Measured => ({
  name,
  takes: ["prompt"],
  run: pipelineOf(
    name,
    "main.neuro:5",
    async (run, prompt: Dialog) => {
      const found = run.stage("search", "main.neuro:5", () => `${last(prompt)}${"!".repeat(Number(++searches < 0))}`, {
        key: [key, prompt],
      });
      return run.stage("rank", "main.neuro:6", async () => rank(await found), { key: [name, prompt] });
    },
    facts,
  ) as Measured["run"],
});
const good = measured("good", (question) => [doc(question, 2), doc("x", 1)]);
const poor = measured("poor", (question) => [doc("x"), doc("y"), doc(question)]);
const spec: EvalSpec = {
  of: [poor, good],
  task: { kind: "retrieval", beir: "letters" },
  report: [{ kind: "rr" }, { kind: "success", at: 1 }],
  against: poor,
};

test("a table has each system's numbers, intervals, and its paired test against the baseline", async () => {
  const report = await evaluate([evaluationOf(spec)]);
  expect(report.systems.map(({ name, scores }) => [name, scores.RR!.value, scores["Success@1"]!.value])).toEqual([
    ["poor", 1 / 3, 0],
    ["good", 1, 1],
  ]);
  // Six differences of one sign: 2 of 64 ways to swap are as large.
  expect(report.systems[1]!.scores.RR).toMatchObject({
    difference: expect.closeTo(2 / 3, 12),
    p: 2 / 64,
    corrected: 2 / 64,
    low: 1,
    high: 1,
    count: 6,
  });
  expect(tableText(report).replaceAll(/ \d+(?:\.\d)?(?= ms|$)/gm, " 0.0")).toMatchInlineSnapshot(`
    "ranks: retrieval, 6 questions
          RR                     Success@1              ms
    poor  0.3333 [0.333, 0.333]  0.0000 [0.000, 0.000]  0.0
    good  1.0000*[1.000, 1.000]  1.0000*[1.000, 1.000]  0.0
      good - poor  RR         +0.6667  p 0.0313  corrected 0.0313
      good - poor  Success@1  +1.0000  p 0.0313  corrected 0.0313
      poor  search 0.0 ms, rank 0.0 ms
      good  search 0.0 ms (shared), rank 0.0 ms
      95% intervals by the bootstrap over questions
      * differs from poor: permutation test, corrected by holm, p < 0.05"
  `);
});

test("what systems have in common is done once a question, and the times say so", async () => {
  searches = 0;
  const report = await evaluate([evaluationOf(spec)]);
  expect(searches).toBe(6);
  const [first, second] = report.systems.map(({ stages }) => stages.map(({ stage, shared }) => `${stage} ${shared}`));
  expect(first).toEqual(["search 0", "rank 0"]);
  expect(second).toEqual(["search 1", "rank 0"]);
  const other = measured("other", (question) => [doc(question)], "another search");
  await evaluate([evaluationOf({ ...spec, of: [poor, other] })]);
  expect(searches).toBe(18);
});

test("results are files: a report, lines by question, and a run that reads back as the pipeline ranked", async () => {
  const folder = join(root, "out");
  const report = await evaluate([evaluationOf(spec)], { folder });
  expect(JSON.parse(readFileSync(join(folder, "report.json"), "utf8"))).toEqual(report);
  expect(
    readRun(join(folder, "poor.trec"))
      .rankings.get("qb")!
      .map(({ doc }) => doc),
  ).toEqual(["x", "y", "b"]);
  const lines = readFileSync(join(folder, "good.jsonl"), "utf8").trim().split("\n");
  expect(JSON.parse(lines[1]!)).toMatchObject({ question: "qb", RR: 1, "Success@1": 1 });
  const beside = await evaluate([evaluationOf(spec)], {
    runs: [{ name: "read", rankings: readRun(join(folder, "good.trec")).rankings }],
  });
  expect(beside.systems[2]!.scores.RR).toMatchObject({ value: 1, corrected: (2 * 2) / 64 });
});

test("an evaluation that was stopped goes on, and begins anew when what it depends on differs", async () => {
  const folder = join(root, "stopped");
  let asked = 0;
  const leaving = new AbortController();
  const slow = measured("slow", (question) => {
    if (++asked === 4) leaving.abort(new Error("stopped"));
    return [doc(question)];
  });
  const own = { ...spec, of: [slow], against: slow };
  await expect(evaluate([evaluationOf(own)], { folder, signal: leaving.signal })).rejects.toThrow("stopped");
  expect(existsSync(join(folder, "report.json"))).toBe(false);
  // A write that was cut off is dropped.
  writeFileSync(join(folder, "journal.jsonl"), '["cut', { flag: "a" });
  expect((await evaluate([evaluationOf(own)], { folder })).systems[0]!.scores.RR!.value).toBe(1);
  expect(asked).toBe(7);
  await evaluate([evaluationOf(own)], { folder });
  expect(asked).toBe(7);
  await evaluate([{ ...evaluationOf(own), identity: async () => "another build" }], { folder });
  expect(asked).toBe(13);
  const journal = readFileSync(join(folder, "journal.jsonl"), "utf8").split("\n");
  writeFileSync(join(folder, "journal.jsonl"), [journal[0], "{damaged", ...journal.slice(2)].join("\n"));
  await evaluate([{ ...evaluationOf(own), identity: async () => "another build" }], { folder });
  expect(asked).toBe(19);
});

test("where results cannot be written, it is said before anything is asked", async () => {
  const place = join(root, "a file");
  writeFileSync(place, "");
  searches = 0;
  await expect(evaluate([evaluationOf(spec)], { folder: join(place, "out") })).rejects.toMatchObject({ code: "cannot_write" });
  expect(searches).toBe(0);
});

test("a question that fails counts as nothing found and is told; a system that fails at once is refused", async () => {
  const failing = measured("failing", (question) => {
    if (question === "c") throw new NeuroError("stage_late", "it took longer than 2 s");
    return [doc(question)];
  });
  const report = await evaluate([evaluationOf({ ...spec, of: [failing], against: failing })]);
  expect(report.systems[0]!.scores.RR!.value).toBeCloseTo(5 / 6, 12);
  expect(report.systems[0]!.failed).toEqual([{ question: "qc", why: expect.stringContaining("it took longer than 2 s") }]);
  expect(tableText(report)).toContain(
    "failing: 1 of 6 questions failed, first qc: The stage rank failed: it took longer than 2 s.",
  );
  const broken = measured("broken", () => {
    throw new NeuroError("index_missing", "The index library has not been made.");
  });
  await expect(evaluate([evaluationOf({ ...spec, of: [broken], against: broken })])).rejects.toThrow("has not been made");
});

test("evals of one name from several specs are one table", async () => {
  const other = { ...evaluationOf({ ...spec, of: [good] }), where: "other.neuro:3" };
  const report = await evaluate([evaluationOf({ ...spec, of: [poor] }), other]);
  expect(report.systems.map(({ name }) => name)).toEqual(["main:poor", "other:poor", "other:good"]);
  expect(report.against).toBe("main:poor");
  await expect(evaluate([evaluationOf(spec), evaluationOf(spec)])).rejects.toThrow(
    "Two systems of the eval ranks are called main:poor",
  );
});

const source = { ...doc("1"), text: "Ann founded the city in 1880" };
const saying = (text: string, known = true): Answer => ({
  ...answerOver(text, [{ number: 1, doc: source, start: 0, end: 28, text: source.text, score: 1 }], { known }),
  missing: [],
  trace: { spans: [] },
});
const answering = (name: string, says: (question: string) => Answer): Measured => ({
  name,
  takes: ["prompt"],
  run: pipelineOf(name, "main.neuro:5", async (_run, prompt: Dialog) => says(last(prompt)), facts) as unknown as Measured["run"],
});
const ask = (content: string): Dialog => [{ role: "user", content }];
const rows = [
  { prompt: ask("who?"), answer: { text: "Ann" } },
  { prompt: ask("when?"), answers: ["1880", "in 1880"] },
  { prompt: ask("why?"), answer: { text: "I do not know." } },
  { prompt: ask("where?"), answer: "Oslo" },
];
const careful = answering("careful", (question) => {
  if (question === "who?") return saying("Ann founded the city [1].");
  return question === "when?" ? saying("1880 [1]") : saying("I do not know.", false);
});

test("answers are marked by words, by what they admit, and by what they cite", async () => {
  const report = [
    "exact_match",
    "f1",
    "contains",
    "known",
    "admitted",
    "missed",
    "cited",
    "citation_recall",
    "citation_precision",
  ];
  const found = await evaluate([
    evaluationOf({ of: [careful], task: { kind: "answers" }, rows, report: report.map((kind) => ({ kind })) }, "facts"),
  ]);
  const { scores } = found.systems[0]!;
  const shown = Object.fromEntries(
    Object.entries(scores).map(([name, { value, count }]) => [name, `${value.toFixed(3)} of ${count}`]),
  );
  expect(shown).toEqual({
    exact_match: "0.333 of 3",
    f1: "0.500 of 3",
    contains: "0.667 of 3",
    known: "0.500 of 4",
    admitted: "1.000 of 1",
    missed: "0.333 of 3",
    cited: "1.000 of 2",
    citation_recall: "1.000 of 2",
    citation_precision: "1.000 of 2",
  });
});

test("SimpleQA is graded by words, or by a model that is asked with the right answer", async () => {
  const report = ["accuracy", "attempted", "accuracy_given_attempted", "f1"].map((kind) => ({ kind }));
  const guessing = answering("guessing", (question) => (question === "when?" ? saying("1880 [1]") : saying("Bergen [1]")));
  const asked: string[] = [];
  const grader = {
    name: "grader",
    write: async (prompt: Dialog) => {
      asked.push(last(prompt));
      return { text: /Answer: .*(Ann|1880)/.test(last(prompt)) ? "A" : "The answer contradicts it: B" };
    },
  };
  const base = { of: [careful, guessing], against: careful, rows: rows.filter((_, i) => i !== 2), report };
  const [words, judged] = await Promise.all([
    evaluate([evaluationOf({ ...base, task: { kind: "simpleqa" } }, "facts")]),
    evaluate([evaluationOf({ ...base, task: { kind: "simpleqa", by: grader } }, "facts")]),
  ]);
  const numbers = (one: typeof words, i: number) =>
    Object.values(one.systems[i]!.scores).map(({ value }) => Number(value.toFixed(3)));
  expect(numbers(words, 0)).toEqual([0.667, 0.667, 1, 0.8]);
  expect(numbers(words, 1)).toEqual([0.333, 1, 0.333, 0.333]);
  expect(numbers(judged, 0)).toEqual([0.667, 1, 0.667, 0.667]);
  expect(asked[0]).toContain("Question: who?\nReference: Ann\nAnswer: Ann founded the city [1].");
  expect(words.systems[1]!.scores.f1!.p).toBeGreaterThan(0.05);
});

test("an eval without rows, without judgments or with bad ones says what to write", async () => {
  const none = { of: [careful], report: [{ kind: "f1" }] };
  const refused = async (given: EvalSpec) =>
    evaluate([evaluationOf(given, "facts")]).then(
      () => "accepted",
      (error: NeuroError) => `${error.message.replaceAll(root, "")} ${error.hint}`,
    );
  expect([
    await refused({ ...none, task: { kind: "answers" } }),
    await refused({ ...none, task: { kind: "answers" }, rows: [{ prompt: ask("x") }] }),
    await refused({ ...spec, task: { kind: "retrieval" } }),
    await refused({ ...spec, task: { kind: "retrieval" }, rows: [{ prompt: ask("x") }] }),
    await refused({ ...spec, task: { kind: "retrieval", beir: "letters", split: "dev" } }),
    await refused({ ...spec, report: [{ kind: "recall" }] }),
  ]).toMatchInlineSnapshot(`
    [
      "The eval facts cannot begin: The task answers has no rows. Declare a dataset of rows with \`prompt\` and \`answer\` (or \`answers\`), and write \`rows: questions\`, or name a file with --rows.",
      "The eval facts cannot begin: Row 1 has no right answer. Give it \`answer\`, or a list of \`answers\`.",
      "The eval facts cannot begin: The task retrieval has no questions with judgments. Write retrieval(beir: "data/nfcorpus"), retrieval(topics: "topics.txt", qrels: "qrels.txt"), or rows with \`relevant\`.",
      "The eval facts cannot begin: Row 1 has no \`relevant\`. It is the list of the ids of the documents that answer.",
      "The eval facts cannot begin: /letters has no judgments qrels/dev.tsv. It has test.",
      "The eval facts cannot begin: The metric R needs a cut-off. Write R@10, or recall(at: 10) in a spec.",
    ]
  `);
});

const ranking = (rows: readonly object[]) =>
  evaluate([evaluationOf({ of: [good], task: { kind: "retrieval" }, rows, report: [{ kind: "map" }] })]);

test("rows that name documents by other names than the index are told of beneath the table; one id is a list of one", async () => {
  const prompt: Dialog = [{ role: "user", content: "a" }];
  expect(tableText(await ranking([{ prompt, relevant: ["letters/a.md"] }]))).toContain(
    "No judged document was found: judgments name letters/a.md, and what was found is called a, x. `ids: name` compares files by their names alone.",
  );
  const right = await ranking([{ prompt, relevant: "a" }]);
  expect(right.systems[0]!.scores.AP!.value).toBe(1);
  expect(tableText(right)).toMatch(/^ranks: retrieval, 1 question\n/);
  expect(right.doubt).toBeUndefined();
  await expect(ranking([{ prompt, relevant: [] }])).rejects.toThrow("`relevant` is empty everywhere");
  await expect(ranking([{ prompt, relevant: 3 }])).rejects.toThrow("Row 1 has no list of texts as `relevant`");
});
