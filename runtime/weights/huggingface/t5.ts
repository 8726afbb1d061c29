/** `config.json` of T5, mT5 and UMT5 as std's T5, and back. What changes the mathematics otherwise is refused by name. Knows nothing of tensors. */
import type { Fields } from "../../fields.ts";
import type { Bend, T5Config } from "../t5.ts";
import { classOf, refuseOptions, unsupported } from "./refused.ts";

/** What `feed_forward_proj` says of the layers; transformers takes GELU by tanh where it gates by GELU. */
const projections: Readonly<Record<string, { readonly bend: Bend; readonly gated: boolean }>> = {
  relu: { bend: "rectified", gated: false },
  "gated-gelu": { bend: "smooth", gated: true },
  "gated-silu": { bend: "swish", gated: true },
  "gated-relu": { bend: "rectified", gated: true },
  gelu_new: { bend: "smooth", gated: false },
  silu: { bend: "swish", gated: false },
};

/** What a config says; `begin` is the id of the token that the decoder begins with. */
export type ReadT5 = { readonly config: T5Config; readonly window: number; readonly begin: number; readonly end: number };

/** Reads a config. Throws `model_unsupported`, `model_config`. */
export function readT5Config(fields: Fields, type: string): ReadT5 {
  const saved = classOf(fields);
  if (saved !== "" && !/(ForConditionalGeneration|WithLMHeadModel)$/.test(saved))
    throw unsupported(fields, `it is a ${saved}, and whole models that write are imported`);
  refuseOptions(fields, { is_encoder_decoder: [true], is_decoder: [false] });
  const projection = fields.text("feed_forward_proj") ?? (type === "t5" ? "relu" : "gated-gelu");
  const bent = Object.hasOwn(projections, projection) ? projections[projection]! : undefined;
  if (!bent)
    throw unsupported(fields, `its feed_forward_proj is ${projection}; ${Object.keys(projections).join(", ")} are computed`);
  const encoder = fields.size("num_layers");
  const tied = fields.flag("tie_word_embeddings", type !== "mt5");
  const whole = (name: string, otherwise: number): number => {
    const id = fields.number(name, otherwise);
    if (Number.isInteger(id) && id >= 0) return id;
    throw fields.fault(`its ${name} is ${id}`);
  };
  const config: T5Config = {
    ...{ encoder, decoder: fields.size("num_decoder_layers", encoder), width: fields.size("d_model") },
    ...{ heads: fields.size("num_heads"), channels: fields.size("d_kv"), inner: fields.size("d_ff"), ...bent, tied },
    scaled: fields.flag("scale_decoder_outputs", tied),
    buckets: fields.size("relative_attention_num_buckets", 32),
    far: fields.size("relative_attention_max_distance", 128),
    apart: type === "umt5",
    epsilon: fields.number("layer_norm_epsilon", 1e-6),
    vocab: fields.size("vocab_size"),
  };
  const begin = whole("decoder_start_token_id", whole("pad_token_id", 0));
  return { config, window: fields.size("n_positions", 512), begin, end: whole("eos_token_id", 1) };
}

/** The `config.json` of a T5. */
export function t5ConfigFile(
  config: T5Config,
  window: number,
  special: { begin: number; end: number; pad: number } | undefined,
): Record<string, unknown> {
  const { encoder, decoder, width, heads, channels, inner, bend, gated, tied, scaled, buckets, far, apart, epsilon, vocab } =
    config;
  const [projection] = Object.entries(projections).find(([, each]) => each.bend === bend && each.gated === gated)!;
  return {
    architectures: [apart ? "UMT5ForConditionalGeneration" : "T5ForConditionalGeneration"],
    model_type: apart ? "umt5" : "t5",
    is_encoder_decoder: true,
    ...{ num_layers: encoder, num_decoder_layers: decoder, d_model: width, num_heads: heads, d_kv: channels, d_ff: inner },
    ...{ feed_forward_proj: projection, tie_word_embeddings: tied, ...(scaled !== tied && { scale_decoder_outputs: scaled }) },
    ...{ relative_attention_num_buckets: buckets, relative_attention_max_distance: far, layer_norm_epsilon: epsilon },
    ...{ vocab_size: vocab, n_positions: window, dropout_rate: 0 },
    ...(special && { decoder_start_token_id: special.begin, eos_token_id: special.end, pad_token_id: special.pad }),
  };
}
