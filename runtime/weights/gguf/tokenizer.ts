/** The tokenizer that a GGUF file carries, as a `tokenizer.json`: Llama's scored pieces or GPT-2's merges of bytes. */
import { NeuroError } from "../../error.ts";
import { shown } from "../../files.ts";
import { tokenizerOfMerges } from "../../text/byte-pairs.ts";
import type { TokenizerConfig } from "../../text/config.ts";
import { kinds, tokenizerOfPieces } from "../../text/pieces.ts";
import { disagreement } from "../foreign.ts";
import type { Meta } from "./meta.ts";

type Found = { readonly json: Record<string, unknown>; readonly config: TokenizerConfig };

/** Reads the keys under `tokenizer.`; undefined when there are none. Throws `tokenizer_foreign`, `weights_differ`. */
export function readGgufTokenizer(meta: Meta, vocab: number): Found | undefined {
  const model = meta.at("tokenizer.ggml.model");
  if (model === undefined || model === "no_vocab" || model === "none") return undefined;
  const texts = meta.list("tokenizer.ggml.tokens", "string") ?? [];
  if (texts.length !== vocab)
    throw disagreement(meta.path, [`its tokenizer has ${texts.length} tokens, and its table ${vocab} rows`]);
  const types = meta.list("tokenizer.ggml.token_type", "number") ?? [];
  const tokens = texts.map((text, id) => ({ text, kind: types[id] ?? kinds.normal }));
  const config = configOf(meta, texts, model === "llama");
  const begin = config.add_bos_token ? config.bos_token : undefined;
  const options = { path: shown(meta.path), ...(begin !== undefined && { begin }) };
  if (model === "gpt2") {
    const cut = meta.at("tokenizer.ggml.pre") ?? "default";
    const merges = meta.list("tokenizer.ggml.merges", "string") ?? [];
    return { json: tokenizerOfMerges(tokens, merges, { cut: String(cut), ...options }), config };
  }
  if (model !== "llama") {
    throw new NeuroError(
      "tokenizer_foreign",
      `${shown(meta.path)} has a tokenizer of the kind ${model}; llama and gpt2 are read.`,
      {
        where: meta.path,
        hint: "Import it with --tokenizer and the tokenizer.json of the model it was made from.",
      },
    );
  }
  const scores = meta.list("tokenizer.ggml.scores", "number") ?? [];
  const prefix = meta.at("tokenizer.ggml.add_space_prefix") !== false;
  const pieces = tokens.map((token, id) => ({ ...token, score: scores[id] ?? 0 }));
  return { json: tokenizerOfPieces(pieces, { prefix, ...options }), config };
}

function configOf(meta: Meta, texts: readonly string[], begins: boolean): TokenizerConfig {
  const id = (name: string): number | undefined => {
    const value = meta.at(`tokenizer.ggml.${name}_token_id`);
    if (value === undefined) return undefined;
    if (Number.isInteger(value) && (value as number) >= 0 && (value as number) < texts.length) return value as number;
    throw disagreement(meta.path, [`its ${name} token is ${String(value)}, and there are ${texts.length}`]);
  };
  const text = (name: string): string | undefined => texts[id(name) ?? -1];
  const ends = [id("eos"), id("eot"), id("eom")].filter((each) => each !== undefined);
  const add = meta.at("tokenizer.ggml.add_bos_token");
  const [bos, eos, pad, unk] = [text("bos"), text("eos"), text("padding"), text("unknown")];
  const template = meta.at("tokenizer.chat_template");
  return {
    ...(bos !== undefined && { bos_token: bos }),
    ...(eos !== undefined && { eos_token: eos }),
    ...(pad !== undefined && { pad_token: pad }),
    ...(unk !== undefined && { unk_token: unk }),
    add_bos_token: typeof add === "boolean" ? add : begins,
    ...(typeof template === "string" && { chat_template: template }),
    ...(ends.length > 0 && { eos_token_id: [...new Set(ends)] }),
  };
}
