/**
 * A boosted model of symmetric trees: at each level of a tree all its leaves ask the same question, so a document's leaf is a number whose bits are
 * the answers, the first split's the least (techniques of CatBoost: Prokhorenkova et al. 2018, section 3; Kohavi and Li 1995 for the trees).
 * A prediction is scale * (sum of leaves) + bias. Knows nothing of files, losses or how it was trained.
 */

/** Which side of every border a missing value (NaN) stands on. */
export type Missing = "below" | "above";

/** What a model asks of one column of its input. A value lies above a border when it is strictly greater, as 32-bit floats. */
export type Feature = {
  readonly name: string;
  /** Which column of a document's values it reads. */
  readonly column: number;
  /** Ascending, each once. */
  readonly borders: Float32Array;
  readonly missing: Missing;
};

/** One question: is the value of a feature above its border of this place? */
export type Split = { readonly feature: number; readonly border: number };

/** A tree of `splits.length` levels. */
export type Tree = {
  readonly splits: readonly Split[];
  /** 2^depth values; the answer of the first split is the least bit of a leaf's place. */
  readonly leaves: Float64Array;
  /** How much weight of the training rows fell into each leaf; undefined where whoever wrote the model did not say. */
  readonly weights?: Float64Array;
};

/** A whole model. */
export type Forest = {
  readonly features: readonly Feature[];
  readonly trees: readonly Tree[];
  readonly scale: number;
  readonly bias: number;
};

/** The largest finite 32-bit float: a border there, or at its negative, keeps missing values apart from all others. */
export const largest = 3.4028234663852886e38;

/** How many columns a document's values must have. */
export function columnsOf({ features }: Forest): number {
  return features.reduce((most, { column }) => Math.max(most, column + 1), 0);
}

/** The names of a forest's columns, in order; a column that no feature reads is called by its place. */
export function namesOf(forest: Forest): string[] {
  const names = Array.from({ length: columnsOf(forest) }, (_, at) => String(at));
  for (const { name, column } of forest.features) if (name !== "") names[column] = name;
  return names;
}

/** Whether a value lies above a border, as the model sees it; the definition that every quicker way is tried against. */
export function isAbove(value: number, { missing }: Feature, border: number): boolean {
  return Number.isNaN(value) ? missing === "above" : Math.fround(value) > border;
}

/** The prediction for one document, by the definition: every tree is walked, in 64-bit floats and in the order of the trees. */
export function predictOne({ features, trees, scale, bias }: Forest, values: ArrayLike<number>): number {
  let sum = 0;
  for (const { splits, leaves } of trees) {
    let leaf = 0;
    for (const [level, { feature, border }] of splits.entries()) {
      const asked = features[feature]!;
      if (isAbove(values[asked.column] ?? Number.NaN, asked, asked.borders[border]!)) leaf |= 1 << level;
    }
    sum += leaves[leaf]!;
  }
  return scale * sum + bias;
}
