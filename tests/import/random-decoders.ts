// Decoders of random weights whose logits llama.cpp computed once (bench/llama-logits.ts): small, and of every form that is imported.
import { stream } from "../../runtime/random.ts";
import { tokenizerOfPieces } from "../../runtime/text/pieces.ts";
import { Tokenizer } from "../../runtime/text/tokenizer.ts";
import type { Stored } from "../../runtime/weights/archive.ts";
import { type DecoderConfig, decoderPlaces } from "../../runtime/weights/decoder.ts";
import type { Exported } from "../../runtime/weights/exported.ts";
import { elements } from "../../runtime/weights/tensors.ts";

import { plainPieces } from "./gguf-bytes.ts";

/** A decoder to compare, and the prompts after which it tells the next token. */
export type RandomDecoder = { readonly name: string; readonly config: DecoderConfig; readonly prompts: readonly number[][] };

const plain = {
  base: 10_000,
  epsilon: 1e-5,
  tied: false,
  biases: false,
  norms: false,
  reach: 0,
  stretch: 1,
  seen: 8192,
  vocab: 272,
};
const prompts = [[270], [190, 2, 7, 264, 12, 33, 33, 8, 151, 76, 20, 6]];

export const randomDecoders: readonly RandomDecoder[] = [
  { name: "llama", config: { ...plain, depth: 3, width: 64, heads: 8, kv: 2, channels: 8, inner: 96 }, prompts },
  {
    name: "llama tied",
    config: { ...plain, depth: 2, width: 48, heads: 4, kv: 4, channels: 12, inner: 128, tied: true, base: 5e5 },
    prompts,
  },
  {
    name: "llama 3",
    config: { ...plain, depth: 2, width: 64, heads: 4, kv: 2, channels: 16, inner: 96, stretch: 8, seen: 256 },
    prompts,
  },
  {
    name: "linear",
    config: { ...plain, depth: 2, width: 64, heads: 4, kv: 2, channels: 16, inner: 96, stretch: 4, seen: 0 },
    prompts,
  },
  {
    name: "qwen2",
    config: { ...plain, depth: 2, width: 64, heads: 4, kv: 2, channels: 16, inner: 96, tied: true, biases: true, base: 1e6 },
    prompts,
  },
  {
    name: "qwen3",
    config: { ...plain, depth: 2, width: 48, heads: 4, kv: 2, channels: 32, inner: 64, norms: true, epsilon: 1e-6, base: 1e6 },
    prompts,
  },
];

/** A random decoder as a model to export: each weight is a function of the decoder's name and the weight's path. */
export function randomModel({ name, config }: RandomDecoder): Exported & { readonly architecture: "Decoder" } {
  const tensors = decoderPlaces(config).map((place): [string, Stored] => {
    const { path, shape } = place;
    const read = (): Float32Array => {
      const source = stream(name, path);
      // Norms lie about 1, matrices keep the size of what goes through them, tables and biases are of about its size.
      const matrix = place.lay === "turned" ? 1 / Math.sqrt(place.outside[1]!) : 0.5;
      const [mean, spread] = path.endsWith("scale") ? [1, 0.3] : [0, matrix];
      return Float32Array.from({ length: elements(shape) }, () => mean + spread * source.normal());
    };
    return [path, { name: path, shape, dtype: "F32", read }];
  });
  const tokenizer = Tokenizer.parse(tokenizerOfPieces(plainPieces(config.vocab), { prefix: true, begin: "<s>", path: name }));
  return { name: "m", architecture: "Decoder", config, window: 64, tensors: new Map(tensors), tokenizer };
}

/** Logits less their mean: what does not change when all of them are shifted, as a softmax does. */
export function centred(logits: ArrayLike<number>): number[] {
  const all = Array.from(logits);
  const mean = all.reduce((sum, each) => sum + each, 0) / all.length;
  return all.map((each) => each - mean);
}
