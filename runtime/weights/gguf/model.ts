/**
 * A GGUF file as a model: its metadata say the architecture and its sizes, and hold its tokenizer. What std does not compute is refused by
 * name. Knows nothing of where numbers lie in the file.
 */
import { NeuroError } from "../../error.ts";
import { shown } from "../../files.ts";
import type { Stored } from "../archive.ts";
import { type DecoderConfig, slowdown } from "../decoder.ts";
import { disagreement, type Foreign, type Opening, placedTensors } from "../foreign.ts";
import { Meta } from "./meta.ts";
import { openGguf } from "./read.ts";
import { readGgufTokenizer } from "./tokenizer.ts";

/** Architectures by llama.cpp's names; llama's turned pairs are neighbours there (convert_hf_to_gguf.py permutes them). */
const families: Readonly<Record<string, { norms: boolean; biases: boolean; interleaved: boolean }>> = {
  llama: { norms: false, biases: false, interleaved: true },
  qwen2: { norms: false, biases: true, interleaved: false },
  qwen3: { norms: true, biases: false, interleaved: false },
};

/** Opens a file. Throws `model_unsupported`, `weights_differ`, and what `openGguf` and the tokenizer's reader throw. */
export function openGgufModel(path: string, { tokenizer: wanted = true }: Opening): Foreign {
  const file = openGguf(path);
  try {
    const meta = new Meta(file.metadata, path);
    const family = Object.hasOwn(families, meta.architecture) ? families[meta.architecture]! : undefined;
    if (family === undefined)
      throw unsupported(path, `its architecture is ${meta.architecture}; ${Object.keys(families).join(", ")} are imported`);
    refuseOddities(meta);
    const config = readSizes(meta, family, file.tensors);
    const spare = (name: string): boolean => name === "rope_freqs.weight";
    const known = { architecture: "Decoder", config } as const;
    const tensors = placedTensors(file, known, { naming: "gguf", interleaved: family.interleaved, spare });
    const tokenizer = wanted ? readGgufTokenizer(meta, config.vocab) : undefined;
    return {
      ...known,
      ...{ format: "gguf", window: meta.size("context_length"), tensors },
      ...(tokenizer && { tokenizer }),
      notes: tokenizer ? [] : ["the file has no tokenizer: write the tokenizer of the spec yourself"],
      files: file.files,
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

function readSizes(meta: Meta, family: { norms: boolean; biases: boolean }, tensors: ReadonlyMap<string, Stored>): DecoderConfig {
  const [width, heads] = [meta.size("embedding_length"), meta.size("attention.head_count")];
  const kv = meta.size("attention.head_count_kv", heads);
  const channels = meta.size("attention.key_length", width / heads);
  const table = tensors.get("token_embd.weight");
  const vocab = table?.shape[0] ?? meta.size("vocab_size");
  if (heads % kv !== 0) throw disagreement(meta.path, [`${heads} heads cannot share ${kv} keys`]);
  if (channels % 2 !== 0) throw disagreement(meta.path, [`a head of ${channels} numbers cannot be turned in pairs`]);
  const said = meta.size("vocab_size", vocab);
  if (said !== vocab) throw disagreement(meta.path, [`token_embd.weight has ${vocab} rows, and vocab_size is ${said}`]);
  const base = meta.number("rope.freq_base", 10_000);
  return {
    depth: meta.size("block_count"),
    ...{ width, heads, kv, channels, vocab, norms: family.norms },
    inner: meta.size("feed_forward_length"),
    base,
    epsilon: shortest(meta.number("attention.layer_norm_rms_epsilon", 1e-6)),
    tied: !tensors.has("output.weight"),
    biases: family.biases || tensors.has("blk.0.attn_q.bias"),
    reach: meta.number("attention.sliding_window", 0),
    ...stretchOf(meta, { channels, base }, tensors.get("rope_freqs.weight")),
  };
}

/** How many tokens a text of the first training may have had, where a file only says how much slower each pair turns. */
const likely = Array.from({ length: 16 }, (_, i) => 2 ** (i + 5));

/** How rotary positions are stretched: by one factor, or by one for each pair, which are those of Llama 3.1 or none that std computes. */
function stretchOf(
  meta: Meta,
  sizes: { channels: number; base: number },
  factors: Stored | undefined,
): { stretch: number; seen: number } {
  const kind = meta.text("rope.scaling.type") ?? "none";
  const factor = meta.number("rope.scaling.factor", 1);
  if (kind !== "none" && kind !== "linear")
    throw unsupported(meta.path, `its rotary positions are scaled (${kind}), which std's Decoder does not`);
  const each = factors?.read();
  const most = each?.reduce((a, b) => Math.max(a, b), 1) ?? 1;
  if (each === undefined || most === 1)
    return kind === "linear" && factor !== 1 ? { stretch: factor, seen: 0 } : { stretch: 1, seen: 8192 };
  const stretch = shortest(most);
  const seen = [0, ...likely].find((tokens) => {
    const expected = slowdown({ ...sizes, stretch, seen: tokens });
    return expected.length === each.length && expected.every((x, f) => Math.abs(x / each[f]! - 1) < 1e-3);
  });
  if (kind === "none" && seen !== undefined) return { stretch, seen };
  throw unsupported(meta.path, "its rotary positions are scaled pair by pair in a way that std's Decoder does not");
}

/** The number that a 32-bit float was written as: 1e-5, not 9.999999747378752e-6. */
const shortest = (value: number): number => {
  const short = Number(value.toPrecision(7));
  return Math.fround(short) === Math.fround(value) ? short : value;
};

function refuseOddities(meta: Meta): void {
  const refuse = (what: string): never => {
    throw unsupported(meta.path, what);
  };
  if (meta.number("expert_count", 0) > 0) refuse("it is a mixture of experts, which std does not have");
  const channels = meta.size("attention.key_length", meta.size("embedding_length") / meta.size("attention.head_count"));
  if (meta.size("attention.value_length", channels) !== channels) refuse("its values are of another size than its keys");
  if (meta.size("rope.dimension_count", channels) !== channels) refuse("only a part of each head is turned by its position");
}

function unsupported(path: string, what: string): NeuroError {
  return new NeuroError("model_unsupported", `${shown(path)} cannot be imported: ${what}.`, {
    where: path,
    hint: "A model of another architecture can be served elsewhere and named here by its address: model m: Remote { remote: .. }.",
  });
}
