import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkWeights, type Expected } from "./check.ts";
import { initialise, type WeightSpec } from "./initialise.ts";
import { lineagePath, readLineage } from "./lineage.ts";
import { hashWeights } from "./tensors.ts";

const specs: WeightSpec[] = [
  {
    path: "table",
    axes: [
      { name: "vocab", size: 50 },
      { name: "d", size: 40 },
    ],
    init: { kind: "normal", mean: 1, std: 0.5 },
  },
  { path: "block.1.scale", axes: [{ name: "d", size: 40 }], init: { kind: "constant", value: 1 } },
  { path: "block.2.w", axes: [{ name: "d", size: 2000 }], init: { kind: "uniform", low: -2, high: 0 } },
];
const expected: Expected = { model: "policy", weights: specs, tokenizer: "a".repeat(64) };

test("begins the same whatever the order of declaration, and otherwise for another seed", () => {
  expect(hashWeights(initialise(specs, 1))).toBe(hashWeights(initialise([...specs].reverse(), 1)));
  expect(hashWeights(initialise(specs, 1))).not.toBe(hashWeights(initialise(specs, 2)));
  const weights = initialise(specs, 1);
  const mean = (name: string): number => weights.get(name)!.data.reduce((a, b) => a + b, 0) / weights.get(name)!.data.length;
  expect(mean("table")).toBeCloseTo(1, 1);
  expect(mean("block.1.scale")).toBe(1);
  expect(mean("block.2.w")).toBeCloseTo(-1, 1);
});

test("names what is missing, foreign or misshapen, and counts the rest", () => {
  const tensors = initialise(specs, 1);
  checkWeights({ tensors, metadata: {} }, expected, "w.safetensors");
  tensors.set("table", { shape: [40, 50], data: tensors.get("table")!.data });
  tensors.delete("block.2.w");
  tensors.set("head.w", { shape: [1], data: new Float32Array(1) });
  tensors.set("head.v", { shape: [1], data: new Float32Array(1) });
  expect(() => checkWeights({ tensors, metadata: {} }, expected, "w.safetensors")).toThrow(
    "w.safetensors does not hold the weights of policy: table is [40, 50] and the model's is [50, 40] (vocab, d); " +
      "block.2.w is missing; head.w belongs to no weight of the model; and 1 more.",
  );
});

test("refuses a tokenizer that is not the model's", () => {
  const tensors = initialise(specs, 1);
  checkWeights({ tensors, metadata: { tokenizer: "a".repeat(64) } }, expected, "w");
  expect(() => checkWeights({ tensors, metadata: { tokenizer: "b".repeat(64) } }, expected, "w")).toThrow(
    /trained with another tokenizer \(bbbb/,
  );
});

test("a lineage that is not one is refused, and none is no fault", () => {
  const path = lineagePath(join(mkdtempSync(join(tmpdir(), "neuro-")), "policy.safetensors"));
  expect(path).toMatch(/policy\.lineage\.json$/);
  expect(readLineage(path)).toBeUndefined();
  writeFileSync(path, "{}");
  expect(() => readLineage(path)).toThrow(/is not a lineage that this version reads/);
});
