/** The trees of a spec as handles: `weights/<name>.trees.json` in CatBoost's form, read anew when it was written anew; in a recipe, the version that it has. */
import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { NeuroError } from "../error.ts";
import { isFile, readJson, shown, writeAtomically } from "../files.ts";
import { inForce } from "../measure/force.ts";
import { isLanguage, type Language, languages } from "../retrieve/analysis/analyse.ts";
import type { Index } from "../retrieve/library.ts";
import { catboostJson } from "../trees/catboost.ts";
import { type Comparing, forestOf, hashOf, type Learned, scoresOf, TreesVersion, unlearned } from "../trees/learned.ts";
import type { Dialog, Doc, Docs } from "../types.ts";
import { type Lineage, lineagePath, readLineage, writeLineage } from "../weights/lineage.ts";

/** What a spec says of trees. */
export type TreesSpec = { readonly over?: Index; readonly language?: string };

/** Trees of the system. Called, they score one document by itself. */
export type Trees = ((prompt: Dialog, doc: Doc) => Promise<number>) & {
  /** What they are called in the spec; `name` is the function's. */
  readonly trees: string;
  /** Where they are published. */
  readonly path: string;
  /** What they think of each document of a list, higher is better. Throws `trees_missing`, `trees_unreadable`, `trees_columns`. */
  scores(prompt: Dialog, docs: Docs): Promise<Float64Array>;
  /** What a recipe begins with: trees that have learned nothing. */
  start(): TreesVersion;
  /** What a step of a recipe kept of them. */
  version(learned: Learned): TreesVersion;
  /** What is published, as a hash; undefined where nothing is. */
  published(): string | undefined;
};

/** Whether a ranker is trees. */
export const isTrees = (value: unknown): value is Trees => typeof value === "function" && "scores" in value && "trees" in value;

/** The handle of declared trees; `root` is the spec's folder. Throws `trees_language`. */
export function treesHandle(name: string, spec: TreesSpec, root: string): Trees {
  const path = join(root, "weights", `${name}.trees.json`);
  const comparing = comparingOf(name, spec);
  const read = reader(name, path);
  const scores = async (prompt: Dialog, docs: Docs) => scoresOf(inForce().trees?.get(name) ?? read(), prompt, docs, comparing);
  const one = async (prompt: Dialog, doc: Doc): Promise<number> => (await scores(prompt, [doc]))[0]!;
  return Object.assign(one, {
    trees: name,
    path,
    scores,
    start: () => new TreesVersion(comparing, unlearned(name)),
    version: (learned: Learned) => new TreesVersion(comparing, learned),
    published: () => (isFile(path) ? hashOf(read()) : undefined),
  });
}

function comparingOf(name: string, { over, language = over?.language ?? "mixed" }: TreesSpec): Comparing {
  if (!isLanguage(language))
    throw new NeuroError("trees_language", `The trees ${name} name the language ${JSON.stringify(language)}.`, {
      hint: `Languages are ${languages.join(", ")}.`,
    });
  return {
    language: language as Language,
    rarity: async () => over?.rarity(),
    stamp: () => over?.stamp() ?? "",
  };
}

/** Reads the published file, and again once it was written anew. */
function reader(name: string, path: string): () => Learned {
  let known: { readonly stamp: string; readonly learned: Learned } | undefined;
  return () => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined)
      throw new NeuroError("trees_missing", `The trees ${name} have not been learned.`, {
        where: shown(path),
        hint: "Run the recipe that learns them by `neuroc train`, or put a CatBoost model there (`neuroc import model.json`).",
      });
    const stamp = `${stat.mtimeMs} ${stat.ino} ${stat.size}`;
    if (known?.stamp !== stamp) known = { stamp, learned: readLearned(name, path) };
    return known.learned;
  };
}

function readLearned(name: string, path: string): Learned {
  const forest = readJson(path, "Learn them again by `neuroc train`, or delete the file.") as object;
  const learned = { trees: name, forest, origins: readLineage(lineagePath(path))?.origins ?? [] };
  forestOf(learned, path);
  return learned;
}

/** Makes a version what pipelines rank by: `weights/<name>.trees.json`, its lineage beside it. Gives where it lies and its hash. */
export function publishTrees(version: TreesVersion, path: string, facts: Pick<Lineage, "spec" | "recipe" | "seed">) {
  const { learned, hash } = version;
  writeAtomically(path, catboostJson(forestOf(learned, path)));
  writeLineage(lineagePath(path), {
    schema: 1,
    model: basename(path, ".trees.json"),
    weights: hash,
    ...facts,
    device: "any",
    origins: learned.origins,
  });
  return { path, hash };
}
