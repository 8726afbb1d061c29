/**
 * The files of TREC: judgments (qrels), runs and topics. What is written is read back the same; what is damaged is refused with its line.
 * Judgments may also be BEIR's three columns, topics also lines of `id<TAB>text` or JSON with `_id` and `text`. It judges nothing.
 */
import { NeuroError } from "../error.ts";
import { readText, shown, writeAtomically } from "../files.ts";
import { badLine, type Line, noLines, readLines } from "./lines.ts";
import { type Found, inOrder, type Judgments, queriesInOrder, type Rankings } from "./ranking.ts";

/** A query: its name in the judgments, and what is asked. */
export type Query = { readonly id: string; readonly text: string };

/** Judgments of a file: `query iteration document grade`, or BEIR's `query document grade` with or without its heading. */
export function readJudgments(path: string): Judgments {
  const judgments = new Map<string, Map<string, number>>();
  let first = true;
  for (const line of readLines(path)) {
    const columns = judgmentColumns(line.text);
    if (first && columns.length === 3 && /^query/i.test(columns[0]!) && !isWhole(columns[2]!)) {
      first = false;
      continue;
    }
    first = false;
    if (columns.length !== 4 && columns.length !== 3)
      throw badLine(line, `a judgment has four columns, and here are ${columns.length}`, "Write `query 0 document grade`.");
    const [query, doc, grade] =
      columns.length === 4 ? [columns[0]!, columns[2]!, columns[3]!] : (columns as [string, string, string]);
    if (!isWhole(grade))
      throw badLine(line, `the grade "${grade}" is no whole number`, "0 is not relevant, 1 and more are relevant.");
    const known = judgments.get(query) ?? new Map<string, number>();
    judgments.set(query, known);
    if (known.has(doc)) throw badLine(line, `${doc} is judged twice for query ${query}`, "Keep one of the two lines.");
    known.set(doc, Number(grade));
  }
  if (judgments.size === 0) throw noLines(path, "judgments");
  return judgments;
}

/** TREC's four columns, queries in order, documents as they were judged. */
export function writeJudgments(path: string, judgments: Judgments): void {
  writeAtomically(
    path,
    queriesInOrder(judgments.keys()).map((query) =>
      [...judgments.get(query)!].map(([doc, grade]) => `${name(query, "query")} 0 ${name(doc, "document")} ${grade}\n`).join(""),
    ),
  );
}

/** A run, and what it calls itself. */
export type Run = { readonly name: string; readonly rankings: Rankings };

/** A run: `query Q0 document rank score name`. The rank is not believed. */
export function readRun(path: string): Run {
  const rankings = new Map<string, Found[]>();
  const seen = new Map<string, Set<string>>();
  let run = "";
  for (const line of readLines(path)) {
    const columns = columnsOf(line.text);
    if (columns.length !== 6)
      throw badLine(
        line,
        `a line of a run has six columns, and here are ${columns.length}`,
        "Write `query Q0 document rank score name`.",
      );
    const [query, , doc, , scored, named] = columns as [string, string, string, string, string, string];
    const score = Number(scored);
    if (!Number.isFinite(score))
      throw badLine(line, `the score "${scored}" is no number`, "Scores are finite numbers; higher is better.");
    run ||= named;
    const docs = seen.get(query) ?? new Set<string>();
    seen.set(query, docs);
    if (docs.has(doc)) throw badLine(line, `${doc} was found twice for query ${query}`, "Keep its best line.");
    docs.add(doc);
    const found = rankings.get(query) ?? [];
    rankings.set(query, found);
    found.push({ doc, score });
  }
  if (rankings.size === 0) throw noLines(path, "results");
  return { name: run, rankings };
}

/** Writes a run in its order; scores keep every bit, so that reading gives the same ranking. */
export function writeRun(path: string, { name: run, rankings }: Run): void {
  const called = name(run.replaceAll(/\s+/g, "_") || "run", "run");
  writeAtomically(
    path,
    queriesInOrder(rankings.keys()).map((query) =>
      inOrder(rankings.get(query)!)
        .map(({ doc, score }, i) => `${name(query, "query")} Q0 ${name(doc, "document")} ${i + 1} ${score} ${called}\n`)
        .join(""),
    ),
  );
}

/**
 * Topics: TREC's `<top>` with `<num>` and `<title>` (`part` chooses `desc` or `narr`), CACM's `<DOC>` with `<DOCNO>`, `id<TAB>text`, or lines of JSON.
 * White space is one space.
 */
export function readTopics(path: string, { part = "title" }: { readonly part?: "title" | "desc" | "narr" } = {}): Query[] {
  const text = readText(path);
  const queries = /<top>/i.test(text) ? classic(text, part, path) : /<DOC>/.test(text) ? documents(text) : listed(path);
  if (queries.length === 0) throw noLines(path, "topics");
  const seen = new Set<string>();
  for (const { id } of queries) {
    if (seen.has(id))
      throw new NeuroError("topic_twice", `${shown(path)} has two topics ${id}.`, { where: path, hint: "Keep one of them." });
    seen.add(id);
  }
  return queries;
}

function classic(text: string, part: string, path: string): Query[] {
  return [...text.matchAll(/<top>([\s\S]*?)<\/top>/gi)].map(([whole, inside]) => {
    // Tags need not be closed: a field ends where the next begins.
    const field = (tag: string) => new RegExp(`<${tag}>([\\s\\S]*?)(?=<|$)`, "i").exec(inside!)?.[1];
    const id = field("num")
      ?.replace(/^\s*Number:\s*/i, "")
      .trim();
    const said = field(part)?.replace(/^\s*(?:Topic|Description|Narrative):\s*/i, "");
    if (id && said !== undefined) return { id, text: plain(said) };
    const place = `${shown(path)}:${text.slice(0, text.indexOf(whole)).split("\n").length}`;
    throw badLine({ place }, `a topic has no <${id ? part : "num"}>`, "A topic is <top> <num> .. <title> .. </top>.");
  });
}

const documents = (text: string): Query[] =>
  [...text.matchAll(/<DOC>\s*<DOCNO>\s*(\S+)\s*<\/DOCNO>([\s\S]*?)<\/DOC>/g)].map(([, id, said]) => ({
    id: id!,
    text: plain(said!),
  }));

const plain = (text: string): string => text.replace(/\s+/g, " ").trim();

function listed(path: string): Query[] {
  return [...readLines(path)].map((line) => (line.text.startsWith("{") ? asJson(line) : asColumns(line)));
}

function asColumns(line: Line): Query {
  const at = line.text.indexOf("\t");
  if (at > 0) return { id: line.text.slice(0, at).trim(), text: plain(line.text.slice(at + 1)) };
  throw badLine(line, "this is no topic", "Write `id<TAB>text`, JSON with _id and text, or TREC's <top>.");
}

/** A line as BEIR has it in `queries.jsonl`. */
function asJson(line: Line): Query {
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch (error) {
    throw badLine(line, `not JSON: ${(error as Error).message}`, "Every line is one JSON object.");
  }
  const { _id, id = _id, text } = value as { _id?: unknown; id?: unknown; text?: unknown };
  if ((typeof id === "string" || typeof id === "number") && typeof text === "string") return { id: String(id), text };
  throw badLine(line, "a query has `_id` and `text`", 'Write {"_id": "q1", "text": "what is asked"}.');
}

const columnsOf = (text: string): string[] => text.trim().split(/\s+/);
/** BEIR's names may have spaces, since tabs stand between its three columns. */
const judgmentColumns = (text: string): string[] => {
  const tabbed = text.split("\t").map((column) => column.trim());
  return tabbed.length === 3 ? tabbed : columnsOf(text);
};
const isWhole = (text: string): boolean => /^[+-]?\d+$/.test(text);

/** A name that stands in a column: without white space. Throws `name_not_trec`. */
function name(text: string, what: string): string {
  if (text !== "" && !/\s/.test(text)) return text;
  throw new NeuroError(
    "name_not_trec",
    `The ${what} "${text}" cannot be written in a TREC file: its columns are separated by spaces.`,
    {
      hint: `Give the ${what} a name without spaces.`,
    },
  );
}
