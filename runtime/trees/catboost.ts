/**
 * CatBoost's JSON form of a model, read and written: neuro keeps its own forests in it, too. Only numbers and one output: what asks for categories,
 * texts or several classes is refused by name. On reading, a split is its place in the list of all features' borders, as CatBoost itself has it.
 */
import { NeuroError } from "../error.ts";
import { Fields } from "../fields.ts";
import { shown, writeAtomically } from "../files.ts";
import { type Feature, type Forest, largest, type Split, type Tree } from "./model.ts";

const missingOf = { AsIs: "below", AsFalse: "below", AsTrue: "above" } as const;

/** The forest of a CatBoost JSON file. Throws `trees_unreadable` with what is wrong, or what reading a file throws. */
export function readCatboost(path: string): Forest {
  return catboostForest(Fields.read(path, 'Save it by `model.save_model("model.json", format="json")`.'));
}

/** As {@link readCatboost}, of a parsed object. */
export function catboostForest(file: Fields): Forest {
  if (file.get("trees") !== undefined)
    throw unreadable(file, "its trees are not symmetric", "Train with grow_policy=SymmetricTree, or export it as ONNX.");
  const info = file.inner("features_info") ?? new Fields({}, file.path);
  for (const kind of ["categorical_features", "text_features", "embedding_features", "ctrs"]) {
    if (list(info.get(kind)).length > 0)
      throw unreadable(file, `it reads ${kind.replace("_", " ")}`, "Turn them into numbers before training.");
  }
  const features = list(info.get("float_features")).map((feature, at) =>
    readFeature(new Fields(feature, file.path, `float_features[${at}].`), at),
  );
  const splits: Split[] = features.flatMap(({ borders }, feature) => Array.from(borders, (_, border) => ({ feature, border })));
  const trees = list(file.get("oblivious_trees")).map((tree, at) =>
    readTree(new Fields(tree, file.path, `oblivious_trees[${at}].`), features, splits),
  );
  const [scale, bias] = list(file.get("scale_and_bias") ?? [1, [0]]);
  const biases = Array.isArray(bias) ? bias : [bias ?? 0];
  if (biases.length > 1) throw unreadable(file, `it has ${biases.length} outputs`, "Only models with one output can be read.");
  return { features, trees, scale: finite(file, scale, "scale"), bias: finite(file, biases[0] ?? 0, "bias") };
}

function readFeature(feature: Fields, at: number): Feature {
  const borders = numbers(feature, "borders").map(Math.fround);
  if (borders.some((border, i) => i > 0 && !(border > borders[i - 1]!)))
    throw unreadable(feature, `the borders of feature ${at} do not ascend`);
  const treatment = feature.text("nan_value_treatment") ?? "AsIs";
  if (!Object.hasOwn(missingOf, treatment))
    throw unreadable(feature, `feature ${at} treats missing values ${JSON.stringify(treatment)}`);
  const column = feature.get("flat_feature_index") ?? at;
  if (!Number.isInteger(column) || (column as number) < 0 || (column as number) > 1e6)
    throw unreadable(feature, `feature ${at} has the place ${column}`);
  return {
    name: feature.text("feature_id") ?? "",
    column: column as number,
    borders: Float32Array.from(borders),
    missing: missingOf[treatment as keyof typeof missingOf],
  };
}

function readTree(tree: Fields, features: readonly Feature[], all: readonly Split[]): Tree {
  const splits = list(tree.get("splits")).map((given, at) => {
    const split = new Fields(given, tree.path, `splits[${at}].`);
    const type = split.text("split_type") ?? "FloatFeature";
    if (type !== "FloatFeature") throw unreadable(tree, `a tree asks a ${type}`, "Only questions about numbers can be read.");
    const found = split.get("split_index") === undefined ? named(split, features) : all[split.number("split_index")];
    if (found === undefined) throw unreadable(tree, "a split is none of the features' borders");
    return found;
  });
  const leaves = numbers(tree, "leaf_values");
  if (leaves.length !== 2 ** splits.length)
    throw unreadable(
      tree,
      `a tree of ${splits.length} levels has ${leaves.length} leaf values instead of ${2 ** splits.length}`,
      "Only models with one output can be read.",
    );
  const weights = tree.get("leaf_weights") === undefined ? [] : numbers(tree, "leaf_weights");
  return {
    splits,
    leaves: Float64Array.from(leaves),
    ...(weights.length === leaves.length && { weights: Float64Array.from(weights) }),
  };
}

/** A split that names its feature and border instead of its place. */
function named(split: Fields, features: readonly Feature[]): Split | undefined {
  const feature = split.number("float_feature_index");
  const border = features[feature]?.borders.indexOf(Math.fround(split.number("border"))) ?? -1;
  return border < 0 ? undefined : { feature, border };
}

/** The text of a forest in CatBoost's form; the same forest gives the same text. */
export function catboostJson({ features, trees, scale, bias }: Forest): string {
  const starts: number[] = [];
  let total = 0;
  for (const { borders } of features) {
    starts.push(total);
    total += borders.length;
  }
  const object = {
    features_info: {
      float_features: features.map(({ name, column, borders, missing }, at) => {
        const apart = borders[0] === Math.fround(-largest) || borders.at(-1) === Math.fround(largest);
        return {
          borders: [...borders],
          feature_id: name,
          feature_index: at,
          flat_feature_index: column,
          has_nans: apart || missing === "above",
          nan_value_treatment: missing === "above" ? "AsTrue" : apart ? "AsFalse" : "AsIs",
        };
      }),
    },
    model_info: {},
    oblivious_trees: trees.map(({ splits, leaves, weights }) => ({
      leaf_values: [...leaves],
      leaf_weights: [...(weights ?? new Float64Array(leaves.length))],
      splits: splits.map(({ feature, border }) => ({
        border: features[feature]!.borders[border],
        float_feature_index: feature,
        split_index: starts[feature]! + border,
        split_type: "FloatFeature",
      })),
    })),
    scale_and_bias: [scale, [bias]],
  };
  return `${JSON.stringify(object)}\n`;
}

/** Writes a forest as CatBoost's JSON, whole or not at all. Throws `cannot_write`. */
export function writeCatboost(path: string, forest: Forest): void {
  writeAtomically(path, catboostJson(forest));
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function numbers(fields: Fields, name: string): number[] {
  const found = fields.get(name);
  if (Array.isArray(found) && found.every((value) => typeof value === "number")) return found as number[];
  throw unreadable(fields, `${name} is not a list of numbers`);
}

function finite(file: Fields, value: unknown, what: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw unreadable(file, `its ${what} is ${JSON.stringify(value)}`);
}

function unreadable(
  { path }: Fields,
  what: string,
  hint = "Export the model again, unchanged, with the library that trained it.",
): NeuroError {
  return new NeuroError("trees_unreadable", `${shown(path)} cannot be read as a model of symmetric trees: ${what}.`, {
    where: path,
    hint,
  });
}
