/**
 * std's Decoder under the names of others: where each of its weights stands in a Hugging Face folder and in a GGUF file, and how its
 * numbers lie there. Every map is a permutation, so importing and exporting change no bit. Knows nothing of files.
 */
import { NeuroError } from "../error.ts";
import { matrix as matrixAlone, type Place, vector } from "./places.ts";

/** The configuration of std's Decoder (stdlib/decoders.neuro) and the size of its vocabulary. */
export type DecoderConfig = {
  readonly depth: number;
  readonly width: number;
  readonly heads: number;
  /** How many keys its heads share. */
  readonly kv: number;
  /** The size of one head. */
  readonly channels: number;
  readonly inner: number;
  /** Of the rotary positions. */
  readonly base: number;
  readonly epsilon: number;
  /** Whether words are told by the table they are read with. */
  readonly tied: boolean;
  /** Whether queries, keys and values have biases (Qwen2), whether queries and keys are normed (Qwen3). */
  readonly biases: boolean;
  readonly norms: boolean;
  /** How many tokens a token looks back at; 0 is all. */
  readonly reach: number;
  /** How many times slower slow pairs turn than they did in the first training, and how many tokens its texts had; 1 is as they did. */
  readonly stretch: number;
  readonly seen: number;
  readonly vocab: number;
  /** What it ends in where it tells no words: one number, from its last token. */
  readonly head?: "scalar";
};

/** The weights of a Decoder, in the order of its layers. */
export function decoderPlaces(config: DecoderConfig): Place[] {
  const { width, vocab, depth, tied, head } = config;
  const table = { shape: [vocab, width], outside: [vocab, width], lay: "same" } as const;
  const places: Place[] = [{ path: "table", huggingface: "model.embed_tokens.weight", gguf: "token_embd.weight", ...table }];
  for (let i = 0; i < depth; i++) places.push(...layerPlaces(config, i));
  places.push(vector("norm.scale", "model.norm.weight", [width], "output_norm.weight"));
  if (head === "scalar") places.push(matrixAlone("scalar.linear.w", "score.weight", [width, 1], 1, width));
  else if (!tied) places.push({ path: "unembedding.words", huggingface: "lm_head.weight", gguf: "output.weight", ...table });
  return places;
}

function layerPlaces({ width: d, heads, kv: g, channels: k, inner, biases, norms }: DecoderConfig, i: number): Place[] {
  // std counts the rounds of a `repeat` from 1.
  const [ours, theirs, blk] = [`decoder_layer.${i + 1}`, `model.layers.${i}`, `blk.${i}`];
  const r = heads / g;
  const matrix = (path: string, hf: string, gguf: string, shape: number[], out: number, into: number, pairs?: number): Place => ({
    ...{ path: `${ours}.${path}`, huggingface: `${theirs}.${hf}.weight`, gguf: `${blk}.${gguf}.weight`, shape },
    ...{ outside: [out, into], lay: "turned", ...(pairs !== undefined && { pairs }) },
  });
  const bias = (path: string, letter: "q" | "k" | "v", shape: number[]): Place => ({
    ...vector(`${ours}.${path}.bias`, `${theirs}.self_attn.${letter}_proj.bias`, shape, `${blk}.attn_${letter}.bias`),
    ...(letter !== "v" && { pairs: k }),
  });
  const scale = (path: string, hf: string, gguf: string, size: number): Place =>
    vector(`${ours}.${path}.scale`, `${theirs}.${hf}.weight`, [size], `${blk}.${gguf}.weight`);
  return [
    scale("norm", "input_layernorm", "attn_norm", d),
    matrix("self_attention.wq", "self_attn.q_proj", "attn_q", [d, g, r, k], heads * k, d, k),
    matrix("self_attention.wk", "self_attn.k_proj", "attn_k", [d, g, k], g * k, d, k),
    matrix("self_attention.wv", "self_attn.v_proj", "attn_v", [d, g, k], g * k, d),
    matrix("self_attention.wo", "self_attn.o_proj", "attn_output", [g, r, k, d], d, heads * k),
    ...(biases
      ? [
          bias("self_attention.query_bias", "q", [g, r, k]),
          bias("self_attention.key_bias", "k", [g, k]),
          bias("self_attention.key_bias.2", "v", [g, k]),
        ]
      : []),
    ...(norms
      ? [
          scale("self_attention.norm", "self_attn.q_norm", "attn_q_norm", k),
          scale("self_attention.norm.2", "self_attn.k_norm", "attn_k_norm", k),
        ]
      : []),
    scale("norm.2", "post_attention_layernorm", "ffn_norm", d),
    matrix("swiglu.gate", "mlp.gate_proj", "ffn_gate", [d, inner], inner, d),
    matrix("swiglu.up", "mlp.up_proj", "ffn_up", [d, inner], inner, d),
    matrix("swiglu.down", "mlp.down_proj", "ffn_down", [inner, d], d, inner),
  ];
}

/** The family whose form a configuration has elsewhere. Throws `model_unsupported` for one that is no family's. */
export function familyOf({ biases, norms }: Pick<DecoderConfig, "biases" | "norms">): "llama" | "qwen2" | "qwen3" {
  if (!biases) return norms ? "qwen3" : "llama";
  if (!norms) return "qwen2";
  throw new NeuroError("model_unsupported", "No family elsewhere has both biases and norms of queries and keys.", {
    hint: "Export a Decoder with one of them, or keep its safetensors as they are.",
  });
}

/** By what each turned pair's speed is divided: what llama.cpp keeps as `rope_freqs.weight` (stdlib/decoders.neuro: `slowed`). */
export function slowdown({
  channels,
  base,
  stretch,
  seen,
}: Pick<DecoderConfig, "channels" | "base" | "stretch" | "seen">): Float32Array {
  const half = channels / 2;
  return Float32Array.from({ length: half }, (_, f) => {
    const turns = (seen * base ** (-f / half)) / (2 * Math.PI);
    const kept = Math.min(1, Math.max(0, (turns - 1) / 3));
    return 1 / (kept + (1 - kept) / stretch);
  });
}
