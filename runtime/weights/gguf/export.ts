/**
 * A Decoder as a GGUF file that llama.cpp runs: its weights where llama.cpp looks for them, its sizes and its tokenizer as metadata. With f32
 * every bit is kept. Knows nothing of where the weights come from.
 */
import { type DecoderConfig, decoderPlaces, familyOf, slowdown } from "../decoder.ts";
import type { Exported } from "../exported.ts";
import { asWriter } from "../known.ts";
import { outward } from "../places.ts";
import { vocabularyKeys } from "./vocabulary.ts";
import { type GgufType, ggufParts, storable, type Typed, type Written } from "./write.ts";

const fileTypes = { F32: 0, F16: 1, Q8_0: 7 } as const;

/**
 * The bytes of a file in parts and what a person should know of it. Throws `model_unsupported` at once, and what
 * `ggufParts` throws while the parts are taken.
 */
export function ggufOf(exported: Exported, type: GgufType): { parts: Iterable<Uint8Array>; notes: string[] } {
  const model = asWriter(exported, "GGUF");
  const { keys, notes } = metadata(model, type);
  const interleaved = familyOf(model.config) === "llama";
  const tensors = decoderPlaces(model.config).map((place): Written => {
    const matrix = place.outside.length > 1;
    // What does not divide into blocks keeps half precision, as llama.cpp's own quantization does; vectors are never rounded.
    const stored = !matrix ? "F32" : storable(place.outside, type) ? type : "F16";
    const read = (): Float32Array => outward(place, model.tensors.get(place.path)!.read(), interleaved);
    return { name: place.gguf!, shape: place.outside, type: stored, read };
  });
  const { channels, stretch, seen } = model.config;
  if (stretch !== 1 && seen !== 0) {
    const read = (): Float32Array => slowdown(model.config);
    tensors.push({ name: "rope_freqs.weight", shape: [channels / 2], type: "F32", read });
  }
  return { parts: ggufParts(keys, tensors), notes };
}

function metadata(
  { name, config, window, tokenizer }: Omit<Exported, "config"> & { readonly config: DecoderConfig },
  type: GgufType,
): { keys: Map<string, Typed>; notes: string[] } {
  const family = familyOf(config);
  const u32 = (value: number): Typed => ({ type: "u32", value });
  const f32 = (value: number): Typed => ({ type: "f32", value });
  const own: Readonly<Record<string, Typed>> = {
    context_length: u32(window),
    embedding_length: u32(config.width),
    block_count: u32(config.depth),
    feed_forward_length: u32(config.inner),
    vocab_size: u32(config.vocab),
    "attention.head_count": u32(config.heads),
    "attention.head_count_kv": u32(config.kv),
    "attention.key_length": u32(config.channels),
    "attention.value_length": u32(config.channels),
    "attention.layer_norm_rms_epsilon": f32(config.epsilon),
    "rope.dimension_count": u32(config.channels),
    "rope.freq_base": f32(config.base),
    ...(config.stretch !== 1 &&
      config.seen === 0 && {
        "rope.scaling.type": { type: "text", value: "linear" },
        "rope.scaling.factor": f32(config.stretch),
      }),
    ...(config.reach > 0 && { "attention.sliding_window": u32(config.reach) }),
  };
  const keys = new Map<string, Typed>([
    ["general.architecture", { type: "text", value: family }],
    ["general.name", { type: "text", value: name }],
    ["general.file_type", u32(fileTypes[type])],
    ...Object.entries(own).map(([key, value]): [string, Typed] => [`${family}.${key}`, value]),
  ]);
  const none = new Map<string, Typed>([["tokenizer.ggml.model", { type: "text", value: "no_vocab" }]]);
  const told = tokenizer ? vocabularyKeys(tokenizer, config.vocab) : { keys: none };
  for (const [key, value] of told.keys) keys.set(key, value);
  return { keys, notes: "note" in told && told.note !== undefined ? [told.note] : [] };
}
