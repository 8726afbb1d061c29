// A source that is damaged, incomplete, of another kind or at odds with itself is refused in one sentence that says why; nothing crashes, and no
// number in a file decides how much memory is taken before the file is known to hold it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { NeuroError } from "../../runtime/error.ts";
import { writeAtomically } from "../../runtime/files.ts";
import { silent } from "../../runtime/progress.ts";
import { ggufOf } from "../../runtime/weights/gguf/export.ts";
import { exportFolder } from "../../runtime/weights/huggingface/export.ts";
import { newFolder } from "../../runtime/weights/new-folder.ts";
import { openForeign } from "../../runtime/weights/open.ts";
import { openSafetensors, safetensorsParts } from "../../runtime/weights/safetensors.ts";
import { bytesOf, ggufBytes, values } from "./gguf-bytes.ts";
import { randomDecoders, randomModel } from "./random-decoders.ts";

let root: string;
let folder: string;
let gguf: Uint8Array;
const tiny = {
  ...randomDecoders[0]!,
  config: { ...randomDecoders[0]!.config, depth: 1, width: 32, heads: 2, kv: 1, channels: 16, inner: 32 },
};

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "neuro-"));
  gguf = Buffer.concat([...ggufOf(randomModel(tiny), "F32").parts]);
});
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(async () => {
  folder = join(root, "hf");
  rmSync(folder, { recursive: true, force: true });
  await newFolder(folder, (fresh) => exportFolder(fresh, randomModel(tiny), { progress: silent }));
});

/** Why a source is refused: the error's code and sentence; `read` when it is not. */
function refusal(path: string): string {
  try {
    const foreign = openForeign(path);
    try {
      for (const stored of foreign.tensors.values()) stored.read();
    } finally {
      foreign.close();
    }
    return "read";
  } catch (error) {
    if (!(error instanceof NeuroError)) throw error;
    expect(error.hint).toBeTruthy();
    return `${error.code}: ${error.message}`;
  }
}

function config(change: Readonly<Record<string, unknown>>): string {
  const path = join(folder, "config.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...change }));
  return refusal(folder);
}

test.each([
  [{ model_type: "mamba" }, /model_unsupported: .*mamba: std has no such architecture; llama, .*, t5, mt5, umt5 are imported/],
  [{ model_type: "gpt2" }, /GPT-2 learned ones; llama, .*, umt5 are imported/],
  [{ model_type: undefined }, /a model without model_type/],
  [{ rope_scaling: { rope_type: "yarn", factor: 4 } }, /rotary positions are scaled \(yarn\)/],
  [{ rope_scaling: { rope_type: "llama3", factor: 8 } }, /it has no rope_scaling.low_freq_factor/],
  [{ rope_scaling: { rope_type: "linear", factor: 0 } }, /its rotary positions are scaled by 0/],
  [{ hidden_act: "gelu" }, /its gates are gelu/],
  [{ attention_bias: true }, /it has attention_bias/],
  [{ quantization_config: { quant_method: "gptq" } }, /quantized by gptq; take the model's unquantized files, or its GGUF/],
  [{ hidden_size: 64 }, /weights_differ: .*model.embed_tokens.weight is \[272, 32\], and the config makes it \[272, 64\].*more/],
  [{ num_hidden_layers: 2 }, /model.layers.1.input_layernorm.weight is missing.*; and 6 more/],
  [{ num_hidden_layers: 0 }, /its num_hidden_layers is 0/],
  [{ num_hidden_layers: 2 ** 30 }, /it should have 1073741824 layers, and has 12 tensors/],
  [{ num_hidden_layers: 1e12 }, /its num_hidden_layers is 1000000000000/],
  [{ num_key_value_heads: 3 }, /2 heads cannot share 3 keys/],
  [{ vocab_size: "many" }, /its vocab_size is "many"/],
  [{ vocab_size: 2 ** 31 - 1 }, /the config makes it \[2147483647, 32\]/],
  [{ vocab_size: 200 }, /model.embed_tokens.weight is \[272, 32\], and the config makes it \[200, 32\]/],
  [{ tie_word_embeddings: "yes" }, /its tie_word_embeddings is "yes"/],
  [{ head_dim: 15 }, /a head of 15 numbers cannot be turned in pairs/],
])("a config with %j is refused with the reason", (change, reason) => {
  expect(config(change)).toMatch(reason);
});

test("a head for words beside a config that ties them to the table is no fault", () => {
  expect(config({})).toBe("read");
  expect(config({ tie_word_embeddings: true })).toBe("read");
});

test("folders that lack something say what", () => {
  const without = (name: string): string => {
    rmSync(join(folder, name));
    return refusal(folder);
  };
  expect(without("model.safetensors")).toMatch(/weights_format: .*it has no safetensors/);
  writeFileSync(join(folder, "pytorch_model.bin"), "PK");
  expect(refusal(folder)).toMatch(/its weights are pickled \(pytorch_model.bin\), which runs code when it is read/);
  expect(without("config.json")).toMatch(/file_missing/);
  writeFileSync(join(folder, "config.json"), "[1, 2]");
  expect(refusal(folder)).toMatch(/model_config: .*it is not an object/);
  writeFileSync(join(folder, "config.json"), "{");
  expect(refusal(folder)).toMatch(/file_not_json/);
});

test("tensors that have no place are named", () => {
  const experts = new Map([["model.layers.0.mlp.experts.0.up_proj.weight", { shape: [2], data: new Float32Array(2) }]]);
  writeAtomically(join(folder, "more.safetensors"), safetensorsParts(experts));
  const index = { weight_map: {} as Record<string, string> };
  const whole = openSafetensors(join(folder, "model.safetensors"));
  whole.close();
  for (const name of whole.tensors.keys()) index.weight_map[name] = "model.safetensors";
  for (const name of experts.keys()) index.weight_map[name] = "more.safetensors";
  writeFileSync(join(folder, "model.safetensors.index.json"), JSON.stringify(index));
  expect(refusal(folder)).toMatch(/model.layers.0.mlp.experts.0.up_proj.weight has no place in std's Decoder/);
});

test.each(["../secret.safetensors", "/etc/passwd", "a/../../b.safetensors", "C:\\x.safetensors", "..\\x.safetensors"])(
  "an index that names %s is refused before anything is opened",
  (file) => {
    writeFileSync(join(folder, "model.safetensors.index.json"), JSON.stringify({ weight_map: { a: file } }));
    expect(refusal(folder)).toMatch(/weights_shards: .*outside its folder/);
  },
);

test("a checkpoint of llama2.c must be as long as its sizes say", () => {
  const path = join(root, "model.bin");
  writeFileSync(path, "short");
  expect(refusal(path)).toMatch(/weights_foreign: .*only 5 bytes/);
  writeFileSync(path, bytesOf(new Float32Array(100)));
  expect(refusal(path)).toMatch(/are no sizes of a model/);
  writeFileSync(path, new Uint8Array(Int32Array.of(64, 172, 5, 8, 4, 512, 512, ...new Array(50).fill(0)).buffer));
  expect(refusal(path)).toMatch(/its sizes need 1056540 bytes, and it has 228/);
  writeFileSync(path, new Uint8Array(Int32Array.of(64, 172, 1 << 23, 8, 4, 512, 512, ...new Array(50).fill(0)).buffer));
  expect(refusal(path)).toMatch(/are no sizes of a model/);
});

test("GGUF of another kind is refused by name", () => {
  const path = join(root, "other.gguf");
  const file = (fields: Record<string, number | string>, tensors: Parameters<typeof ggufBytes>[1] = []): string => {
    writeFileSync(path, ggufBytes(values(fields), tensors));
    return refusal(path);
  };
  expect(file({})).toMatch(/names no general.architecture/);
  expect(file({ "general.architecture": "gemma3" })).toMatch(/its architecture is gemma3; llama, qwen2, qwen3 are imported/);
  expect(file({ "general.architecture": "llama" })).toMatch(/it has no llama.embedding_length/);
  const tensor = { name: "x", shape: [40], type: 2, bytes: new Uint8Array(18) };
  expect(file({ "general.architecture": "llama" }, [tensor])).toMatch(/the rows of x \(40\) are no multiple of Q4_0's 32/);
  expect(file({ "general.architecture": "llama" }, [{ ...tensor, type: 99 }])).toMatch(/ggml's type 99, which is not known/);
  expect(file({ "general.architecture": "llama" }, [{ ...tensor, shape: [2 ** 40], type: 0 }])).toMatch(/weights_truncated/);
  writeFileSync(path, Uint8Array.of(...new TextEncoder().encode("GGUF"), 0, 0, 0, 3));
  expect(refusal(path)).toMatch(/big-endian/);
  writeFileSync(path, Uint8Array.of(...new TextEncoder().encode("GGUF"), 1, 0, 0, 0));
  expect(refusal(path)).toMatch(/it is of version 1, and 2 and 3 are read/);
});

test("GGUF that is cut off anywhere is refused", () => {
  const path = join(root, "cut.gguf");
  writeFileSync(path, gguf);
  expect(refusal(path)).toBe("read");
  for (let length = 0; length < gguf.length; length += length < 3000 ? 7 : 4999) {
    writeFileSync(path, gguf.subarray(0, length));
    expect(refusal(path)).toMatch(/^weights_truncated/);
  }
});

test("GGUF with bytes changed anywhere in its header is read or refused, never a crash", () => {
  const path = join(root, "changed.gguf");
  const header =
    gguf.length -
    [...randomModel(tiny).tensors.values()].reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
  const change = fc.record({ at: fc.nat(header - 1), byte: fc.nat(255) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = gguf.slice();
      for (const { at, byte } of changes) bytes[at] = byte;
      writeFileSync(path, bytes);
      refusal(path);
    }),
    { numRuns: 150, seed: 7 },
  );
});

test("JSON of a folder with any part replaced is read or refused, never a crash", () => {
  const names = ["config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json"];
  const originals = new Map(names.map((name) => [name, JSON.parse(readFileSync(join(folder, name), "utf8"))]));
  mkdirSync(folder, { recursive: true });
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(), fc.jsonValue({ maxDepth: 2 }), (name, pick, value) => {
      const original = originals.get(name) as Record<string, unknown>;
      const keys = Object.keys(original);
      writeFileSync(join(folder, name), JSON.stringify({ ...original, [keys[pick % keys.length]!]: value }));
      refusal(folder);
      writeFileSync(join(folder, name), JSON.stringify(original));
    }),
    { numRuns: 150, seed: 7 },
  );
});
