// Boosted symmetric trees against xgboost on a ranking set made of real collections: CACM's topics with the 100 abstracts that BM25 finds, and XQuAD's
// questions, English and Russian, with 30 sentences each, of which one has the answer. Usage: node bench/trees.ts <folder with cacm/ and xquad/> [--trees 100] [--depth 4] [--rate 0.05] [--python python3]
// --speed: 1,000 documents through 1,000 trees of depth 6, beside onnxruntime, instead.
// Five folds of whole questions; the table of bench/trees.md. xgboost is Debian's python3-xgboost.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import ort from "onnxruntime-node";
import { failed } from "../cli/failed.ts";
import { NeuroError } from "../runtime/error.ts";
import { readJudgments, readTopics } from "../runtime/evaluate/trec.ts";
import { type Language, queryTerms, terms } from "../runtime/retrieve/analysis/analyse.ts";
import { sentences } from "../runtime/retrieve/analysis/sentences.ts";
import { bm25 } from "../runtime/retrieve/bm25.ts";
import { boost } from "../runtime/trees/boost.ts";
import { featuresOf, searchFeatures } from "../runtime/trees/features.ts";
import { type LossName, losses, ndcg } from "../runtime/trees/losses.ts";
import { treesOnnx } from "../runtime/trees/onnx-write.ts";
import { scorerOf } from "../runtime/trees/score.ts";
import { picked, type Table, type TableRow, tableOf } from "../runtime/trees/table.ts";
import { drawnColumns, drawnForest } from "../runtime/trees/testing/drawn.ts";
import { median } from "./peer.ts";

type Page = { readonly id: string; readonly title: string; readonly text: string; readonly age?: number };
type Question = { readonly id: string; readonly text: string; readonly good: ReadonlyMap<string, number> };
type Outcome = { readonly scores: Float64Array; readonly trained: number; readonly scored: number };

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    trees: { type: "string", default: "100" },
    depth: { type: "string", default: "4" },
    rate: { type: "string", default: "0.05" },
    l2: { type: "string", default: "1" },
    speed: { type: "boolean", default: false },
    python: { type: "string", default: "/usr/bin/python3" },
  },
});
const [trees, depth, rate, l2] = [options.trees, options.depth, options.rate, options.l2].map(Number) as [
  number,
  number,
  number,
  number,
];
const foldCount = 5;

/** What the question's words find, best first, as rows with a target. */
function rowsOf(
  name: string,
  pages: readonly Page[],
  questions: readonly Question[],
  top: number,
  language: Language,
): TableRow[] {
  const index = bm25(pages.map(({ title, text }) => terms(`${title} ${text}`, language).map(({ text: term }) => term)));
  return questions.flatMap(({ id, text, good }) => {
    const hits = index.search(queryTerms(text, language), top);
    const found = hits.map(({ at, score }, place) => ({ ...pages[at]!, score, place: place + 1 }));
    const columns = featuresOf(text, found, { language });
    const valuesOf = (at: number) => searchFeatures.map((column) => columns.get(column)![at]!);
    return found.map((page, at) => ({ values: valuesOf(at), target: good.get(page.id) ?? 0, group: `${name} ${id}` }));
  });
}

function cacm(folder: string): TableRow[] {
  const place = mkdtempSync(join(tmpdir(), "neuro-trees-"));
  try {
    execFileSync("tar", ["xzf", join(folder, "cacm.tar.gz"), "-C", place]);
    const pages = readdirSync(place).map((file): Page => {
      const [title = "", ...rest] = readFileSync(join(place, file), "utf8")
        .replaceAll(/<[^>]*>/g, "")
        .trim()
        .split("\n\n");
      // The numbers behind the abstract are citations; the year says how old it was when the collection was closed.
      const text = rest.join("\n").replace(/\n[\d\s]+$/, "");
      const year = /CACM \w+,? (\d{4})/.exec(text)?.[1];
      return { id: file.replace(".html", ""), title, text, ...(year !== undefined && { age: 365 * (1980 - Number(year)) }) };
    });
    const judged = readJudgments(join(folder, "qrels.cacm.txt"));
    const questions = readTopics(join(folder, "topics.cacm.txt")).flatMap(({ id, text }) =>
      judged.has(id) ? [{ id, text, good: judged.get(id)! }] : [],
    );
    return rowsOf("cacm", pages, questions, 100, "en");
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Sentences as documents, under their article's title: the one that the answer stands in is the good one. */
function xquad(folder: string, language: "en" | "ru"): TableRow[] {
  type Asked = { id: string; question: string; answers: { answer_start: number }[] };
  type Articles = { data: { title: string; paragraphs: { context: string; qas: Asked[] }[] }[] };
  const { data } = JSON.parse(readFileSync(join(folder, `xquad.${language}.first24.json`), "utf8")) as Articles;
  const pages: Page[] = [];
  const questions: Question[] = [];
  for (const { title, paragraphs } of data)
    for (const { context, qas } of paragraphs) {
      const first = pages.length;
      const cut = sentences(context);
      for (const { text } of cut) pages.push({ id: String(pages.length), title: title.replaceAll("_", " "), text });
      for (const { id, question, answers } of qas) {
        const at = cut.findIndex(({ start, end }) => answers[0]!.answer_start >= start && answers[0]!.answer_start < end);
        questions.push({ id, text: question, good: new Map([[String(first + at), 1]]) });
      }
    }
  return rowsOf(`xquad ${language}`, pages, questions, 30, language);
}

async function ours(learned: Table, tested: Table, name: LossName): Promise<Outcome> {
  const begun = performance.now();
  const { forest } = await boost(learned, losses[name], { trees, depth, rate, l2, seed: 1 });
  const trained = (performance.now() - begun) / 1000;
  const scorer = scorerOf(forest);
  const some = learned.columns.map((column) => column.slice(0, 1000));
  const times = Array.from({ length: 50 }, () => {
    const from = performance.now();
    scorer.score(some);
    return (performance.now() - from) / 1000;
  });
  return { scores: scorer.score(tested.columns), trained, scored: median(times) };
}

function theirs(learned: Table, tested: Table, objective: string): Outcome {
  const part = ({ columns, target, groups }: Table) => ({
    rows: Array.from(target, (_, row) => columns.map((column) => (Number.isNaN(column[row]) ? null : column[row]!))),
    target: [...target],
    sizes: Array.from({ length: groups.length - 1 }, (_, group) => groups[group + 1]! - groups[group]!),
  });
  const job = { train: part(learned), test: part(tested), objective, trees, depth, rate, l2, least: 1 };
  const { status, stdout, stderr } = spawnSync(options.python, [join(import.meta.dirname, "trees.py")], {
    input: `${JSON.stringify(job)}\n`,
    maxBuffer: 2 ** 28,
    encoding: "utf8",
  });
  if (status !== 0)
    throw new NeuroError("xgboost", `xgboost did not answer: ${stderr}`, {
      hint: "apt-get install python3-xgboost, or --python.",
    });
  const answer = JSON.parse(stdout) as { scores: number[]; trained: number; scored: number };
  return { ...answer, scores: Float64Array.from(answer.scores) };
}

/** Scores of every row by models that have not seen its question, and medians of the times. */
async function crossed(table: Table, learn: (learned: Table, tested: Table) => Outcome | Promise<Outcome>): Promise<Outcome> {
  const scores = new Float64Array(table.target.length);
  const times: Outcome[] = [];
  const groups = Array.from({ length: table.groups.length - 1 }, (_, group) => group);
  for (let fold = 0; fold < foldCount; fold++) {
    const aside = groups.filter((group) => group % foldCount === fold);
    const outcome = await learn(
      picked(
        table,
        groups.filter((group) => group % foldCount !== fold),
      ),
      picked(table, aside),
    );
    times.push(outcome);
    let at = 0;
    for (const group of aside)
      for (let row = table.groups[group]!; row < table.groups[group + 1]!; row++) scores[row] = outcome.scores[at++]!;
  }
  return { scores, trained: median(times.map(({ trained }) => trained)), scored: median(times.map(({ scored }) => scored)) };
}

/** Mean reciprocal rank of the first good row, over groups that have one. */
function reciprocal({ groups, target }: Table, scores: Float64Array): number {
  const ranks = Array.from({ length: groups.length - 1 }, (_, group) => {
    const rows = Array.from({ length: groups[group + 1]! - groups[group]! }, (_, at) => groups[group]! + at);
    return rows.sort((a, b) => scores[b]! - scores[a]! || a - b).findIndex((row) => target[row]! > 0);
  }).filter((rank) => rank >= 0);
  return ranks.reduce((sum, rank) => sum + 1 / (rank + 1), 0) / ranks.length;
}

/** 1,000 documents of 30 columns through 1,000 trees of depth 6, in turns with onnxruntime on the same model, one thread each. */
async function speed(): Promise<void> {
  const forest = drawnForest(1, { trees: 1000, features: 30, borders: 128, depth: 6 });
  const columns = drawnColumns(1, 30, 1000);
  const rows = Float32Array.from({ length: 30_000 }, (_, at) => columns[at % 30]![Math.floor(at / 30)]!);
  const session = await ort.InferenceSession.create(treesOnnx(forest), { intraOpNumThreads: 1 });
  const feeds = { features: new ort.Tensor("float32", rows, [1000, 30]) };
  const scorer = scorerOf(forest);
  const times: [number, number][] = [];
  for (let round = 0; round < 60; round++) {
    const begun = performance.now();
    scorer.score(columns);
    const between = performance.now();
    await session.run(feeds);
    times.push([between - begun, performance.now() - between]);
  }
  for (const [at, name] of ["neuro", "onnxruntime"].entries()) {
    const all = times.slice(10).map((pair) => pair[at]!);
    console.log(`${name}: median ${median(all).toFixed(2)} ms, least ${Math.min(...all).toFixed(2)} ms`);
  }
}

async function main(): Promise<void> {
  if (options.speed) return speed();
  const data = positionals[0] ?? process.env.NEURO_DATA;
  if (data === undefined)
    throw new NeuroError("usage", "where are the collections?", { hint: "node bench/trees.ts <folder with cacm/ and xquad/>" });
  const folder = resolve(data);
  const sets = {
    cacm: cacm(join(folder, "cacm")),
    "xquad en": xquad(join(folder, "xquad"), "en"),
    "xquad ru": xquad(join(folder, "xquad"), "ru"),
  };
  console.log(
    `${trees} trees of depth ${depth}, rate ${rate}, l2 ${l2}, ${searchFeatures.length} features; nDCG@10 and RR over what BM25 found`,
  );
  console.log(
    "| collection | model | nDCG@10 | of xgboost's best | RR | training | 1,000 rows scored |\n| --- | --- | --- | --- | --- | --- | --- |",
  );
  for (const [name, rows] of Object.entries(sets)) {
    const table = tableOf(searchFeatures, rows);
    const said = (model: string, { scores, trained, scored }: Outcome, best: number) => {
      const quality = ndcg(table, scores, 10);
      const time = Number.isNaN(trained) ? " | " : `${trained.toFixed(2)} s | ${(1000 * scored).toFixed(2)} ms`;
      const cells = [quality.toFixed(4), (quality / best).toFixed(3), reciprocal(table, scores).toFixed(4), time];
      console.log(`| ${[`${name}, ${table.groups.length - 1} questions`, model, ...cells].join(" | ")} |`);
    };
    const peers: [string, Outcome][] = [];
    for (const objective of ["reg:squarederror", "rank:pairwise", "rank:ndcg"])
      peers.push([`xgboost ${objective}`, await crossed(table, (learned, tested) => theirs(learned, tested, objective))]);
    const best = Math.max(...peers.map(([, { scores }]) => ndcg(table, scores, 10)));
    said("BM25 alone", { scores: Float64Array.from(table.columns[0]!), trained: Number.NaN, scored: Number.NaN }, best);
    for (const [model, outcome] of peers) said(model, outcome, best);
    for (const loss of ["rmse", "query_rmse", "pair_logit", "yetirank"] as const)
      said(`neuro ${loss}`, await crossed(table, (learned, tested) => ours(learned, tested, loss)), best);
  }
}

if (import.meta.main) main().catch(failed);
