/**
 * std's T5 under the names that transformers has for T5, mT5 and UMT5: where each of its weights stands in a Hugging Face folder. Knows nothing of files.
 */
import { matrix, type Place, table, vector } from "./places.ts";

/** What the feed-forward layers bend by, as std.t5 names it. */
export type Bend = "smooth" | "rectified" | "swish";

/** The configuration of std's T5 (stdlib/t5.neuro) and the size of its vocabulary. */
export type T5Config = {
  readonly encoder: number;
  readonly decoder: number;
  readonly width: number;
  readonly heads: number;
  readonly channels: number;
  readonly inner: number;
  readonly bend: Bend;
  readonly gated: boolean;
  /** Whether words are told by the table they are read with, and whether the states are made smaller before. */
  readonly tied: boolean;
  readonly scaled: boolean;
  readonly buckets: number;
  readonly far: number;
  /** Whether each block has a bias of its own (UMT5). */
  readonly apart: boolean;
  readonly epsilon: number;
  readonly vocab: number;
};

/** The weights of a T5, in the order of its layers. */
export function t5Places(config: T5Config): Place[] {
  const { encoder, decoder, width: d, vocab, tied } = config;
  return [
    table("table", "shared.weight", [vocab, d]),
    ...offsets(config, "encoder", encoder),
    ...Array.from({ length: encoder }, (_, i) => reading(config, i)).flat(),
    vector("norm.scale", "encoder.final_layer_norm.weight", [d]),
    ...offsets(config, "decoder", decoder),
    ...Array.from({ length: decoder }, (_, i) => telling(config, i)).flat(),
    vector("norm.2.scale", "decoder.final_layer_norm.weight", [d]),
    ...(tied ? [] : [table("unembedding.words", "lm_head.weight", [vocab, d])]),
  ];
}

/** The biases of a stack; the second written call of `offsets` is the decoder's, a turn of a `repeat` counts from 1. */
function offsets({ heads, buckets, apart }: T5Config, stack: "encoder" | "decoder", depth: number): Place[] {
  const call = stack === "encoder" ? "offsets" : "offsets.2";
  const bias = (path: string, block: number): Place => {
    const theirs = `${stack}.block.${block}.layer.0.SelfAttention.relative_attention_bias.weight`;
    return matrix(`${path}.table`, theirs, [heads, buckets], buckets, heads);
  };
  return apart ? Array.from({ length: depth }, (_, i) => bias(`${call}.${i + 1}`, i)) : [bias(call, 0)];
}

function reading(config: T5Config, i: number): Place[] {
  const [ours, theirs] = [`reading.${i + 1}`, `encoder.block.${i}.layer`];
  return [
    vector(`${ours}.norm.scale`, `${theirs}.0.layer_norm.weight`, [config.width]),
    ...looking(config, `${ours}.looking`, `${theirs}.0.SelfAttention`),
    vector(`${ours}.norm.2.scale`, `${theirs}.1.layer_norm.weight`, [config.width]),
    ...feeding(config, `${ours}.feeding`, `${theirs}.1.DenseReluDense`),
  ];
}

function telling(config: T5Config, i: number): Place[] {
  const [ours, theirs] = [`telling.${i + 1}`, `decoder.block.${i}.layer`];
  return [
    vector(`${ours}.norm.scale`, `${theirs}.0.layer_norm.weight`, [config.width]),
    ...looking(config, `${ours}.looking`, `${theirs}.0.SelfAttention`),
    vector(`${ours}.norm.2.scale`, `${theirs}.1.layer_norm.weight`, [config.width]),
    ...looking(config, `${ours}.looking.2`, `${theirs}.1.EncDecAttention`),
    vector(`${ours}.norm.3.scale`, `${theirs}.2.layer_norm.weight`, [config.width]),
    ...feeding(config, `${ours}.feeding`, `${theirs}.2.DenseReluDense`),
  ];
}

function looking({ width: d, heads: h, channels: k }: T5Config, path: string, theirs: string): Place[] {
  return [
    ...["q", "k", "v"].map((letter) => matrix(`${path}.w${letter}`, `${theirs}.${letter}.weight`, [d, h, k], h * k, d)),
    matrix(`${path}.wo`, `${theirs}.o.weight`, [h, k, d], d, h * k),
  ];
}

function feeding({ width: d, inner, gated }: T5Config, path: string, theirs: string): Place[] {
  return [
    matrix(`${path}.up`, `${theirs}.${gated ? "wi_0" : "wi"}.weight`, [d, inner], inner, d),
    matrix(`${path}.down`, `${theirs}.wo.weight`, [inner, d], d, inner),
    ...(gated ? [matrix(`${path}.gate.w`, `${theirs}.wi_1.weight`, [d, inner], inner, d)] : []),
  ];
}

/** Tensors of a folder that a T5 does without: copies of its table, and a bias of old checkpoints that nothing reads. */
export const t5Spare = ({ tied }: T5Config, name: string): boolean =>
  name === "encoder.embed_tokens.weight" ||
  name === "decoder.embed_tokens.weight" ||
  name.endsWith("EncDecAttention.relative_attention_bias.weight") ||
  (tied && name === "lm_head.weight");
