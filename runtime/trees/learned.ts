/**
 * Trees of a spec as a recipe has them: a value that never changes and that JSON holds, so that a step keeps it as it keeps any value. What ranks by them asks
 * the same columns that they learned from. Knows nothing of files and systems.
 */
import { NeuroError } from "../error.ts";
import { Fields } from "../fields.ts";
import { sha256 } from "../files.ts";
import type { Language } from "../retrieve/analysis/analyse.ts";
import { type Dialog, type Doc, last } from "../types.ts";
import type { Origin } from "../weights/lineage.ts";
import { catboostForest, catboostJson } from "./catboost.ts";
import { type Columns, featuresOf } from "./features.ts";
import type { Rarity } from "./likeness.ts";
import type { Forest } from "./model.ts";
import { type Scorer, scorerOf } from "./score.ts";

/** What stands for trees in a step's result and in a published file: CatBoost's form of them as an object, and what led to it. */
export type Learned = { readonly trees: string; readonly forest: object; readonly origins: readonly Origin[] };

/** How the words of a question and of documents are compared. */
export type Comparing = {
  readonly language: Language;
  /** What terms tell, where an index says so. */
  readonly rarity: () => Promise<Rarity | undefined>;
  /** What that depends on, for keys. */
  readonly stamp: () => string;
};

/** A version of a spec's trees within a recipe. */
export class TreesVersion {
  readonly name: string;
  readonly comparing: Comparing;
  readonly learned: Learned;
  readonly key: string;

  constructor(comparing: Comparing, learned: Learned) {
    this.name = learned.trees;
    this.comparing = comparing;
    this.learned = learned;
    this.key = sha256(JSON.stringify([learned.trees, comparing.language, comparing.stamp(), learned.forest]));
  }

  /** The identity of what it scores. */
  get hash(): string {
    return hashOf(this.learned);
  }

  toJSON(): Learned {
    return this.learned;
  }
}

/** Trees that have learned nothing: every document is worth 0, and their order stays. */
export const unlearned = (name: string): Learned => ({
  trees: name,
  forest: JSON.parse(catboostJson({ features: [], trees: [], scale: 1, bias: 0 })) as object,
  origins: [],
});

/** Whether a value that a step kept is trees. */
export function isLearned(value: unknown): value is Learned {
  const { trees, forest, origins } = (value ?? {}) as Partial<Learned>;
  return typeof trees === "string" && typeof forest === "object" && forest !== null && Array.isArray(origins);
}

/** SHA-256 of the trees themselves. */
export const hashOf = ({ forest }: Learned): string => sha256(JSON.stringify(forest));

/** The trees as they score. Throws `trees_unreadable`. */
export const forestOf = (learned: Learned, path: string): Forest => catboostForest(new Fields(learned.forest, path));

/** The columns of documents in the order in which they were found, for what a dialog asks last. */
export async function columnsFor(prompt: Dialog, docs: readonly Doc[], { language, rarity }: Comparing): Promise<Columns> {
  const telling = await rarity();
  const found = docs.map((doc, at) => ({ ...doc, place: at + 1 }));
  return featuresOf(last(prompt), found, { language, ...(telling && { rarity: telling }) });
}

const scorers = new WeakMap<object, { readonly forest: Forest; readonly scorer: Scorer }>();

/**
 * What trees think of each document: higher is better. A column that nobody gave these documents is missing. Throws `trees_columns` where trees ask a column
 * that no search gives any document, as trees from elsewhere may.
 */
export async function scoresOf(
  learned: Learned,
  prompt: Dialog,
  docs: readonly Doc[],
  comparing: Comparing,
): Promise<Float64Array> {
  const ready = scorers.get(learned.forest) ?? prepared(learned);
  const columns = await columnsFor(prompt, docs, comparing);
  const places = Math.max(0, ...ready.forest.features.map(({ column }) => column + 1));
  const laid = Array.from({ length: places }, () => new Float32Array(docs.length).fill(Number.NaN));
  for (const { name, column } of ready.forest.features)
    laid[column] = Float32Array.from(valuesOf(name, columns, docs.length, learned));
  return ready.scorer.score(laid, docs.length);
}

function prepared(learned: Learned) {
  const forest = forestOf(learned, `${learned.trees}.trees.json`);
  const ready = { forest, scorer: scorerOf(forest) };
  scorers.set(learned.forest, ready);
  return ready;
}

function valuesOf(name: string, columns: Columns, count: number, { trees }: Learned): Iterable<number> {
  const values = columns.get(name);
  if (values !== undefined) return values;
  // A list in which none of these documents stands.
  if (/._(score|place|share)$/.test(name)) return new Array<number>(count).fill(Number.NaN);
  throw new NeuroError(
    "trees_columns",
    `The trees ${trees} ask the column ${JSON.stringify(name)}, which no search gives a document.`,
    {
      hint: `Columns have the names ${[...columns.keys()].slice(0, 4).join(", ")}, ..: learn trees by \`boost\`, or name the columns so where they were trained.`,
    },
  );
}
