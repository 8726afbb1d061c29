import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBuilt } from "../cli/built.ts";
import { findSpec } from "../cli/spec.ts";
import { embedderOf } from "../runtime/system/embedders.ts";
import { Tokenizer } from "../runtime/text/tokenizer.ts";
import { elements } from "../runtime/weights/tensors.ts";
import { universal } from "./universal.ts";

/** What bench/universal.py computes for a package of drawn weights. */
const golden = JSON.parse(readFileSync(join(import.meta.dirname, "universal.json"), "utf8")) as {
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly texts: readonly { readonly text: string; readonly ids: readonly number[]; readonly vector: readonly number[] }[];
};
const place = mkdtempSync(join(tmpdir(), "neuro-universal-test-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const drawn = (length: number, n: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => ((i * 7919 + n * 104729) % 1009) / 5045 - 0.1);

const reserved = ["\ufffd", "<s>", "</s>", "extra_token_id_1", "extra_token_id_2", "extra_token_id_3"];
const pieces = ["▁a", "▁", "▁sat", "▁cat", "▁at", ":", "f", "i", "n"];

/** A package as npm unpacks it, with drawn weights in two shards. */
function packageAt(
  folder: string,
  change: (shapes: Record<string, readonly number[]>) => Record<string, readonly number[]>,
): string {
  const dist = join(folder, "dist");
  mkdirSync(dist, { recursive: true });
  const listed = Object.entries(change({ ...golden.weights })).sort(([a], [b]) => (a < b ? -1 : 1));
  const bytes = Buffer.concat(listed.map(([, shape], n) => new Uint8Array(drawn(elements(shape), n).buffer)));
  const half = Math.floor(bytes.length / 2) + 1;
  writeFileSync(join(dist, "one"), bytes.subarray(0, half));
  writeFileSync(join(dist, "two"), bytes.subarray(half));
  const weights = listed.map(([name, shape]) => ({ name, shape, dtype: "float32" }));
  writeFileSync(join(dist, "model.json"), JSON.stringify({ weightsManifest: [{ paths: ["one", "two"], weights }] }));
  const rest = Array.from({ length: 8000 - reserved.length - pieces.length }, (_, i) => [`zz${i}`, -20]);
  const vocabulary = [
    ...reserved.map((piece) => [piece, 0]),
    ...pieces.map((piece, i) => [piece, piece === ":" ? null : -2 - i]),
    ...rest,
  ];
  writeFileSync(join(dist, "vocab.json"), JSON.stringify(vocabulary));
  return folder;
}

const encoder = join(place, "spec", "universal");
beforeAll(async () => {
  await universal(
    encoder,
    packageAt(join(place, "package"), (shapes) => shapes),
  );
});

test("the encoder's pieces are those that its own tokenizer would take", () => {
  const tokenizer = Tokenizer.load(join(encoder, "tokenizer.json"));
  for (const { text, ids } of golden.texts) expect(tokenizer.encode(text)).toEqual(ids);
});

test("the encoder's vectors are those that its graph computes, for questions and passages alike", async () => {
  writeFileSync(join(place, "spec", "main.neuro"), readFileSync(join(import.meta.dirname, "retrieval.english.neuro"), "utf8"));
  const { system } = await openBuilt(findSpec(join(place, "spec")), { json: false, device: "cpu", set: [] }, false);
  const scout = embedderOf(system.models().find(({ name }) => name === "scout"));
  const texts = golden.texts.map(({ text }) => text);
  const asked = await scout.questions(texts);
  const read = await scout.passages(texts.map((text) => ({ title: "", text })));
  for (const [i, { vector }] of golden.texts.entries())
    for (const found of [asked[i]!, read[i]!]) {
      expect(found).toHaveLength(512);
      for (const [at, number] of vector.entries()) expect(found[at]).toBeCloseTo(number, 5);
    }
  await system.close();
});

test("a package of another form is refused by what it lacks", async () => {
  const target = join(place, "other");
  const refused = (folder: string) => expect(universal(target, folder)).rejects;
  await refused(place).toMatchObject({ code: "file_missing" });
  const [gone] = Object.keys(golden.weights).filter((name) => name.endsWith("tanh_layer_0/bias"));
  const without = packageAt(join(place, "without"), ({ [gone!]: _, ...shapes }) => shapes);
  await refused(without).toMatchObject({ code: "weights_format", message: expect.stringContaining(`it has no ${gone}`) });
  const small = packageAt(join(place, "small"), (shapes) => ({ ...shapes, "module/Embeddings_en": [10, 256] }));
  await refused(small).toThrow("module/Embeddings_en is [10, 256] and not [8002, 256]");
  const cut = packageAt(join(place, "cut"), (shapes) => shapes);
  writeFileSync(join(cut, "dist", "two"), "");
  await refused(cut).toThrow("lies beyond the end of its shards");
  writeFileSync(join(cut, "dist", "vocab.json"), "[1]");
  await refused(cut).toMatchObject({ code: "weights_format" });
});
