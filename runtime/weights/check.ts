/**
 * Weights fit a model or are refused before anything runs: every weight is there, none is foreign, each has its shape, and the
 * tokenizer that they were trained with is the one they are used with.
 */
import { NeuroError } from "../error.ts";
import { shown } from "../files.ts";
import type { WeightSpec } from "./initialise.ts";
import { shapeText } from "./tensors.ts";

/** What a model expects: its name, its weights, and the hash of its tokenizer when it has one. */
export type Expected = { readonly model: string; readonly weights: readonly WeightSpec[]; readonly tokenizer?: string };

/** Weights as far as they are checked: their shapes by name, and what their file says of itself. */
export type Checked = {
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>;
  readonly metadata: Readonly<Record<string, string>>;
};

/**
 * Throws `weights_differ` naming the first few faults, or `tokenizer_differs` when the file says that it was trained with another
 * tokenizer. A file without that metadata (a stranger's) passes the second check.
 */
export function checkWeights(file: Checked, expected: Expected, path: string): void {
  const faults: string[] = [];
  for (const { path: name, axes } of expected.weights) {
    const found = file.tensors.get(name);
    const shape = axes.map((axis) => axis.size);
    if (found === undefined) faults.push(`${name} is missing`);
    else if (found.shape.join() !== shape.join()) {
      faults.push(
        `${name} is ${shapeText(found.shape)} and the model's is ${shapeText(shape)} (${axes.map((axis) => axis.name).join(", ")})`,
      );
    }
  }
  const known = new Set(expected.weights.map((weight) => weight.path));
  for (const name of file.tensors.keys()) if (!known.has(name)) faults.push(`${name} belongs to no weight of the model`);
  if (faults.length > 0) {
    const more = faults.length > 3 ? `; and ${faults.length - 3} more` : "";
    throw new NeuroError(
      "weights_differ",
      `${shown(path)} does not hold the weights of ${expected.model}: ${faults.slice(0, 3).join("; ")}${more}.`,
      {
        where: path,
        hint: `The spec was changed since they were trained, or they are another model's. Train again with \`neuroc train\`, or put the right file there.`,
      },
    );
  }
  checkTokenizer(file.metadata.tokenizer, expected, path);
}

function checkTokenizer(trained: string | undefined, expected: Expected, path: string): void {
  if (trained === undefined || expected.tokenizer === undefined || trained === expected.tokenizer) return;
  throw new NeuroError(
    "tokenizer_differs",
    `${shown(path)} was trained with another tokenizer (${trained.slice(0, 12)}) than ${expected.model} uses (${expected.tokenizer.slice(0, 12)}).`,
    { where: path, hint: "Put back the tokenizer.json that belongs to these weights, or train them again with `neuroc train`." },
  );
}
