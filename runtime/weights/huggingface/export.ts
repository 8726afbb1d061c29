/**
 * A Decoder as a folder that Hugging Face's transformers opens: `config.json` of the family it has the form of, safetensors under that family's
 * names (in shards when they are large), and the tokenizer's files. Every bit is kept unless another format is wished.
 */
import { join } from "node:path";
import { writeAtomically, writeStreamed } from "../../files.ts";
import type { Progress } from "../../progress.ts";
import { type DecoderConfig, familyOf } from "../decoder.ts";
import type { Exported } from "../exported.ts";
import { placesOf } from "../known.ts";
import { outward } from "../places.ts";
import { type Streamed, streamedParts } from "../safetensors.ts";
import { bytesIn, type FloatType, formatOf, watched } from "../stored-as.ts";
import { bertConfigFile } from "./bert.ts";
import { t5ConfigFile } from "./t5.ts";

/** How a folder is written. */
export type FolderOptions = {
  readonly type?: FloatType;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
  /** Bytes of a file at most; 5 GB as transformers has it. */
  readonly shard?: number;
};

/** Fills an empty folder. Throws `model_unsupported`, `cannot_write`, `weights_over_f16` and the signal's reason. */
export async function exportFolder(folder: string, model: Exported, options: FolderOptions): Promise<void> {
  const { type, progress, signal, shard = 5e9 } = options;
  const tensors = placesOf(model).map((place): Streamed => {
    const stored = model.tensors.get(place.path)!;
    const read = (): Float32Array => outward(place, stored.read(), false);
    return { name: place.huggingface, shape: place.outside, dtype: formatOf(stored, type), read };
  });
  const config = { ...configFile(model), torch_dtype: types[tensors[0]!.dtype] };
  writeAtomically(join(folder, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
  writeTokenizerFiles(folder, model);
  const shards = parted(tensors, shard);
  const total = tensors.reduce((sum, each) => sum + bytesIn(each, each.dtype), 0);
  const name = (i: number): string =>
    shards.length === 1 ? "model.safetensors" : `model-${numbered(i + 1)}-of-${numbered(shards.length)}.safetensors`;
  for (const [i, part] of shards.entries()) {
    const bytes = part.reduce((sum, each) => sum + bytesIn(each, each.dtype), 0);
    const parts = watched(streamedParts(part, { format: "pt" }), {
      title: name(i),
      total: bytes,
      progress,
      ...(signal && { signal }),
    });
    await writeStreamed(join(folder, name(i)), parts);
  }
  if (shards.length === 1) return;
  const map = shards.flatMap((part, i) => part.map((each) => [each.name, name(i)]));
  const index = { metadata: { total_size: total }, weight_map: Object.fromEntries(map) };
  writeAtomically(join(folder, "model.safetensors.index.json"), `${JSON.stringify(index, null, 2)}\n`);
}

const numbered = (i: number): string => String(i).padStart(5, "0");

/** Tensors in files of so many bytes at most, a larger tensor in one of its own. */
function parted(tensors: readonly Streamed[], most: number): Streamed[][] {
  const shards: Streamed[][] = [];
  let room = 0;
  for (const each of tensors) {
    const bytes = bytesIn(each, each.dtype);
    if (bytes > room) {
      shards.push([]);
      room = most;
    }
    shards.at(-1)!.push(each);
    room -= bytes;
  }
  return shards;
}

const classes = {
  llama: "Llama",
  mistral: "Mistral",
  qwen2: "Qwen2",
  qwen3: "Qwen3",
};
const types = { F32: "float32", F16: "float16", BF16: "bfloat16" } as const;

function configFile(model: Exported): Record<string, unknown> {
  const { window, tokenizer } = model;
  if (model.architecture === "T5") return t5ConfigFile(model.config, window, tokenizer?.special);
  if (model.architecture === "Decoder") return decoderConfigFile(model.config, model);
  const { vocab } = (tokenizer?.json.model ?? {}) as { readonly vocab?: unknown };
  return bertConfigFile(model.config, Array.isArray(vocab));
}

const wholeOf = { word: "ForCausalLM", scalar: "ForSequenceClassification" };

function decoderConfigFile(config: DecoderConfig, { window, tokenizer }: Exported): Record<string, unknown> {
  const family = familyOf(config) === "llama" && config.reach > 0 ? "mistral" : familyOf(config);
  const { begin, end, ends } = tokenizer?.special ?? {};
  return {
    architectures: [`${classes[family]}${wholeOf[config.head ?? "word"]}`],
    model_type: family,
    ...sizes(config),
    hidden_act: "silu",
    max_position_embeddings: window,
    ...(config.head && { id2label: { 0: "LABEL_0" }, label2id: { LABEL_0: 0 } }),
    ...(tokenizer && { bos_token_id: begin, eos_token_id: ends!.length > 1 ? ends : end }),
    ...(config.reach > 0 && { sliding_window: config.reach }),
    ...(config.stretch !== 1 && { rope_scaling: scaling(config) }),
    ...(config.reach > 0 && family.startsWith("qwen") && { use_sliding_window: true, max_window_layers: 0 }),
    ...(family === "llama" && { attention_bias: false, mlp_bias: false }),
    ...(family === "qwen3" && { attention_bias: false }),
  };
}

function scaling({ stretch, seen }: DecoderConfig): Record<string, unknown> {
  if (seen === 0) return { rope_type: "linear", factor: stretch };
  const rest = { low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: seen };
  return { rope_type: "llama3", factor: stretch, ...rest };
}

const sizes = (config: DecoderConfig): Record<string, unknown> => ({
  vocab_size: config.vocab,
  hidden_size: config.width,
  num_hidden_layers: config.depth,
  num_attention_heads: config.heads,
  num_key_value_heads: config.kv,
  head_dim: config.channels,
  intermediate_size: config.inner,
  rms_norm_eps: config.epsilon,
  rope_theta: config.base,
  tie_word_embeddings: config.tied,
});

function writeTokenizerFiles(folder: string, { tokenizer }: Exported): void {
  if (tokenizer === undefined) return;
  const { eos_token_id: ends, ...config } = tokenizer.config;
  const write = (name: string, value: unknown): void =>
    writeAtomically(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
  write("tokenizer.json", tokenizer.json);
  const marks = {
    ...(tokenizer.begins && { bos_token: tokenizer.token(tokenizer.special.begin) }),
    eos_token: tokenizer.token(tokenizer.special.end),
  };
  write("tokenizer_config.json", { tokenizer_class: "PreTrainedTokenizerFast", ...marks, ...config });
  write("generation_config.json", { bos_token_id: tokenizer.special.begin, eos_token_id: ends ?? tokenizer.special.end });
}
