/**
 * A `config.json` of Hugging Face says which of std's architectures a model is and its sizes; what std cannot compute is refused by name
 * rather than computed wrongly. Knows nothing of tensors.
 */

import type { Fields } from "../../fields.ts";
import type { DecoderConfig } from "../decoder.ts";
import type { Known } from "../known.ts";
import { readBertConfig } from "./bert.ts";
import { classOf, labelsOf, unsupported } from "./refused.ts";
import { readT5Config } from "./t5.ts";

/** What a config says of a Decoder: its sizes, and how many tokens it was made for. */
export type Read = { readonly config: DecoderConfig; readonly window: number };

/** What a config says of any model; `begin` and `end` are ids where only the config knows them. */
export type ReadModel = Known & { readonly window: number; readonly begin?: number; readonly end?: number };

const berts = ["bert", "roberta", "xlm-roberta", "distilbert"];
const t5s = ["t5", "mt5", "umt5"];

/** Reads the config of a folder. Throws `model_unsupported` with what std lacks, `model_config` for fields that make no sense. */
export function readModelConfig(fields: Fields, folder: string): ReadModel {
  const type = fields.text("model_type") ?? "";
  if (berts.includes(type)) return { architecture: "Bert", ...readBertConfig(fields, type, folder) };
  if (t5s.includes(type)) return { architecture: "T5", ...readT5Config(fields, type) };
  return { architecture: "Decoder", ...readConfig(fields) };
}

/** What each family adds to Llama: its defaults are those of its `configuration_*.py` in transformers. */
const families: Readonly<Record<string, { biases: boolean; norms: boolean; base: number; eps: number; kv?: number }>> = {
  llama: { biases: false, norms: false, base: 10_000, eps: 1e-6 },
  mistral: { biases: false, norms: false, base: 10_000, eps: 1e-6, kv: 8 },
  qwen2: { biases: true, norms: false, base: 10_000, eps: 1e-6, kv: 32 },
  qwen3: { biases: false, norms: true, base: 10_000, eps: 1e-6, kv: 32 },
};

/** Why well-known families are refused. */
const missing: Readonly<Record<string, string>> = {
  modernbert: "std's Bert has learned positions and looks at all tokens in each layer, and ModernBERT has neither",
  albert: "std's Bert has weights of its own in each layer, and ALBERT shares them",
  electra: "std's Bert has embeddings as wide as its layers, and ELECTRA has not",
  deberta: "std's Bert has learned positions, and DeBERTa looks by distances",
  gemma: "std's Decoder gates by SiLU and does not scale its embeddings, as Gemma does",
  gemma2: "std's Decoder does not cap its logits or norm behind its layers, as Gemma 2 does",
  gpt2: "std's Decoder has rotary positions, and GPT-2 learned ones",
  phi3: "std's Decoder keeps queries, keys and values apart, and Phi-3 in one matrix",
  mixtral: "std has no mixture of experts",
  qwen2_moe: "std has no mixture of experts",
  qwen3_moe: "std has no mixture of experts",
};

/** Reads a config. Throws `model_unsupported` with what std lacks, `model_config` for fields that make no sense. */
export function readConfig(fields: Fields): Read {
  const type = fields.text("model_type") ?? "";
  const family = Object.hasOwn(families, type) ? families[type]! : undefined;
  if (family === undefined) throw unsupported(fields, `${type || "a model without model_type"}: ${why(type)}`);
  refuseOddities(fields);
  const [width, heads] = [fields.size("hidden_size"), fields.size("num_attention_heads")];
  const kv = fields.size("num_key_value_heads", Math.min(heads, family.kv ?? heads));
  const channels = fields.size("head_dim", width / heads);
  if (heads % kv !== 0) throw fields.fault(`${heads} heads cannot share ${kv} keys`);
  if (channels % 2 !== 0) throw fields.fault(`a head of ${channels} numbers cannot be turned in pairs`);
  const rope = fields.inner("rope_parameters");
  const config: DecoderConfig = {
    depth: fields.size("num_hidden_layers"),
    width,
    heads,
    kv,
    channels,
    inner: fields.size("intermediate_size"),
    base: rope?.get("rope_theta") === undefined ? fields.number("rope_theta", family.base) : rope.number("rope_theta"),
    epsilon: fields.number("rms_norm_eps", family.eps),
    tied: fields.flag("tie_word_embeddings", false),
    biases: family.biases,
    norms: family.norms,
    reach: reachOf(fields, type),
    ...stretchOf(fields),
    vocab: fields.size("vocab_size"),
    ...headOf(fields),
  };
  return { config, window: fields.size("max_position_embeddings", 2048) };
}

const imported = [...Object.keys(families), ...berts, ...t5s].join(", ");

const why = (type: string): string =>
  `${Object.hasOwn(missing, type) ? missing[type]! : "std has no such architecture"}; ${imported} are imported`;

/** What a Decoder ends in: words, or the one number of a reward model. */
function headOf(fields: Fields): Pick<DecoderConfig, "head"> {
  if (!classOf(fields).endsWith("ForSequenceClassification")) return {};
  const { length } = labelsOf(fields);
  if (length !== 1) throw unsupported(fields, `it gives ${length} numbers for a text, and one is imported`);
  return { head: "scalar" };
}

function refuseOddities(fields: Fields): void {
  const act = fields.text("hidden_act") ?? "silu";
  if (act !== "silu") throw unsupported(fields, `its gates are ${act}, and std's Decoder gates by silu`);
  for (const name of ["attention_bias", "mlp_bias"])
    if (fields.flag(name, false)) throw unsupported(fields, `it has ${name}, which std's Decoder does not`);
  if (fields.number("partial_rotary_factor", 1) !== 1)
    throw unsupported(fields, "only a part of each head is turned by its position");
  const method = fields.inner("quantization_config")?.text("quant_method");
  if (method !== undefined && method !== "fp8")
    throw unsupported(fields, `its weights are quantized by ${method}; take the model's unquantized files, or its GGUF`);
}

/** How rotary positions are stretched beyond the texts of the first training. A dynamic scaling begins beyond the window, so it never does. */
function stretchOf(fields: Fields): { stretch: number; seen: number } {
  const scaling = fields.inner("rope_scaling") ?? fields.inner("rope_parameters");
  const kind = scaling?.text("rope_type") ?? scaling?.text("type") ?? "default";
  if (scaling === undefined || kind === "default" || kind === "dynamic") return { stretch: 1, seen: 8192 };
  const stretch = scaling.number("factor");
  if (stretch < 1) throw fields.fault(`its rotary positions are scaled by ${stretch}`);
  if (kind === "linear") return { stretch, seen: 0 };
  const usual = kind === "llama3" && scaling.number("low_freq_factor") === 1 && scaling.number("high_freq_factor") === 4;
  if (!usual) throw unsupported(fields, `its rotary positions are scaled (${kind}), which std's Decoder does not`);
  return { stretch, seen: scaling.size("original_max_position_embeddings") };
}

/** The sliding window, where one is used; 0 where each token looks back at all. */
function reachOf(fields: Fields, type: string): number {
  const most = fields.get("sliding_window") ?? 0;
  if (most === 0 || (type.startsWith("qwen") && !fields.flag("use_sliding_window", false))) return 0;
  const [depth, from] = [fields.size("num_hidden_layers"), fields.number("max_window_layers", 0)];
  if (type.startsWith("qwen") && from >= depth) return 0;
  if (type.startsWith("qwen") && from > 0)
    throw unsupported(fields, `only its layers from ${from} on have a sliding window, and std's Decoder has one for all`);
  return fields.size("sliding_window");
}
