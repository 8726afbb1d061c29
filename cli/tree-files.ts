// Trees in and out of other programs' files: CatBoost's JSON and ONNX, both ways.
import { existsSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import type { Checked } from "../compiler/checked.ts";
import { didYouMean } from "../grammar/index.ts";
import { NeuroError } from "../runtime/error.ts";
import { isFile, shown, writeAtomically } from "../runtime/files.ts";
import { publishTrees } from "../runtime/system/trees.ts";
import {
  catboostJson,
  type Forest,
  namesOf,
  readCatboost,
  readTreesOnnx,
  searchFeatures,
  writeCatboost,
  writeTreesOnnx,
} from "../runtime/trees/index.ts";
import { TreesVersion } from "../runtime/trees/learned.ts";
import { newFolder } from "../runtime/weights/new-folder.ts";
import type { Checking } from "./spec.ts";

/** What a command did, for a person or a program. */
export type TreesReport = {
  readonly model: string;
  readonly to: string;
  readonly trees: number;
  readonly columns: readonly string[];
  readonly notes: readonly string[];
};

/** Whether a path names a file of trees. */
export const isTreesFile = (path: string): boolean => /\.(json|onnx)$/i.test(path);

/** Writes published trees as ONNX or CatBoost's JSON. Throws `usage`, `trees_missing`, `file_exists`. */
export function exportTrees({ spec, checked }: Checking, wanted: string | undefined, to: string): TreesReport {
  const name = chosen(checked, wanted);
  const path = join(spec.folder, "weights", `${name}.trees.json`);
  if (!isFile(path))
    throw new NeuroError("trees_missing", `the trees ${name} have not been learned`, {
      where: shown(path),
      hint: "run the recipe that learns them: neuroc train",
    });
  const target = resolve(to);
  if (existsSync(target))
    throw new NeuroError("file_exists", `there is a ${to} already`, { hint: "remove it, or name another file" });
  const forest = readCatboost(path);
  if (target.toLowerCase().endsWith(".onnx")) writeTreesOnnx(target, forest);
  else writeCatboost(target, forest);
  return reportOf(name, target, forest, []);
}

/** Makes a folder with a spec and published trees of a CatBoost JSON or ONNX file. Throws what reading it throws, and `file_exists`. */
export async function importTrees(source: string, name: string, out: string): Promise<TreesReport> {
  const forest = source.toLowerCase().endsWith(".onnx") ? readTreesOnnx(source) : readCatboost(source);
  const strange = asked(forest).filter((column) => !isKnown(column));
  const notes =
    strange.length === 0
      ? []
      : [
          `no search gives a document ${strange.slice(0, 5).join(", ")}${strange.length > 5 ? ", .." : ""}: rerank refuses such trees until their columns have names that std.trees knows`,
        ];
  await newFolder(out, async (folder) => {
    const object = JSON.parse(catboostJson(forest)) as object;
    const comparing = { language: "mixed" as const, rarity: async () => undefined, stamp: () => "" };
    const version = new TreesVersion(comparing, { trees: name, forest: object, origins: [] });
    const origin = {
      operation: "import",
      key: version.hash.slice(0, 40),
      parents: [],
      weights: version.hash,
      seed: null,
      settings: { from: basename(source) },
      data: {},
      metrics: {},
    };
    const learned = new TreesVersion(comparing, { ...version.learned, origins: [origin] });
    publishTrees(learned, join(folder, "weights", `${name}.trees.json`), { spec: "", recipe: "import", seed: null });
    writeAtomically(join(folder, "main.neuro"), specOf(name, basename(source), forest));
  });
  return reportOf(name, join(out, "main.neuro"), forest, notes);
}

function specOf(name: string, source: string, forest: Forest): string {
  const columns = asked(forest);
  return `/// ${forest.trees.length} trees of ${source}, which ask ${columns.slice(0, 8).join(", ")}${columns.length > 8 ? ", .." : ""}. Rank by them: \`rerank(found, by: ${name}, given: prompt)\`.
trees ${name} {}
`;
}

/** The columns that its trees ask. */
function asked({ features, trees }: Forest): string[] {
  const used = new Set(trees.flatMap(({ splits }) => splits.map(({ feature }) => feature)));
  const names = namesOf({ features, trees, scale: 1, bias: 0 });
  return [...used]
    .sort((a, b) => a - b)
    .map((feature) => names[features[feature]!.column] || `column ${features[feature]!.column}`);
}

const isKnown = (column: string): boolean =>
  (searchFeatures as readonly string[]).includes(column) || /^\p{Ll}[\p{L}\p{N}_]*_(score|place|share)$/u.test(column);

const reportOf = (model: string, to: string, forest: Forest, notes: readonly string[]): TreesReport => ({
  model,
  to: relative(process.cwd(), to) || to,
  trees: forest.trees.length,
  columns: asked(forest),
  notes,
});

function chosen(checked: Checked, wanted: string | undefined): string {
  const own = checked.modules.flatMap((module) => (module.std ? [] : [...module.declarations.values()]));
  const names = own.filter(({ word }) => word === "trees").map(({ name }) => name);
  const found = wanted === undefined && names.length === 1 ? names[0] : names.find((name) => name === wanted);
  if (found !== undefined) return found;
  const near = wanted === undefined ? undefined : didYouMean(wanted, names);
  const what = wanted === undefined ? `this spec declares ${names.length} trees` : `this spec declares no trees ${wanted}`;
  const hint = near
    ? `did you mean ${near}?`
    : names.length === 0
      ? "files of this kind hold trees: declare some, or name a folder or a .gguf file for a model"
      : `say which with --model: ${names.join(", ")}`;
  throw new NeuroError("usage", what, { hint });
}

/** A report as a person reads it. */
export const toldTrees = ({ model, to, trees, columns, notes }: TreesReport): string =>
  [`${to}: ${model}, ${trees} trees over ${columns.length} columns`, ...notes.map((note) => `note: ${note}`)].join("\n");
