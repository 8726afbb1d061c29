/**
 * A `config.json` of Hugging Face says which of std's architectures a model is and its sizes; what std cannot compute is refused by name
 * rather than computed wrongly. Knows nothing of tensors.
 */

import type { Fields } from "../../fields.ts";
import type { DecoderConfig } from "../decoder.ts";

/** What a config says: the decoder's sizes, and how many tokens it was made for. */
export type Read = { readonly config: DecoderConfig; readonly window: number };

/** What each family adds to Llama: its defaults are those of its `configuration_*.py` in transformers. */
const families: Readonly<Record<string, { biases: boolean; norms: boolean; base: number; eps: number; kv?: number }>> = {
  llama: { biases: false, norms: false, base: 10_000, eps: 1e-6 },
  mistral: { biases: false, norms: false, base: 10_000, eps: 1e-6, kv: 8 },
  qwen2: { biases: true, norms: false, base: 10_000, eps: 1e-6, kv: 32 },
  qwen3: { biases: false, norms: true, base: 10_000, eps: 1e-6, kv: 32 },
};

/** Why well-known families are refused. */
const missing: Readonly<Record<string, string>> = {
  bert: "std's encoder has no layer norms with a mean, no biases and no learned positions, which BERT needs",
  roberta: "std's encoder has no layer norms with a mean, no biases and no learned positions, which RoBERTa needs",
  t5: "std's EncoderDecoder copies from its source and scales its scores, which T5 does not",
  umt5: "std's EncoderDecoder has one relative bias per stack, and UMT5 one per block",
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
  };
  return { config, window: fields.size("max_position_embeddings", 2048) };
}

const why = (type: string): string =>
  Object.hasOwn(missing, type)
    ? missing[type]!
    : `std has no such architecture; ${Object.keys(families).join(", ")} are imported`;

function unsupported(fields: Fields, what: string) {
  const error = fields.fault(what);
  return Object.assign(error, {
    code: "model_unsupported",
    message: error.message.replace("cannot be used", "cannot be imported"),
    hint: "A model of another architecture can be served elsewhere and named here by its address: model m: Remote { remote: .. }.",
  });
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
