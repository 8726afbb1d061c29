/**
 * A BEIR folder (Thakur et al. 2021): `corpus.jsonl` ({ _id, title, text }), `queries.jsonl` ({ _id, text }) and `qrels/<split>.tsv` (query-id, corpus-id,
 * score under a heading). Read line by line, faults with their place; written so that it is read back the same. It searches nothing.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readJsonl } from "../data/jsonl.ts";
import { NeuroError } from "../error.ts";
import { makeFolder, shown, writeAtomically, writeStreamed } from "../files.ts";
import { badLine, noLines } from "./lines.ts";
import { type Judgments, queriesInOrder } from "./ranking.ts";
import { type Query, readJudgments } from "./trec.ts";

/** A document of a corpus. */
export type CorpusDocument = { readonly id: string; readonly title: string; readonly text: string };

/** The documents of a folder, one after the other. Throws what reading JSONL throws, and `line_malformed`. */
export async function* readCorpus(folder: string): AsyncGenerator<CorpusDocument> {
  const path = fileOf(folder, "corpus.jsonl");
  let any = false;
  for await (const { value, place } of readJsonl(path)) {
    const { _id, title = "", text } = fieldsOf(value);
    if (!isName(_id) || typeof text !== "string" || typeof title !== "string")
      throw badLine(
        { place },
        "a document has `_id` and `text`, and may have a `title`",
        'Write {"_id": "d1", "title": "..", "text": ".."}.',
      );
    any = true;
    yield { id: String(_id), title, text };
  }
  if (!any) throw noLines(path, "documents");
}

/** The queries of a folder. */
export async function readQueries(folder: string): Promise<Query[]> {
  const path = fileOf(folder, "queries.jsonl");
  const queries = new Map<string, Query>();
  for await (const { value, place } of readJsonl(path)) {
    const { _id, text } = fieldsOf(value);
    if (!isName(_id) || typeof text !== "string")
      throw badLine({ place }, "a query has `_id` and `text`", 'Write {"_id": "q1", "text": "what is asked"}.');
    if (queries.has(String(_id))) throw badLine({ place }, `there are two queries ${_id}`, "Keep one of them.");
    queries.set(String(_id), { id: String(_id), text });
  }
  if (queries.size === 0) throw noLines(path, "queries");
  return [...queries.values()];
}

/** The judgments of a split: `qrels/<split>.tsv`. Throws `split_missing` and names those that there are. */
export function readQrels(folder: string, split = "test"): Judgments {
  const path = join(folder, "qrels", `${split}.tsv`);
  if (existsSync(path)) return readJudgments(path);
  const qrels = join(folder, "qrels");
  const splits = existsSync(qrels) ? readdirSync(qrels).flatMap((file) => /^(.+)\.tsv$/.exec(file)?.[1] ?? []) : [];
  throw new NeuroError("split_missing", `${shown(folder)} has no judgments qrels/${split}.tsv.`, {
    where: path,
    hint:
      splits.length > 0 ? `It has ${splits.join(", ")}.` : "A BEIR folder has corpus.jsonl, queries.jsonl and qrels/test.tsv.",
  });
}

/** Writes a folder; documents may come one by one. */
export async function writeBeir(
  folder: string,
  {
    corpus,
    queries,
    qrels,
  }: {
    readonly corpus: Iterable<CorpusDocument> | AsyncIterable<CorpusDocument>;
    readonly queries: Iterable<Query>;
    /** By split. */
    readonly qrels: Readonly<Record<string, Judgments>>;
  },
): Promise<void> {
  makeFolder(join(folder, "qrels"));
  await writeStreamed(join(folder, "corpus.jsonl"), corpusLines(corpus));
  writeAtomically(
    join(folder, "queries.jsonl"),
    [...queries].map(({ id, text }) => `${JSON.stringify({ _id: id, text })}\n`),
  );
  for (const [split, judgments] of Object.entries(qrels)) {
    const lines = queriesInOrder(judgments.keys()).flatMap((query) =>
      [...judgments.get(query)!].map(([doc, grade]) => `${query}\t${doc}\t${grade}\n`),
    );
    writeAtomically(join(folder, "qrels", `${split}.tsv`), ["query-id\tcorpus-id\tscore\n", ...lines]);
  }
}

async function* corpusLines(corpus: Iterable<CorpusDocument> | AsyncIterable<CorpusDocument>): AsyncGenerator<string> {
  const lines: string[] = [];
  for await (const { id, title, text } of corpus)
    if (lines.push(`${JSON.stringify({ _id: id, title, text })}\n`) === 1_000) yield lines.splice(0).join("");
  yield lines.join("");
}

/** The file of a folder, or its `.gz`. */
function fileOf(folder: string, file: string): string {
  const plain = join(folder, file);
  return !existsSync(plain) && existsSync(`${plain}.gz`) ? `${plain}.gz` : plain;
}

const fieldsOf = (value: unknown): { readonly _id?: unknown; readonly title?: unknown; readonly text?: unknown } =>
  typeof value === "object" && value !== null ? value : {};
const isName = (id: unknown): id is string | number => typeof id === "string" || typeof id === "number";
