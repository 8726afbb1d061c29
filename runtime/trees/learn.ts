/**
 * Steps of a recipe that make trees: each document of a row with what somebody thinks of it, trees learned from such rows, and what the trees ask most.
 * Knows nothing of how steps are kept and trees published.
 */
import { placeOf, type Row, type Rows, toRow } from "../data/row.ts";
import { NeuroError } from "../error.ts";
import { canonicalJson, sha256 } from "../files.ts";
import { together } from "../measure/together.ts";
import { tell } from "../notes.ts";
import { seedOfDraws } from "../step.ts";
import type { Doc } from "../types.ts";
import { boost as train } from "./boost.ts";
import { catboostJson } from "./catboost.ts";
import type { Columns } from "./features.ts";
import { importance as shares } from "./importance.ts";
import { columnsFor, forestOf, TreesVersion } from "./learned.ts";
import { type LossName, losses } from "./losses.ts";
import { namesOf } from "./model.ts";
import { heldOut, type Table, type TableRow, tableOf } from "./table.ts";

/** One document of a prompt, and what it is worth. */
type ValuedRow = Row & { readonly documents: readonly Doc[]; readonly reward: number };

/** Each document of each row alone, with what a function of the row and the document thinks of it. Throws `score_not_finite`. */
export async function* valued(rows: Rows, by: (row: never, doc: Doc) => number | Promise<number>): AsyncGenerator<ValuedRow> {
  let at = 0;
  for await (const given of rows) {
    at += 1;
    const row = toRow(given, `row ${at}`);
    const documents = row.documents as readonly Doc[];
    const rewards = await together(documents, (doc) => by(row as never, doc));
    for (const [i, doc] of documents.entries()) {
      const reward = rewards[i]!;
      if (!Number.isFinite(reward))
        throw new NeuroError(
          "score_not_finite",
          `The function gave ${reward} for ${doc.id ?? `document ${i + 1}`} of ${placeOf(row)}.`,
          {
            hint: "It must give a number for every document.",
          },
        );
      yield { prompt: row.prompt, documents: [doc], reward };
    }
  }
}

/** How trees are learned: see `Boosting`. */
export type Learning = {
  readonly by: LossName;
  readonly trees: number;
  readonly depth: number;
  readonly rate: number;
  readonly l2: number;
  readonly ordered: boolean;
  readonly bagging: number;
  readonly noise: number;
  /** The share of the lists that is held out. */
  readonly held: number;
  readonly patience: number;
  readonly seed: number;
};

/**
 * Trees learned anew from documents and their rewards; rows of one prompt are one list, in the order in which they come. The same rows, settings and seed give
 * the same bytes. Throws `trees_rows` for rows without documents or rewards, or of which no list has two documents that differ, `trees_options`.
 */
export async function boost(model: TreesVersion, on: Rows, options: Learning): Promise<TreesVersion> {
  const { by, held, seed, ...rest } = options;
  const { table, hash } = await tableFrom(on, model);
  const draws = seedOfDraws(seed);
  const { learned, held: aside } = held > 0 ? heldOut(table, held, draws) : { learned: table, held: undefined };
  const { forest, history } = await train(learned, losses[by], { ...rest, seed: draws }, { ...(aside && { held: aside }) });
  const kept = history[forest.trees.length - 1];
  const metrics = {
    trees: forest.trees.length,
    learned: kept?.learned ?? 0,
    ...(kept?.held !== undefined && { held: kept.held }),
  };
  tell(`${model.name}: ${forest.trees.length} trees on ${table.groups.length - 1} lists of ${table.target.length} documents`);
  const origin = {
    operation: "boost",
    key: sha256(canonicalJson([model.key, hash, options])).slice(0, 40),
    parents: [],
    seed: draws,
    settings: options,
    data: { rows: hash },
    metrics,
  };
  const object = JSON.parse(catboostJson(forest)) as object;
  const weights = sha256(JSON.stringify(object));
  return new TreesVersion(model.comparing, { trees: model.name, forest: object, origins: [{ ...origin, weights }] });
}

/** How much each column moves what the trees say, in shares that sum to 1, the most first; columns that are not asked are left out. */
export function importance(model: TreesVersion): Record<string, number> {
  const forest = forestOf(model.learned, model.name);
  const names = namesOf(forest);
  const all = [...shares(forest)].map((value, column) => [names[column] ?? `${column}`, value / 100] as const);
  return Object.fromEntries(all.filter(([, value]) => value > 0).sort(([, a], [, b]) => b - a));
}

/** A table of lists by prompt, and the hash of the rows that it was made of. */
async function tableFrom(on: Rows, { name, comparing }: TreesVersion): Promise<{ table: Table; hash: string }> {
  const lists = new Map<string, ValuedRow[]>();
  const said: string[] = [];
  let at = 0;
  for await (const given of on) {
    at += 1;
    const row = checked(given, at, name);
    said.push(canonicalJson([row.prompt, row.documents, row.reward]));
    const list = listOf(row, lists);
    list.push(row);
  }
  const all = [...lists.values()];
  if (!all.some((list) => list.some(({ reward }) => reward !== list[0]!.reward)))
    throw fault(
      name,
      at === 0 ? "there are no rows" : "no prompt has two documents of different rewards",
      "An order is learned from documents of one prompt: give several for each.",
    );
  const columns = await Promise.all(
    all.map((list) =>
      columnsFor(
        list[0]!.prompt,
        list.map(({ documents }) => documents[0]!),
        comparing,
      ),
    ),
  );
  const names = [...new Set(columns.flatMap((one) => [...one.keys()]))];
  const rows = all.flatMap((list, group) => list.map(({ reward }, i) => rowOf(names, columns[group]!, i, reward, group)));
  return { table: tableOf(names, rows), hash: sha256(said.join("\n")) };
}

/** The list of a row's prompt; a document that it has already begins another: somebody asked the same again. */
function listOf({ prompt, documents: [doc] }: ValuedRow, lists: Map<string, ValuedRow[]>): ValuedRow[] {
  const key = canonicalJson(prompt);
  for (let time = 0; ; time++) {
    const list = lists.get(`${time} ${key}`) ?? [];
    lists.set(`${time} ${key}`, list);
    if (doc!.id === undefined || !list.some(({ documents }) => documents[0]!.id === doc!.id)) return list;
  }
}

const rowOf = (names: readonly string[], columns: Columns, at: number, target: number, group: number): TableRow => ({
  values: names.map((name) => columns.get(name)?.[at] ?? Number.NaN),
  target,
  group,
});

function checked(given: unknown, at: number, name: string): ValuedRow {
  const row = toRow(given, `row ${at}`);
  const { documents, reward } = row;
  if (documents.length !== 1)
    throw fault(
      name,
      `${placeOf(row)} has ${documents.length} documents`,
      "A row has one document and its reward: make rows by `valued(rows, by: ..)` or `expected(.., each: document)`.",
    );
  if (typeof reward !== "number" || !Number.isFinite(reward))
    throw fault(name, `the reward of ${placeOf(row)} is ${JSON.stringify(reward)}`, "It must be a number.");
  return row as ValuedRow;
}

const fault = (name: string, what: string, hint: string): NeuroError =>
  new NeuroError("trees_rows", `The trees ${name} cannot be learned: ${what}.`, { hint });
