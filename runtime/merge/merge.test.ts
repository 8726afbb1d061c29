// mergekit's YAML as plans, and merges of files against plain arithmetic.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { libraryMerges } from "../../cli/library-merges.ts";
import { openDevice } from "../device/open.ts";
import { silent } from "../progress.ts";
import { readSafetensors, writeSafetensors } from "../weights/safetensors.ts";
import { mergeFiles } from "./files.ts";
import { readMergekit, settingAt } from "./mergekit.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "neuro-merge-"));
const one = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });
type Model = Record<string, number[]>;

/** Writes models into folders of their names, merges them, and gives the result's tensors. */
async function merged(models: Record<string, Model>, yaml: string, config?: object): Promise<Model> {
  const at = folder();
  for (const [name, tensors] of Object.entries(models)) {
    mkdirSync(join(at, name));
    writeSafetensors(
      join(at, name, "model.safetensors"),
      new Map(Object.entries(tensors).map(([key, values]) => [key, one(...values)])),
    );
    if (config) writeFileSync(join(at, name, "config.json"), JSON.stringify(config));
  }
  const work = { device: () => openDevice("interp"), program: libraryMerges(), progress: silent, seed: 1 };
  await mergeFiles(readMergekit(yaml, "merge.yml"), at, join(at, "out"), work);
  const { tensors } = readSafetensors(join(at, "out", "model.safetensors"));
  if (config) expect(JSON.parse(readFileSync(join(at, "out", "config.json"), "utf8"))).toBeTypeOf("object");
  return Object.fromEntries([...tensors].map(([name, { data }]) => [name, [...data].map((x) => Number(x.toPrecision(6)))]));
}

test("linear: by weights that are made to add up to 1, or as they are", async () => {
  const models = { a: { w: [1, 2] }, b: { w: [5, 6] } };
  const list = "models:\n  - {model: a, parameters: {weight: 3}}\n  - {model: b, parameters: {weight: 1}}\n";
  expect(await merged(models, `merge_method: linear\n${list}`)).toEqual({ w: [2, 3] });
  expect(await merged(models, `merge_method: linear\n${list}parameters: {normalize: false}\n`)).toEqual({ w: [8, 12] });
});

const r = Number(Math.SQRT1_2.toPrecision(6));

test("slerp keeps the length, with its t from a filter or from how deep a layer is", async () => {
  const models = {
    a: {
      "model.layers.0.self_attn.w": [1, 0],
      "model.layers.1.mlp.w": [1, 0],
      "model.layers.2.mlp.w": [1, 0],
      "lm_head.w": [1, 0],
    },
    b: {
      "model.layers.0.self_attn.w": [0, 1],
      "model.layers.1.mlp.w": [0, 1],
      "model.layers.2.mlp.w": [0, 1],
      "lm_head.w": [0, 1],
    },
  };
  const yaml = `
merge_method: slerp
base_model: a
models: [{model: a}, {model: b}]
parameters:
  t:
    - {filter: self_attn, value: 0}
    - {filter: mlp, value: [0, 0.5, 1]}
    - {value: 0.5}
`;
  expect(await merged(models, yaml)).toEqual({
    "model.layers.0.self_attn.w": [1, 0],
    "model.layers.1.mlp.w": [r, r],
    "model.layers.2.mlp.w": [expect.closeTo(0, 6), 1],
    "lm_head.w": [r, r],
  });
});

test("task arithmetic counts from the base, and the base among the models adds nothing", async () => {
  const models = { base: { w: [1, 1] }, a: { w: [2, 1] }, b: { w: [1, 3] } };
  const yaml =
    "merge_method: task_arithmetic\nbase_model: base\nmodels: [{model: base}, {model: a, parameters: {weight: 1}}, {model: b, parameters: {weight: 0.5}}]\nparameters: {lambda: 2}\n";
  expect(await merged(models, yaml)).toEqual({ w: [3, 3] });
});

test("ties trims each run by its own density before signs are elected", async () => {
  const models = { base: { w: [0, 0, 0, 0] }, a: { w: [4, 3, 0.1, -1] }, b: { w: [-2, 5, 0.2, -0.1] } };
  const list = (d: number, e: number) =>
    `merge_method: ties\nbase_model: base\nmodels: [{model: a, parameters: {weight: 1, density: ${d}}}, {model: b, parameters: {weight: 1, density: ${e}}}]\n`;
  // a keeps (4, 3), b all: signs (+, +, +, -), means of those that agree.
  expect(await merged(models, list(0.5, 1))).toEqual({ w: [4, 4, 0.2, -0.1] });
  expect(await merged(models, `${list(0.5, 1)}parameters: {normalize: false}\n`)).toEqual({ w: [4, 8, 0.2, -0.1] });
});

test("dare with density 1 is task arithmetic, and with another drops by seed", async () => {
  const base = { w: Array(1000).fill(0) };
  const models = { base, a: { w: Array(1000).fill(1) } };
  const yaml = (d: number) =>
    `merge_method: dare_linear\nbase_model: base\nmodels: [{model: a, parameters: {weight: 1, density: ${d}}}]\n`;
  expect((await merged(models, yaml(1))).w).toEqual(models.a.w);
  const { w } = await merged(models, yaml(0.5));
  expect([...new Set(w)].sort()).toEqual([0, 2]);
  expect(Math.abs(w!.reduce((a, b) => a + b, 0) / 1000 - 1)).toBeLessThan(0.15);
});

test("slices stack layers of several models, and the config tells how many there are", async () => {
  const layers = (x: number) => ({
    "model.embed_tokens.w": [x],
    "model.layers.0.w": [x + 1],
    "model.layers.1.w": [x + 2],
    "lm_head.w": [x + 3],
  });
  const yaml = `
merge_method: passthrough
slices:
  - sources: [{model: a, layer_range: [0, 2]}]
  - sources: [{model: b, layer_range: [1, 2], parameters: {scale: 2}}]
`;
  expect(await merged({ a: layers(10), b: layers(20) }, yaml, { num_hidden_layers: 2 })).toEqual({
    "model.embed_tokens.w": [10],
    "model.layers.0.w": [11],
    "model.layers.1.w": [12],
    "model.layers.2.w": [44],
    "lm_head.w": [46],
  });
});

test("a setting runs along the layers, and the first filter that fits decides", () => {
  expect([0, 0.25, 0.5, 1].map((t) => settingAt([0, 1, 4], "x", t))).toEqual([0, 0.5, 1, 4]);
  expect(settingAt([{ filter: "mlp", value: 2 }], "attention", 0)).toBeUndefined();
});

test("models that do not fit are refused with the tensor, and nothing is written", async () => {
  const yaml = "merge_method: linear\nmodels: [{model: a}, {model: b}]\n";
  await expect(merged({ a: { w: [1] }, b: { w: [1, 2] } }, yaml)).rejects.toThrow("w is [2] in b and [1] in a");
  await expect(merged({ a: { w: [1] }, b: { v: [1] } }, yaml)).rejects.toThrow("b has no w");
  await expect(merged({ a: { w: [1] } }, yaml)).rejects.toThrow(/b/);
});

test.each([
  ["merge_method: magic\nmodels: [{model: a}]\n", 'the merge method is "magic"'],
  ["merge_method: ties\nmodels: [{model: a}]\n", "ties needs a `base_model`"],
  ["merge_method: linear\n", "exactly one of `models` and `slices`"],
  ["merge_method: linear\nmodels: [{model: a, parameters: {wieght: 1}}]\n", "linear has no `wieght`"],
  ["merge_method: linear\nmodels: [{model: a, parameters: {weight: heavy}}]\n", 'weight is "heavy"'],
  ["merge_method: linear\nmodels: a\n", "`models` is not a list"],
  ["merge_method: linear\nmodels: [{model: a, layer_range: [3, 1]}]\n", "layer_range [3,1]"],
  ["merge_method: slerp\nbase_model: a\nmodels: [{model: a}, {model: b}, {model: c}]\n", "slerp is between two models"],
  ["merge_method: linear\nmodels: [{model: a}]\ndtype: int8\n", "dtype int8 is not written"],
  ["merge_method: linear\nmodels: [{model: a}]\nmodls: 1\n", "`modls` is not read"],
  ["merge_method: [", "merge.yml is no merge"],
  ["- 1\n", "it is no mapping"],
])("a wrong configuration says what is wrong: %j", (yaml, says) => {
  expect(() => readMergekit(yaml, "merge.yml")).toThrow(says);
});
