// Folders of BERT's and T5's families that disagree with themselves, or ask for what std does not compute, are refused with the reason; their
// tokenizers come along, with what they put around texts.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sourceOf } from "../../runtime/data/sources.ts";
import { NeuroError } from "../../runtime/error.ts";
import { writeAtomically } from "../../runtime/files.ts";
import { Tokenizer } from "../../runtime/text/tokenizer.ts";
import { bertPlaces } from "../../runtime/weights/bert.ts";
import { openForeign } from "../../runtime/weights/open.ts";
import type { Place } from "../../runtime/weights/places.ts";
import { safetensorsParts } from "../../runtime/weights/safetensors.ts";
import { t5Places } from "../../runtime/weights/t5.ts";
import { elements } from "../../runtime/weights/tensors.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neuro-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const vocab = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "what", "is", "it", "a", "cat", "##s", "."];
const mark = (id: number) => ({ SpecialToken: { id: vocab[id], type_id: 0 } });
const text = (id: string, type: number) => ({ Sequence: { id, type_id: type } });
const wordPiece = {
  added_tokens: [0, 1, 2, 3, 4].map((id) => ({
    id,
    content: vocab[id],
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })),
  normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: {
    type: "TemplateProcessing",
    single: [mark(2), text("A", 0), mark(3)],
    pair: [mark(2), text("A", 0), mark(3), text("B", 1), mark(3)],
    special_tokens: Object.fromEntries([2, 3].map((id) => [vocab[id], { id: vocab[id], ids: [id], tokens: [vocab[id]] }])),
  },
  decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(vocab.map((word, id) => [word, id])),
  },
};
const pieces = {
  added_tokens: [],
  pre_tokenizer: { type: "Metaspace", replacement: "▁", add_prefix_space: true },
  post_processor: {
    type: "TemplateProcessing",
    single: [text("A", 0), { SpecialToken: { id: "</s>", type_id: 0 } }],
    pair: [
      text("A", 0),
      { SpecialToken: { id: "</s>", type_id: 0 } },
      text("B", 0),
      { SpecialToken: { id: "</s>", type_id: 0 } },
    ],
    special_tokens: { "</s>": { id: "</s>", ids: [1], tokens: ["</s>"] } },
  },
  decoder: { type: "Metaspace", replacement: "▁", add_prefix_space: true },
  model: {
    type: "Unigram",
    unk_id: 2,
    vocab: [
      ["<pad>", 0],
      ["</s>", 0],
      ["<unk>", 0],
      ["▁a", -2],
      ["▁cat", -3],
      ["s", -4],
      ["▁", -5],
      ["<extra_id_0>", 0],
    ],
  },
};
const bert = {
  ...{
    architectures: ["BertForSequenceClassification"],
    model_type: "bert",
    vocab_size: 12,
    hidden_size: 8,
    num_hidden_layers: 1,
  },
  ...{
    num_attention_heads: 2,
    intermediate_size: 12,
    hidden_act: "gelu",
    max_position_embeddings: 32,
    type_vocab_size: 2,
    layer_norm_eps: 1e-12,
  },
  ...{ id2label: { 0: "LABEL_0" }, position_embedding_type: "absolute", pad_token_id: 0 },
};
const t5 = {
  ...{
    architectures: ["T5ForConditionalGeneration"],
    model_type: "t5",
    vocab_size: 8,
    d_model: 8,
    d_kv: 4,
    d_ff: 12,
    num_layers: 1,
  },
  ...{
    num_heads: 2,
    feed_forward_proj: "gated-gelu",
    tie_word_embeddings: false,
    decoder_start_token_id: 0,
    eos_token_id: 1,
    pad_token_id: 0,
  },
};

function written(config: Record<string, unknown>, tokenizer: unknown, places: readonly Place[]): string {
  const path = join(folder, "source");
  mkdirSync(path);
  writeFileSync(join(path, "config.json"), JSON.stringify(config));
  writeFileSync(join(path, "tokenizer.json"), JSON.stringify(tokenizer));
  const tensor = (place: Place) => ({
    shape: place.outside,
    data: new Float32Array(elements(place.outside)).map((_, i) => Math.sin(i)),
  });
  writeAtomically(
    join(path, "model.safetensors"),
    safetensorsParts(new Map(places.map((place) => [place.huggingface, tensor(place)]))),
  );
  return path;
}
const ourBert = {
  depth: 1,
  width: 8,
  heads: 2,
  inner: 12,
  positions: 32,
  shift: 0,
  types: 2,
  epsilon: 1e-12,
  vocab: 12,
  head: { kind: "relevance" } as const,
};
const ourT5 = {
  ...{
    encoder: 1,
    decoder: 1,
    width: 8,
    heads: 2,
    channels: 4,
    inner: 12,
    bend: "smooth" as const,
    gated: true,
    tied: false,
    scaled: false,
  },
  ...{ buckets: 32, far: 128, apart: false, epsilon: 1e-6, vocab: 8 },
};

function refusal(path: string, change: Record<string, unknown>, from: Record<string, unknown>): string {
  writeFileSync(join(path, "config.json"), JSON.stringify({ ...from, ...change }));
  try {
    openForeign(path).close();
    return "read";
  } catch (error) {
    if (!(error instanceof NeuroError)) throw error;
    expect(error.hint).toBeTruthy();
    return `${error.code}: ${error.message}`;
  }
}

test("a BERT that disagrees with itself, or asks for other mathematics, is refused by name", () => {
  const path = written(bert, wordPiece, bertPlaces(ourBert));
  for (const [change, reason] of [
    [{}, /^read$/],
    [{ hidden_act: "gelu_new" }, /model_unsupported: .*its hidden_act is "gelu_new", which std does not compute \("gelu" is\)/],
    [{ position_embedding_type: "relative_key" }, /its position_embedding_type is "relative_key"/],
    [{ is_decoder: true }, /its is_decoder is true/],
    [{ architectures: ["BertForTokenClassification"] }, /it is a BertForTokenClassification/],
    [{ num_attention_heads: 3 }, /model_config: .*8 numbers are not shared by 3 heads/],
    [{ id2label: { 0: "a", 1: "b" } }, /weights_differ: .*classifier.weight is \[1, 8\], and the config makes it \[2, 8\]/],
    [{ num_hidden_layers: 2 }, /bert.encoder.layer.1.attention.self.query.weight is missing/],
    [{ intermediate_size: 16 }, /intermediate.dense.weight is \[12, 8\], and the config makes it \[16, 8\]/],
    [{ vocab_size: 11 }, /word_embeddings.weight is \[12, 8\], and the config makes it \[11, 8\]/],
    [{ architectures: ["BertForMaskedLM"] }, /cls.predictions.bias is missing/],
    [{ model_type: "modernbert" }, /ModernBERT has neither/],
  ] as const)
    expect([change, refusal(path, change, bert)]).toEqual([change, expect.stringMatching(reason)]);
  writeFileSync(
    join(path, "tokenizer.json"),
    JSON.stringify({
      ...wordPiece,
      added_tokens: [...wordPiece.added_tokens, { ...wordPiece.added_tokens[0], id: 12, content: "[NEW]" }],
    }),
  );
  expect(refusal(path, {}, bert)).toMatch(/weights_differ: .*it has 13 tokens, and the model's table 12 rows/);
});

test("a T5 that disagrees with itself, or asks for other mathematics, is refused by name", () => {
  const path = written(t5, pieces, t5Places(ourT5));
  for (const [change, reason] of [
    [{}, /^read$/],
    [{ feed_forward_proj: "gated-tanh" }, /its feed_forward_proj is gated-tanh; relu, gated-gelu/],
    [{ architectures: ["T5EncoderModel"] }, /it is a T5EncoderModel/],
    [{ num_decoder_layers: 2 }, /decoder.block.1.layer.0.layer_norm.weight is missing/],
    [{ relative_attention_num_buckets: 16 }, /relative_attention_bias.weight is \[32, 2\], and the config makes it \[16, 2\]/],
    [{ feed_forward_proj: "relu" }, /DenseReluDense.wi.weight is missing/],
    [{ decoder_start_token_id: -1 }, /its decoder_start_token_id is -1/],
    [{ eos_token_id: 9 }, /its config names 9 as the end/],
  ] as const)
    expect([change, refusal(path, change, t5)]).toEqual([change, expect.stringMatching(reason)]);
});

const row = (prompt: string, document: string) => ({
  prompt: [{ role: "user" as const, content: prompt }],
  documents: [{ title: "", text: document }],
});

test("a cross-encoder reads a question and a document as it was trained to, each a part, with the tokenizer's marks", () => {
  const tokenizer = Tokenizer.parse(wordPiece);
  const laid = sourceOf(row("What is it?", "A cat."), ["prompt", "documents"], "parts", tokenizer);
  expect(tokenizer.marks).toEqual({ before: [2], between: [3], after: [3] });
  expect(laid.ids.map((id) => tokenizer.token(id))).toEqual([
    "[CLS]",
    "what",
    "is",
    "it",
    "[UNK]",
    "[SEP]",
    "a",
    "cat",
    ".",
    "[SEP]",
  ]);
  expect(laid.part).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
  expect(laid.given).toBe(10);
});

test("a T5 goes through the command line and back with its tokenizer: what its decoder begins with, and what ends a source", () => {
  written(t5, pieces, t5Places(ourT5));
  const run = (...words: string[]) => {
    const neuroc = join(import.meta.dirname, "../../bin/neuroc.mjs");
    const { status, stdout, stderr } = spawnSync(process.execPath, [neuroc, ...words], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
    expect([status, stderr]).toEqual([0, stderr]);
    return stdout;
  };
  const first = JSON.parse(run("import", "source", "--as", "tiny", "--json"));
  expect(first).toMatchObject({ architecture: "T5", config: ourT5 });
  const tokenizer = Tokenizer.load(join(folder, "tiny/tokenizer.json"));
  expect([tokenizer.special.begin, tokenizer.special.end, tokenizer.special.pad]).toEqual([0, 1, 0]);
  expect(sourceOf(row("a cats", ""), ["prompt"], undefined, tokenizer).ids).toEqual([3, 4, 5, 1]);
  expect(readFileSync(join(folder, "tiny/main.neuro"), "utf8")).toContain("use std.t5 { T5 }");
  run("check", "tiny");
  run("fmt", "--check", "tiny/main.neuro");
  run("export", "tiny", "--to", "hf");
  const second = JSON.parse(run("import", "hf", "--as", "again", "--json"));
  expect([second.weights, second.config]).toEqual([first.weights, first.config]);
}, 60_000);
