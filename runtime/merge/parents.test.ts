// Models that do not go together are refused with what differs, and nothing is written; what files hold twice or as whole numbers is left in peace.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { libraryMerges } from "../../cli/library-merges.ts";
import { openDevice } from "../device/open.ts";
import { writeAtomically } from "../files.ts";
import { silent } from "../progress.ts";
import { begin, openSafetensors } from "../weights/safetensors.ts";
import { mergeFiles } from "./files.ts";
import { readMergekit } from "./mergekit.ts";

type Numbers = Float32Array | BigInt64Array | Float16Array;
type Model = { readonly tensors: Readonly<Record<string, Numbers>>; readonly config?: object; readonly tokenizer?: object };
const f = (...values: number[]) => Float32Array.from(values);
const dtype = (data: Numbers) => (data instanceof Float32Array ? "F32" : data instanceof BigInt64Array ? "I64" : "F16");

/** A folder with models below it, as their names say. */
function folder(models: Readonly<Record<string, Model>>): string {
  const at = mkdtempSync(join(tmpdir(), "neuro-parents-"));
  for (const [name, { tensors, config, tokenizer }] of Object.entries(models)) {
    mkdirSync(join(at, name));
    const planned = Object.entries(tensors).map(([key, data]) => ({ name: key, shape: [data.length], dtype: dtype(data), data }));
    const { head, ordered } = begin(planned, { format: "pt" });
    const bytes = ordered.map(({ data }) => new Uint8Array(data.buffer));
    writeAtomically(join(at, name, "model.safetensors"), [head, ...bytes]);
    if (config) writeFileSync(join(at, name, "config.json"), JSON.stringify(config));
    if (tokenizer) writeFileSync(join(at, name, "tokenizer.json"), JSON.stringify(tokenizer));
  }
  return at;
}

const linear = "merge_method: linear\nmodels: [{model: a}, {model: b}]\n";
const work = { device: () => openDevice("interp"), program: libraryMerges(), progress: silent, seed: 1 };

/** The stored dtypes and numbers of a merge's result, by name. */
async function merged(at: string, yaml = linear): Promise<Record<string, [string, ...number[]]>> {
  const { path } = await mergeFiles(readMergekit(yaml, "merge.yml"), at, join(at, "out"), work);
  const file = openSafetensors(path);
  const ints = (bytes: Uint8Array) => [...new BigInt64Array(Uint8Array.from(bytes).buffer)].map(Number);
  const found = [...file.tensors.values()].map((t): [string, [string, ...number[]]] => [
    t.name,
    [t.dtype, ...(t.dtype === "I64" ? ints(t.bytes!()) : t.read())],
  ]);
  file.close();
  return Object.fromEntries(found);
}

/** What is said of a merge that is refused; nothing new stands in the folder afterwards. */
async function refusal(models: Readonly<Record<string, Model>>, yaml = linear): Promise<string> {
  const at = folder(models);
  const before = readdirSync(at);
  const error = await merged(at, yaml).then(
    () => undefined,
    (thrown) => thrown as { message: string; hint: string },
  );
  expect(readdirSync(at)).toEqual(before);
  expect(error?.hint.length).toBeGreaterThan(20);
  return error!.message;
}

const w = { tensors: { w: f(1, 2) } };
const words = (vocab: object, more = {}) => ({ version: "1.0", model: { type: "BPE", vocab, merges: [] }, ...more });
const llama = {
  architectures: ["LlamaForCausalLM"],
  hidden_size: 8,
  num_attention_heads: 2,
  vocab_size: 16,
  num_hidden_layers: 1,
};

test.each([
  [{ tensors: { w: f(1), v: f(1), u: f(1) } }, "a has no u (and 1 other), which b has"],
  [{ tensors: { v: f(1) } }, "b has no w, which a has"],
  [{ tensors: { w: f(1, 2, 3) } }, "w is [3] in b and [2] in a"],
  [{ tensors: { w: BigInt64Array.from([1n, 2n]) } }, "w holds I64 in b and F32 in a"],
] as const)("other tensors, shapes and kinds of numbers: %#", async (b, says) => {
  expect(await refusal({ a: w, b })).toBe(`The models cannot be merged: ${says}.`);
});

test.each([
  [{ architectures: ["MistralForCausalLM"] }, 'the architecture (`architectures` of config.json) is ["MistralForCausalLM"] in b'],
  [{ hidden_size: 16 }, "the width (`hidden_size` of config.json) is 16 in b and 8 in a"],
  [{ num_attention_heads: 4 }, "the number of heads (`num_attention_heads` of config.json) is 4 in b and 2 in a"],
  [{ vocab_size: 17 }, "the size of the vocabulary (`vocab_size` of config.json) is 17 in b and 16 in a"],
  [{ num_hidden_layers: 2 }, "the number of layers (`num_hidden_layers` of config.json) is 2 in b and 1 in a"],
  [{ quantization_config: { quant_method: "awq" } }, "the weights of b are quantized"],
])("configurations that differ in what weights mean, although every tensor fits: %j", async (other, says) => {
  expect(await refusal({ a: { ...w, config: llama }, b: { ...w, config: { ...llama, ...other } } })).toContain(says);
});

test("what does not change the meaning of weights may differ, and what only one configuration says", async () => {
  const at = folder({
    a: { ...w, config: { ...llama, eos_token_id: 1 } },
    b: { ...w, config: { hidden_size: 8, eos_token_id: 2 } },
  });
  expect(await merged(at)).toEqual({ w: ["F32", 1, 2] });
});

test("tokenizers that differ are refused with the first word that does, by what they mean", async () => {
  const pair = (a: object, b: object) => ({ a: { ...w, tokenizer: a }, b: { ...w, tokenizer: b } });
  expect(await refusal(pair(words({ x: 0, y: 1 }), words({ x: 0, y: 2 })))).toMatch(
    /the tokenizer\.json of b \([0-9a-f]{12}\) is another than that of a \([0-9a-f]{12}\): "y" is word 2 there and word 1 here/,
  );
  expect(await refusal(pair(words({ x: 0 }), words({ x: 0, y: 1 })))).toContain("it has 2 words, the other 1");
  expect(await refusal(pair(words({ x: 0 }), words({ x: 0 }, { normalizer: { type: "NFC" } })))).toContain(
    "`normalizer` differs",
  );
  const at = folder(pair(words({ x: 0 }), { ...words({ x: 0 }, { padding: null }), version: "2.0" }));
  expect(await merged(at)).toEqual({ w: ["F32", 1, 2] });
});

test("whole numbers are taken from the first model as they are, and what is merged keeps its width", async () => {
  const of = (x: number, n: bigint): Model => ({
    tensors: { places: BigInt64Array.from([n, 1n << 40n]), w: f(x), z: Float16Array.from([x]) },
  });
  expect(await merged(folder({ a: of(1, 5n), b: of(3, 7n) }))).toEqual({
    places: ["I64", 5, 2 ** 40],
    w: ["F32", 2],
    z: ["F16", 2],
  });
});

test("tied weights are merged once, whether one of the files holds them twice", async () => {
  const config = { ...llama, tie_word_embeddings: true };
  const once = { tensors: { "model.embed_tokens.weight": f(2, 4) }, config };
  const twice = { tensors: { "model.embed_tokens.weight": f(4, 8), "lm_head.weight": f(4, 8) }, config };
  for (const models of [
    { a: once, b: twice },
    { a: twice, b: once },
    { a: twice, b: twice },
  ])
    expect(Object.keys(await merged(folder(models)))).toEqual(["model.embed_tokens.weight"]);
  const untied = { ...twice, config: { ...config, tie_word_embeddings: false } };
  expect(Object.keys(await merged(folder({ a: untied, b: untied })))).toHaveLength(2);
  expect(await refusal({ a: untied, b: twice })).toContain("whether embeddings are tied");
});

test("a disk that fills up while the result is written leaves nothing of it, and says so", async () => {
  const at = folder({ a: w, b: w });
  const task = { update: () => void 0, end: () => void 0 };
  const full = { ...silent, task: () => ({ ...task, update: () => fill() }) };
  const fill = (): never => {
    throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" });
  };
  const merging = mergeFiles(readMergekit(linear, "merge.yml"), at, join(at, "out"), { ...work, progress: full as never });
  await expect(merging).rejects.toThrow("the disk is full");
  expect(readdirSync(at).sort()).toEqual(["a", "b"]);
});

test("a result does not take the place of what is there", async () => {
  const at = folder({ a: w, b: w });
  await expect(mergeFiles(readMergekit(linear, "merge.yml"), at, join(at, "a"), work)).rejects.toThrow("There is something at");
  await expect(merged(at)).resolves.toBeDefined();
  await expect(merged(at)).rejects.toThrow("There is something at");
  expect(existsSync(join(at, "out", "model.safetensors"))).toBe(true);
});
