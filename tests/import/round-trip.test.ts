// What is exported and imported again is the same to the bit, whatever the family and the format; what rounds says by how much it may.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeAtomically } from "../../runtime/files.ts";
import { silent } from "../../runtime/progress.ts";
import { Tokenizer } from "../../runtime/text/tokenizer.ts";
import { encoded } from "../../runtime/weights/dtypes.ts";
import type { Exported } from "../../runtime/weights/exported.ts";
import type { Foreign } from "../../runtime/weights/foreign.ts";
import { ggufOf } from "../../runtime/weights/gguf/export.ts";
import { exportFolder } from "../../runtime/weights/huggingface/export.ts";
import { importModel } from "../../runtime/weights/import.ts";
import { readLineage } from "../../runtime/weights/lineage.ts";
import { loadWeights } from "../../runtime/weights/load.ts";
import { newFolder } from "../../runtime/weights/new-folder.ts";
import { openForeign } from "../../runtime/weights/open.ts";
import { openSafetensors, safetensorsParts } from "../../runtime/weights/safetensors.ts";
import { hashWeights } from "../../runtime/weights/tensors.ts";
import { compiled } from "./programs.ts";
import { type RandomDecoder, randomDecoders, randomModel } from "./random-decoders.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neuro-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const sliding: RandomDecoder = { ...randomDecoders[0]!, name: "mistral", config: { ...randomDecoders[0]!.config, reach: 16 } };
const scoring: RandomDecoder = {
  ...randomDecoders[0]!,
  name: "a reward model",
  config: { ...randomDecoders[0]!.config, head: "scalar" },
};
const all = [...randomDecoders, sliding];

/** What a source says, with its weights in memory. */
function whole(foreign: Foreign) {
  const weights = new Map([...foreign.tensors].map(([path, { shape, read }]) => [path, { shape, data: read() }]));
  foreign.close();
  return {
    config: foreign.config,
    window: foreign.window,
    hash: hashWeights(weights),
    weights,
    tokenizer: foreign.tokenizer?.json,
  };
}

const hashOf = (model: Exported): string =>
  hashWeights(new Map([...model.tensors].map(([path, { shape, read }]) => [path, { shape, data: read() }])));

test.each([...all, scoring])(
  "$name goes to a Hugging Face folder, in one file or in shards, and comes back the same",
  async (decoder) => {
    const model = randomModel(decoder);
    for (const shard of [5e9, 40_000]) {
      const path = join(folder, `hf${shard}`);
      await newFolder(path, (fresh) => exportFolder(fresh, model, { progress: silent, shard }));
      const files = readdirSync(path).filter((name) => name.endsWith(".safetensors"));
      expect(files.length > 1).toBe(shard < 5e9);
      const back = whole(openForeign(path));
      expect(back.config).toEqual(decoder.config);
      expect([back.window, back.hash]).toEqual([model.window, hashOf(model)]);
      expect(back.tokenizer).toEqual(model.tokenizer!.json);
    }
  },
);

test.each(all)("$name goes to GGUF and comes back the same; halves and blocks round each number once", (decoder) => {
  const model = randomModel(decoder);
  const path = join(folder, "model.gguf");
  writeAtomically(path, ggufOf(model, "F32").parts);
  const back = whole(openForeign(path));
  expect(back.config).toEqual(decoder.config);
  expect([back.window, back.hash]).toEqual([model.window, hashOf(model)]);
  expect(back.tokenizer).toEqual(model.tokenizer!.json);
  writeAtomically(path, ggufOf(model, "F16").parts);
  for (const [name, { data }] of whole(openForeign(path)).weights) {
    const exact = model.tensors.get(name)!.read();
    const vector = name.includes("norm") || name.includes("bias");
    expect(data).toEqual(vector ? exact : Float32Array.from(Float16Array.from(exact)));
  }
  writeAtomically(path, ggufOf(model, "Q8_0").parts);
  const table = whole(openForeign(path)).weights.get("table")!.data;
  const exact = model.tensors.get("table")!.read();
  const most = exact.reduce((least, x) => Math.max(least, Math.abs(x)), 0);
  for (const [i, x] of table.entries()) expect(Math.abs(x - exact[i]!)).toBeLessThanOrEqual((most / 127) * 0.51);
});

test("a reward model is a spec that compiles, and GGUF does not hold it", () => {
  const model = randomModel(scoring);
  expect(() => ggufOf(model, "F32")).toThrow(/GGUF holds Decoders that write, and this is a Decoder that scores/);
  const { text, model: lowered } = compiled(model, model.window);
  expect(text).toMatch(/head: +scalar\n/);
  expect(lowered.weights.map(({ path }) => path).sort()).toEqual([...model.tensors.keys()].sort());
});

test("an import keeps the numbers as they are stored, or rounds them to what is wished, and its lineage says of what", async () => {
  const model = randomModel(randomDecoders[0]!);
  const source = join(folder, "hf");
  await newFolder(source, (fresh) => exportFolder(fresh, model, { progress: silent, type: "BF16" }));
  for (const type of [undefined, "F32"] as const) {
    const foreign = openForeign(source);
    const out = join(folder, `imported ${type}`);
    const report = await newFolder(out, (fresh) =>
      importModel(foreign, { name: "m", folder: fresh, progress: silent, ...(type && { type }) }),
    );
    foreign.close();
    const file = openSafetensors(join(out, "m.safetensors"));
    expect([...file.tensors.values()].every(({ dtype }) => dtype === (type ?? "BF16"))).toBe(true);
    const { tensors, metadata } = loadWeights(file.path);
    file.close();
    expect(hashWeights(tensors)).toBe(report.hash);
    expect(tensors.get("table")!.data[5]).toBe(
      new Float32Array(
        Uint32Array.of((encoded(model.tensors.get("table")!.read().slice(5, 6), "bf16") as Uint16Array)[0]! << 16).buffer,
      )[0],
    );
    expect(metadata.tokenizer).toBe(Tokenizer.load(join(out, "tokenizer.json")).hash);
    const lineage = readLineage(join(out, "m.lineage.json"))!;
    expect(lineage.weights).toBe(report.hash);
    expect(Object.keys(lineage.origins[0]!.data).sort()).toContain("model.safetensors");
  }
});

test("a model of another format can be named where weights are", async () => {
  const model = randomModel(randomDecoders[2]!);
  await newFolder(join(folder, "hf"), (fresh) => exportFolder(fresh, model, { progress: silent }));
  writeAtomically(join(folder, "m.gguf"), ggufOf(model, "F32").parts);
  for (const name of ["hf", "m.gguf"]) expect(hashWeights(loadWeights(join(folder, name)).tensors)).toBe(hashOf(model));
});

test("an import that is interrupted leaves nothing, and one over another is refused", async () => {
  const model = randomModel(randomDecoders[0]!);
  const source = join(folder, "m.gguf");
  writeAtomically(source, ggufOf(model, "F32").parts);
  const stop = new AbortController();
  const progress = { ...silent, task: () => ({ update: () => stop.abort(new Error("stopped")), end: () => {} }) };
  const into = (out: string, more: object) => {
    const foreign = openForeign(source);
    return newFolder(join(folder, out), (fresh) =>
      importModel(foreign, { name: "m", folder: fresh, progress: silent, ...more }),
    ).finally(() => foreign.close());
  };
  await expect(into("out", { progress, signal: stop.signal })).rejects.toThrow("stopped");
  expect(readdirSync(folder)).toEqual(["m.gguf"]);
  await into("out", {});
  await expect(into("out", {})).rejects.toThrow(/There is something at .*out already/);
  expect(readdirSync(folder).sort()).toEqual(["m.gguf", "out"]);
});

test("a table with more rows than its tokenizer has tokens gets a token for each, and a chat template goes along", async () => {
  const model = randomModel(randomDecoders[0]!);
  const path = join(folder, "hf");
  await newFolder(path, (fresh) => exportFolder(fresh, model, { progress: silent }));
  const json = JSON.parse(readFileSync(join(path, "tokenizer.json"), "utf8"));
  const kept = Object.entries(json.model.vocab).filter(([, id]) => (id as number) < 265);
  writeFileSync(
    join(path, "tokenizer.json"),
    JSON.stringify({ ...json, model: { ...json.model, vocab: Object.fromEntries(kept) } }),
  );
  writeFileSync(
    join(path, "chat_template.jinja"),
    "{{ bos_token }}{% for m in messages %}[{{ m.role }}] {{ m.content }}{% endfor %}",
  );
  writeFileSync(join(path, "generation_config.json"), JSON.stringify({ eos_token_id: [2, 260] }));
  const foreign = openForeign(path);
  expect(foreign.notes).toEqual(["7 rows of its table are no token: named [PAD265] and so on"]);
  const out = join(folder, "out");
  await newFolder(out, (fresh) => importModel(foreign, { name: "m", folder: fresh, progress: silent }));
  foreign.close();
  const tokenizer = Tokenizer.load(join(out, "tokenizer.json"));
  expect(tokenizer.size).toBe(272);
  expect(tokenizer.special.ends).toEqual([2, 260]);
  expect(tokenizer.chat!.render([{ role: "user", content: "hi" }])).toBe("<s>[user] hi");
});

test("weights in 8-bit floats are multiplied by their scales, one a tensor or one a block", async () => {
  const model = randomModel(randomDecoders[0]!);
  const path = join(folder, "hf");
  await newFolder(path, (fresh) => exportFolder(fresh, model, { progress: silent }));
  const { tensors } = loadWeights(join(path, "model.safetensors"));
  const name = "model.layers.0.self_attn.q_proj.weight";
  const scale = Float32Array.of(0.5, 2, 4, 8);
  const parts = safetensorsParts(new Map([...tensors, [`${name}_scale_inv`, { shape: [2, 2], data: scale }]]));
  writeAtomically(join(path, "model.safetensors"), parts);
  const config = JSON.parse(readFileSync(join(path, "config.json"), "utf8"));
  config.quantization_config = { quant_method: "fp8", weight_block_size: [32, 32] };
  writeFileSync(join(path, "config.json"), JSON.stringify(config));
  const before = model.tensors.get("decoder_layer.1.self_attention.wq")!.read();
  const after = loadWeights(path).tensors.get("decoder_layer.1.self_attention.wq")!.data;
  // Here [in, out]: a column of the first 32 inputs and the last 32 outputs lies in block [1, 0].
  for (const [into, out, factor] of [
    [3, 5, 0.5],
    [40, 5, 2],
    [3, 50, 4],
    [63, 63, 8],
  ] as const)
    expect(after[into * 64 + out]).toBe(before[into * 64 + out]! * factor);
});
