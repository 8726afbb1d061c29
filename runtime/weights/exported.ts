/**
 * A Decoder of a spec as something to export: its configuration read off its weights, and the weights where they lie. Knows nothing of the
 * formats it goes to.
 */
import { NeuroError } from "../error.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import type { Stored } from "./archive.ts";
import { type DecoderConfig, decoderPlaces } from "./decoder.ts";

/** A model to export. */
export type Exported = {
  readonly name: string;
  readonly config: DecoderConfig;
  /** Tokens. */
  readonly window: number;
  /** By their paths in std. */
  readonly tensors: ReadonlyMap<string, Stored>;
  readonly tokenizer?: Tokenizer;
};

/** Whether there are adapters among weights. */
export const hasAdapters = (tensors: ReadonlyMap<string, unknown>): boolean =>
  [...tensors.keys()].some((path) => path.endsWith(".lora_a"));

/** What std's Decoder takes for fields that a spec leaves out and that no weight shows (stdlib/decoders.neuro). */
const defaults = { base: 10_000, epsilon: 1e-6, reach: 0, stretch: 1, seen: 8192 };

/**
 * The configuration of a model with these weights; `stated` are the fields of its declaration, which must say the same. Throws
 * `model_unsupported` for weights that are not those of a Decoder, `weights_differ` for those of another one than is declared.
 */
export function configOfWeights(
  name: string,
  path: string,
  weights: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  stated: Readonly<Record<string, number | boolean>>,
): DecoderConfig {
  const shapeOf = (weight: string): readonly number[] => weights.get(weight)?.shape ?? [];
  const [vocab, width] = shapeOf("table");
  const [, kv, shared, channels] = shapeOf("decoder_layer.1.self_attention.wq");
  const inner = shapeOf("decoder_layer.1.swiglu.gate")[1];
  if (!vocab || !width || !kv || !shared || !channels || !inner) throw notDecoder(name);
  const config: DecoderConfig = {
    depth: [...weights.keys()].filter((each) => /^decoder_layer\.\d+\.norm\.scale$/.test(each)).length,
    ...{ width, heads: kv * shared, kv, channels, inner, vocab },
    ...defaults,
    tied: !weights.has("unembedding.words"),
    biases: weights.has("decoder_layer.1.self_attention.query_bias.bias"),
    norms: weights.has("decoder_layer.1.self_attention.norm.scale"),
    ...Object.fromEntries(Object.entries(stated).filter(([field]) => Object.hasOwn(defaults, field))),
  };
  const places = decoderPlaces(config);
  const own = [...weights.keys()].filter((each) => !/\.lora_[ab]$/.test(each));
  if (places.length !== own.length || places.some((each) => shapeOf(each.path).join() !== each.shape.join()))
    throw notDecoder(name);
  for (const [field, value] of Object.entries(stated)) {
    const found = Object.hasOwn(config, field) ? config[field as keyof DecoderConfig] : value;
    if (found === value) continue;
    throw new NeuroError("weights_differ", `${name} is declared with ${field} ${value}, and its weights have ${found}.`, {
      where: path,
      hint: "Declare what the weights are, or put the right weights there.",
    });
  }
  return config;
}

function notDecoder(name: string): NeuroError {
  return new NeuroError("model_unsupported", `${name} cannot be exported: its weights are not those of std's Decoder.`, {
    hint: "Only a Decoder has a form elsewhere (Llama's, Qwen's). The weights of any model are safetensors already: see weights/.",
  });
}
