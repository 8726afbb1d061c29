import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { stream } from "../random.ts";
import { type Node, symmetric } from "./asymmetric.ts";
import { columnsOf, predictOne } from "./model.ts";
import { readTreesOnnx } from "./onnx-read.ts";
import { treesOnnx, writeTreesOnnx } from "./onnx-write.ts";
import { scorerOf } from "./score.ts";
import { drawnColumns, drawnForest } from "./testing/drawn.ts";
import { ensembleBytes } from "./testing/ensemble.ts";

const path = () => join(mkdtempSync(join(tmpdir(), "neuro-trees-")), "model.onnx");

async function asked(bytes: Uint8Array, columns: readonly Float32Array[]): Promise<number[]> {
  const count = columns[0]!.length;
  const rows = Float32Array.from(
    { length: count * columns.length },
    (_, at) => columns[at % columns.length]![Math.floor(at / columns.length)]!,
  );
  const session = await ort.InferenceSession.create(bytes);
  const result = await session.run({ [session.inputNames[0]!]: new ort.Tensor("float32", rows, [count, columns.length]) });
  return [...(result[session.outputNames[0]!]!.data as Float32Array)];
}

test("onnxruntime gives the same numbers, with missing and infinite values", async () => {
  for (const [seed, shape] of [
    { trees: 30, features: 5, borders: 20, depth: 6 },
    { trees: 3, features: 2, borders: 4, depth: 0 },
    { trees: 4, features: 3, borders: 40, depth: 10 },
  ].entries()) {
    const forest = drawnForest(seed, shape);
    const columns = drawnColumns(seed, Math.max(1, columnsOf(forest)), 200);
    const ours = scorerOf(forest).score(columns);
    for (const [at, theirs] of (await asked(treesOnnx(forest), columns)).entries()) expect(theirs).toBeCloseTo(ours[at]!, 4);
  }
});

test("what was written is read: the same trees, and 32-bit leaves", () => {
  const forest = drawnForest(5, { trees: 6, features: 4, borders: 7, depth: 5 });
  const file = path();
  writeTreesOnnx(file, forest);
  const read = readTreesOnnx(file);
  const columns = drawnColumns(5, 4, 300);
  const [before, after] = [forest, read].map((one) => scorerOf(one).score(columns)) as [Float64Array, Float64Array];
  for (const [at, value] of before.entries()) expect(after[at]).toBeCloseTo(value, 5);
  expect(read.trees.map(({ splits }) => splits.length)).toEqual(
    forest.trees.map(({ splits }) => new Set(splits.map(({ feature, border }) => `${feature} ${border}`)).size),
  );
  expect(new Set(read.features.map(({ name }) => name))).toEqual(new Set(["f0", "f1", "f2", "f3"]));
});

/** A tree of any form: a third of its branches end early. */
function drawnNode(draw: () => number, depth: number): Node {
  if (depth === 0 || draw() < 0.2) return { value: Math.fround(draw() - 0.5) };
  return {
    column: Math.floor(4 * draw()),
    border: Math.fround(draw() * 2 - 1),
    missing: draw() < 0.5 ? "below" : "above",
    below: drawnNode(draw, depth - 1),
    above: drawnNode(draw, depth - 1),
  };
}
const walked = (node: Node, values: readonly number[]): number => {
  if ("value" in node) return node.value;
  const value = values[node.column]!;
  return walked((Number.isNaN(value) ? node.missing === "above" : value > node.border) ? node.above : node.below, values);
};

test("trees that are not symmetric are said with symmetric ones, exactly", () => {
  const random = stream(7, "trees");
  const draw = () => random.uniform();
  const roots = Array.from({ length: 12 }, (_, at) => drawnNode(draw, at));
  const forest = symmetric(roots, [], 1, 0)!;
  const columns = drawnColumns(11, 4, 500);
  for (let row = 0; row < 500; row++) {
    const values = columns.map((column) => column[row]!);
    expect(predictOne(forest, values)).toBe(roots.reduce((sum, root) => sum + walked(root, values), 0));
  }
});

test("all four ways to ask, and where missing values go, as onnxruntime has them", async () => {
  for (const mode of ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GT", "BRANCH_GTE"])
    for (const missing of [0, 1]) {
      const bytes = ensembleBytes({ mode, missing });
      const file = path();
      writeFileSync(file, bytes);
      const columns = [Float32Array.of(-1, 0, 0.5, 0.50000006, 2, Number.NaN, Number.NEGATIVE_INFINITY)];
      expect([...scorerOf(readTreesOnnx(file)).score(columns)]).toEqual(await asked(bytes, columns));
    }
});

test("a file that is no model of trees with one output is refused with what is wrong", () => {
  const file = path();
  const refused = (bytes: Uint8Array) => {
    writeFileSync(file, bytes);
    try {
      readTreesOnnx(file);
    } catch (error) {
      return (error as Error).message.replace(/^.*?: /, "");
    }
    return "read";
  };
  expect(refused(Uint8Array.of(1, 2, 3))).toBe("it is no ONNX file.");
  expect(refused(new Uint8Array(0))).toBe("it has no trees.");
  expect(refused(ensembleBytes({ mode: "BRANCH_EQ", missing: 0 }))).toBe("a node asks BRANCH_EQ.");
  expect(refused(ensembleBytes({ mode: "BRANCH_LT", missing: 0, type: "TreeEnsembleClassifier" }))).toBe(
    "it has a TreeEnsembleClassifier.",
  );
  expect(refused(treesOnnx(drawnForest(1, { trees: 1, features: 1, borders: 1, depth: 1 })).subarray(0, 90))).toBe(
    "it is no ONNX file.",
  );
});
