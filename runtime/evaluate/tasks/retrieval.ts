/**
 * The task `retrieval`: questions with judgments, from a BEIR folder, from TREC's files or from rows, and rankings of documents. A document counts once, by the
 * best of its passages (MaxP). It knows no index.
 */
import { isAbsolute, join } from "node:path";
import { NeuroError } from "../../error.ts";
import { shown } from "../../files.ts";
import { type Docs, dialog } from "../../types.ts";
import { readQrels, readQueries } from "../beir.ts";
import { measure } from "../measures.ts";
import { judge } from "../metrics.ts";
import type { Found, Judgments, Rankings } from "../ranking.ts";
import type { Metric, MetricSpec, Question, RetrievalFiles, Rows, Task } from "../spec.ts";
import { type Query, readJudgments, readTopics } from "../trec.ts";

/** What is kept of a question: its ranking, and the judgments that it is scored by. */
export type Ranked = { readonly query: string; readonly found: readonly Found[] };

/** The open task, which can also score rankings that were made elsewhere. */
export type RetrievalTask = Task<Ranked> & { readonly judgments: Judgments; kept(rankings: Rankings): Ranked[] };

/** Opens the task: reads questions and judgments. Throws what reading them throws, and `rows_missing`, `nothing_judged`. */
export async function retrievalTask(
  files: RetrievalFiles,
  rows: Rows | undefined,
  report: readonly MetricSpec[],
  root: string,
): Promise<RetrievalTask> {
  const { queries, judgments } = rows === undefined ? await fromFiles(files, root) : await fromRows(rows);
  const questions = queries
    .filter(({ id }) => judgments.has(id))
    .map(({ id, text }): Question => ({ id, row: { prompt: dialog(text) } }));
  const asked = rows === undefined ? questions : (await rowsById(rows)).filter(({ id }) => judgments.has(id));
  if (asked.length === 0) throw unjudged(queries, judgments);
  if (![...judgments.values()].some(({ size }) => size > 0))
    throw new NeuroError("nothing_judged", "No row names a document that answers: `relevant` is empty everywhere.", {
      hint: "Give rows the ids of the documents that answer, as a search shows them.",
    });
  const named = files.ids?.kind === "name" ? fileName : (id: string) => id;
  const metrics = report.map(({ kind, at, rel }): Metric<Ranked> => {
    const { name, of } = measure(kind, { ...(at === undefined ? {} : { at }), ...(rel === undefined ? {} : { rel }) });
    return { name, value: ({ query, found }) => of(judge(found, judgments.get(query)!)) };
  });
  return {
    questions: asked,
    judgments,
    metrics,
    keep: (result, { id }) => ({ query: id, found: rankingOf(result as Docs, named) }),
    failed: ({ id }) => ({ query: id, found: [] }),
    doubt: (all) => strangers(all, judgments),
    kept: (rankings) => asked.map(({ id }) => ({ query: id, found: rankings.get(id) ?? [] })),
  };
}

/**
 * The ranking that a list of documents is: their own scores where these never rise, as a search's do not, and otherwise their places, which are what the
 * pipeline decided. Of equal scores a later one is made smaller by a ten-millionth, since whoever reads a run reads scores and would order them by name.
 */
export function rankingOf(docs: Docs, named: (id: string) => string = (id) => id): Found[] {
  const seen = new Set<string>();
  const once = docs.flatMap(({ id, passage, score }) => {
    const doc = named(passage?.of ?? id);
    if (seen.has(doc)) return [];
    seen.add(doc);
    return [{ doc, score }];
  });
  const falls = once.every(({ score }, i) => score !== undefined && (i === 0 || score <= once[i - 1]!.score!));
  let before = Number.POSITIVE_INFINITY;
  return once.map(({ doc, score }, i) => {
    const below = i === 0 ? Number.POSITIVE_INFINITY : before - 1e-7 * Math.max(1, Math.abs(before));
    before = falls ? Math.min(score!, below) : once.length - i;
    return { doc, score: before };
  });
}

/** `pages/CACM-0001.html` is called `CACM-0001`. */
const fileName = (id: string): string => id.replace(/^.*\//, "").replace(/\.[A-Za-z0-9]+$/, "");

function unjudged(queries: readonly Query[], judgments: Judgments): NeuroError {
  const some = (ids: readonly string[]) => ids.slice(0, 3).join(", ") || "none";
  return new NeuroError("nothing_judged", "No question has judgments.", {
    hint: `Questions are called ${some(queries.map(({ id }) => id))}, judgments are of ${some([...judgments.keys()])}.`,
  });
}

/** Where no document that anybody judged was ever found, and something was, the two are most likely called differently. */
function strangers(all: readonly Ranked[], judgments: Judgments): string | undefined {
  const found = all.flatMap(({ query, found: docs }) => docs.map(({ doc }) => ({ query, doc })));
  if (found.length === 0 || found.some(({ query, doc }) => judgments.get(query)?.has(doc))) return undefined;
  const some = (ids: Iterable<string>) => [...new Set(ids)].slice(0, 2).join(", ");
  const judged = [...judgments.values()].flatMap((docs) => [...docs.keys()]);
  return `No judged document was found: judgments name ${some(judged)}, and what was found is called ${some(found.map(({ doc }) => doc))}. \`ids: name\` compares files by their names alone.`;
}

async function fromFiles({ beir, split, topics, part, qrels }: RetrievalFiles, root: string) {
  const at = (path: string) => (isAbsolute(path) ? path : join(root, path));
  if (beir !== undefined)
    return {
      queries: await readQueries(at(beir)),
      judgments: qrels === undefined ? readQrels(at(beir), split) : readJudgments(at(qrels)),
    };
  if (topics !== undefined && qrels !== undefined) {
    const queries = readTopics(at(topics), part === undefined ? {} : { part: part.kind });
    return { queries, judgments: readJudgments(at(qrels)) };
  }
  throw new NeuroError("rows_missing", "The task retrieval has no questions with judgments.", {
    hint: 'Write retrieval(beir: "data/nfcorpus"), retrieval(topics: "topics.txt", qrels: "qrels.txt"), or rows with `relevant`.',
    ...(topics === undefined ? {} : { where: shown(at(topics)) }),
  });
}

/** Rows with `prompt` and the ids of relevant documents; `grades` beside `relevant` where they differ. */
async function fromRows(rows: Rows): Promise<{ queries: Query[]; judgments: Judgments }> {
  const judgments = new Map<string, ReadonlyMap<string, number>>();
  for (const { id, row } of await rowsById(rows)) {
    const { relevant: given, grades } = row as { relevant?: unknown; grades?: unknown };
    const relevant = typeof given === "string" ? [given] : given;
    if (!Array.isArray(relevant) || !relevant.every((doc) => typeof doc === "string"))
      throw new NeuroError(
        "row_lacks_field",
        `Row ${id} has no ${given === undefined || given === null ? "`relevant`" : "list of texts as `relevant`"}.`,
        {
          hint: "It is the list of the ids of the documents that answer.",
        },
      );
    judgments.set(id, new Map(relevant.map((doc, i) => [doc, Array.isArray(grades) ? Number(grades[i]) : 1])));
  }
  return { queries: [], judgments };
}

async function rowsById(rows: Rows): Promise<Question[]> {
  const all = await Array.fromAsync(rows as AsyncIterable<Record<string, unknown>>);
  return all.map((row, i) => ({ id: typeof row.id === "string" && row.id !== "" ? row.id : String(i + 1), row }));
}
