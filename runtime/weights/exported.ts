/**
 * A model of a spec as something to export: its configuration read off its weights, and the weights where they lie. Knows nothing of the
 * formats it goes to.
 */
import { NeuroError } from "../error.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import type { Stored } from "./archive.ts";
import type { BertConfig } from "./bert.ts";
import { type DecoderConfig, decoderPlaces } from "./decoder.ts";
import { type Known, placesOf } from "./known.ts";
import type { T5Config } from "./t5.ts";

/** A model to export. */
export type Exported = Known & {
  readonly name: string;
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
 * The configuration of a Decoder with these weights; `stated` are the fields of its declaration, which must say the same. Throws
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
  if (stated.prefix === true)
    throw new NeuroError("model_unsupported", `${name} reads what is given both ways (prefix), for which no format has a name.`, {
      hint: "Its weights are safetensors already: see weights/.",
    });
  const config: DecoderConfig = {
    depth: [...weights.keys()].filter((each) => /^decoder_layer\.\d+\.norm\.scale$/.test(each)).length,
    ...{ width, heads: kv * shared, kv, channels, inner, vocab },
    ...defaults,
    tied: !weights.has("unembedding.words") && !(weights.has("scalar.linear.w") && stated.tied === false),
    ...(weights.has("scalar.linear.w") && { head: "scalar" as const }),
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
    throw differing(name, path, field, value, found);
  }
  return config;
}

/** What a declaration says besides numbers: the cases of its enumeration, and the names of functions by field. */
export type Stated = {
  readonly numbers: Readonly<Record<string, number | boolean>>;
  readonly names: Readonly<Record<string, string>>;
  readonly cases: readonly string[];
};

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/**
 * The configuration of a model of std with these weights, which must have all that this configuration makes and nothing else; the declaration must
 * say the same. Throws `model_unsupported`, `weights_differ`.
 */
export function knownOfWeights(architecture: string, name: string, path: string, weights: Shapes, stated: Stated): Known {
  if (architecture === "Decoder") return { architecture, config: configOfWeights(name, path, weights, stated.numbers) };
  if (architecture !== "Bert" && architecture !== "T5") throw notDecoder(name);
  const known: Known =
    architecture === "Bert" ? { architecture, config: bertOf(weights, stated) } : { architecture, config: t5Of(weights, stated) };
  const places = placesOf(known);
  const own = [...weights.keys()].filter((each) => !/\.lora_[ab]$/.test(each));
  if (places.length !== own.length || places.some((each) => weights.get(each.path)?.shape.join() !== each.shape.join()))
    throw notDecoder(name);
  const config = known.config as unknown as Readonly<Record<string, unknown>>;
  for (const [field, value] of Object.entries(stated.numbers))
    if (Object.hasOwn(config, field) && config[field] !== value) throw differing(name, path, field, value, config[field]);
  return known;
}

const sizeOf = (weights: Shapes, path: string, axis: number): number => weights.get(path)?.shape[axis] ?? 0;
const countOf = (weights: Shapes, pattern: RegExp): number => [...weights.keys()].filter((each) => pattern.test(each)).length;

function bertOf(weights: Shapes, { numbers, names, cases }: Stated): BertConfig {
  const head: BertConfig["head"] = weights.has("word.bias")
    ? { kind: "word" }
    : weights.has("relevance.dense.w")
      ? { kind: "relevance" }
      : weights.has("relevances.w")
        ? { kind: "relevances", cases }
        : { kind: "sentence", pool: names.pool === "first" ? "first" : "average" };
  return {
    depth: countOf(weights, /^bert_layer\.\d+\.attending\.wq$/),
    width: sizeOf(weights, "table", 1),
    heads: sizeOf(weights, "bert_layer.1.attending.wq", 1),
    inner: sizeOf(weights, "bert_layer.1.dense.w", 1),
    positions: sizeOf(weights, "place", 0),
    shift: (numbers.shift as number | undefined) ?? 0,
    types: sizeOf(weights, "kinds.kind", 0),
    epsilon: (numbers.epsilon as number | undefined) ?? 1e-12,
    vocab: sizeOf(weights, "table", 0),
    head,
  };
}

function t5Of(weights: Shapes, { numbers, names }: Stated): T5Config {
  const tied = !weights.has("unembedding.words");
  const apart = weights.has("offsets.1.table");
  return {
    encoder: countOf(weights, /^reading\.\d+\.looking\.wq$/),
    decoder: countOf(weights, /^telling\.\d+\.looking\.wq$/),
    width: sizeOf(weights, "table", 1),
    heads: sizeOf(weights, "reading.1.looking.wq", 1),
    channels: sizeOf(weights, "reading.1.looking.wq", 2),
    inner: sizeOf(weights, "reading.1.feeding.up", 1),
    bend: (names.bend as T5Config["bend"] | undefined) ?? "smooth",
    gated: weights.has("reading.1.feeding.gate.w"),
    tied,
    scaled: (numbers.scaled as boolean | undefined) ?? tied,
    buckets: sizeOf(weights, apart ? "offsets.1.table" : "offsets.table", 1),
    far: (numbers.far as number | undefined) ?? 128,
    apart,
    epsilon: (numbers.epsilon as number | undefined) ?? 1e-6,
    vocab: sizeOf(weights, "table", 0),
  };
}

function differing(name: string, path: string, field: string, value: unknown, found: unknown): NeuroError {
  return new NeuroError("weights_differ", `${name} is declared with ${field} ${value}, and its weights have ${found}.`, {
    where: path,
    hint: "Declare what the weights are, or put the right weights there.",
  });
}

function notDecoder(name: string): NeuroError {
  return new NeuroError(
    "model_unsupported",
    `${name} cannot be exported: its weights are not those of an architecture of std that others have.`,
    {
      hint: "A Decoder (Llama's, Qwen's), a Bert and a T5 have a form elsewhere. The weights of any model are safetensors already: see weights/.",
    },
  );
}
