import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Fields } from "../fields.ts";
import { catboostForest, catboostJson, readCatboost } from "./catboost.ts";
import { columnsOf, type Forest, predictOne } from "./model.ts";
import { scorerOf } from "./score.ts";
import { drawnColumns, drawnForest } from "./testing/drawn.ts";

const real = join(import.meta.dirname, "../../../shared/data/catboost/tiny-binary-catboost.json");

test.runIf(existsSync(real))(
  "a real CatBoost model gives what CatBoost gives: the first split is the least bit of a leaf",
  () => {
    const forest = readCatboost(real);
    const raw = predictOne(forest, [0.1276993, 0.9918129, 0.16597846, 0.98612934]);
    expect(raw).toBeCloseTo(0.097949669, 9);
    expect(1 / (1 + Math.exp(-raw))).toBeCloseTo(0.524467858, 9);
    const batch = scorerOf(forest).score([0.1276993, 0.9918129, 0.16597846, 0.98612934].map((value) => Float32Array.of(value)));
    expect(batch[0]).toBe(raw);
  },
);

test("many documents at once have the bits of one at a time, for any depth, any number of borders, missing and infinite values", () => {
  for (const [seed, shape] of [
    { trees: 40, features: 5, borders: 3, depth: 6 },
    { trees: 20, features: 3, borders: 600, depth: 8 },
    { trees: 10, features: 4, borders: 255, depth: 11 },
    { trees: 5, features: 2, borders: 1, depth: 0 },
  ].entries()) {
    const forest = drawnForest(seed, shape);
    for (const count of [0, 1, 17, 1500]) {
      const columns = drawnColumns(seed, columnsOf(forest), count);
      const scores = scorerOf(forest).score(columns, count);
      expect([...scores]).toEqual(
        Array.from({ length: count }, (_, row) =>
          predictOne(
            forest,
            columns.map((column) => column[row]!),
          ),
        ),
      );
    }
  }
});

test("a value equal to a border is not above it, as 32-bit floats", () => {
  const forest: Forest = {
    features: [{ name: "x", column: 0, borders: Float32Array.of(0.1), missing: "below" }],
    trees: [{ splits: [{ feature: 0, border: 0 }], leaves: Float64Array.of(-1, 1) }],
    scale: 1,
    bias: 0,
  };
  // 0.1 as a 64-bit float lies below its nearest 32-bit float, and is that float once it is one.
  expect([0.1, Math.fround(0.1), 0.1000001, Number.NaN].map((value) => predictOne(forest, [value]))).toEqual([-1, -1, 1, -1]);
});

test("a forest that is written and read is the same, and its text too", () => {
  const forest = drawnForest(7, { trees: 12, features: 6, borders: 9, depth: 4 });
  const text = catboostJson(forest);
  expect(catboostJson(catboostForest(new Fields(JSON.parse(text), "model.json")))).toBe(text);
});

test("too few columns are told, not guessed", () => {
  const forest = drawnForest(3, { trees: 2, features: 4, borders: 3, depth: 2 });
  expect(() => scorerOf(forest).score([Float32Array.of(1)])).toThrow(/was given 1/);
});

test("what is no model of symmetric trees over numbers is refused with what is wrong", () => {
  const path = join(mkdtempSync(join(tmpdir(), "neuro-trees-")), "model.json");
  const refused = (model: unknown) => {
    writeFileSync(path, typeof model === "string" ? model : JSON.stringify(model));
    try {
      readCatboost(path);
    } catch (error) {
      return (error as Error).message.replace(/^.*?: /, "");
    }
    return "read";
  };
  const whole = JSON.parse(catboostJson(drawnForest(1, { trees: 1, features: 2, borders: 2, depth: 2 })));
  expect(refused("{")).toMatch(/JSON|Expected/);
  expect(refused([])).toBe("it is not an object.");
  expect(refused({ ...whole, trees: [{}] })).toBe("its trees are not symmetric.");
  expect(refused({ ...whole, scale_and_bias: [1, [0, 0, 0]] })).toBe("it has 3 outputs.");
  expect(refused({ ...whole, oblivious_trees: [{ splits: [{ split_index: 99 }], leaf_values: [1, 2] }] })).toBe(
    "a split is none of the features' borders.",
  );
  expect(refused({ ...whole, oblivious_trees: [{ splits: [], leaf_values: [1, 2, 3] }] })).toBe(
    "a tree of 0 levels has 3 leaf values instead of 1.",
  );
  expect(refused({ ...whole, features_info: { ...whole.features_info, categorical_features: [{}] } })).toBe(
    "it reads categorical features.",
  );
  expect(readFileSync(path, "utf8").length).toBeGreaterThan(2);
});
