/**
 * A `tokenizer.json` as the keys that llama.cpp reads its tokenizer from. Llama's scores are made from the ranks of its merges, which order
 * them alike. A way of tokenizing that llama.cpp has no name for is left out, and said.
 */
import { cutNameOf } from "../../text/byte-pairs.ts";
import { kinds } from "../../text/pieces.ts";
import type { Tokenizer } from "../../text/tokenizer.ts";
import type { Typed } from "./write.ts";

type Layer = {
  readonly type?: string;
  readonly prepend_scheme?: string;
  readonly normalizers?: Layer[];
  readonly decoders?: Layer[];
};
type Json = {
  readonly model?: {
    readonly type?: string;
    readonly vocab?: Record<string, number>;
    readonly merges?: readonly (string | [string, string])[];
  };
  readonly added_tokens?: readonly { readonly id: number; readonly content: string; readonly special: boolean }[];
  readonly pre_tokenizer?: Layer | null;
  readonly normalizer?: Layer | null;
  readonly decoder?: Layer | null;
};

/** The keys of a tokenizer for a table of `vocab` rows; `note` where llama.cpp cannot tokenize as it does. */
export function vocabularyKeys(tokenizer: Tokenizer, vocab: number): { keys: Map<string, Typed>; note?: string } {
  const json: Json = tokenizer.json;
  const byBytes = decoders(json.decoder).includes("ByteLevel");
  const bySpaces = decoders(json.decoder).includes("ByteFallback");
  const cut = byBytes ? cutNameOf(json) : undefined;
  if (json.model?.type !== "BPE" || (!bySpaces && cut === undefined)) {
    const note = "llama.cpp has no such tokenizer: the file has none, and is given token ids";
    return { keys: new Map([["tokenizer.ggml.model", text("no_vocab")]]), note };
  }
  const { texts, types } = tokens(json, vocab, bySpaces);
  const merges = (json.model.merges ?? []).map((merge) => (typeof merge === "string" ? merge : merge.join(" ")));
  const keys = new Map<string, Typed>([
    ["tokenizer.ggml.model", text(bySpaces ? "llama" : "gpt2")],
    ["tokenizer.ggml.pre", text(cut ?? "default")],
    ["tokenizer.ggml.tokens", { type: "texts", value: texts }],
    ["tokenizer.ggml.token_type", { type: "i32s", value: types }],
  ]);
  if (bySpaces) {
    keys.set("tokenizer.ggml.scores", { type: "f32s", value: scores(texts, merges) });
    keys.set("tokenizer.ggml.add_space_prefix", { type: "bool", value: prefixed(json) });
  } else keys.set("tokenizer.ggml.merges", { type: "texts", value: merges });
  const { begin, end, pad, ends } = tokenizer.special;
  keys.set("tokenizer.ggml.bos_token_id", { type: "u32", value: begin });
  keys.set("tokenizer.ggml.eos_token_id", { type: "u32", value: end });
  const other = ends.find((id) => id !== end);
  if (other !== undefined) keys.set("tokenizer.ggml.eot_token_id", { type: "u32", value: other });
  keys.set("tokenizer.ggml.padding_token_id", { type: "u32", value: pad });
  keys.set("tokenizer.ggml.add_bos_token", { type: "bool", value: tokenizer.begins });
  if (tokenizer.chat !== undefined) keys.set("tokenizer.chat_template", text(tokenizer.chat.source));
  return { keys };
}

const text = (value: string): Typed => ({ type: "text", value });

function decoders(layer: Layer | null | undefined): (string | undefined)[] {
  return layer == null ? [] : [layer.type, ...(layer.decoders ?? []).flatMap(decoders)];
}

/** The text and kind of every id below `vocab`; an id without a token is one that is never used. */
function tokens(json: Json, vocab: number, bySpaces: boolean): { texts: string[]; types: number[] } {
  const texts = Array.from({ length: vocab }, (_, id) => `[PAD${id}]`);
  const types: number[] = texts.map(() => kinds.unused);
  for (const [token, id] of Object.entries(json.model!.vocab ?? {})) {
    texts[id] = token;
    types[id] = bySpaces && /^<0x[0-9A-F]{2}>$/.test(token) ? kinds.byte : kinds.normal;
  }
  for (const { id, content, special } of json.added_tokens ?? []) {
    texts[id] = content;
    types[id] = content === "<unk>" ? kinds.unknown : special ? kinds.control : kinds.defined;
  }
  return { texts, types };
}

/** The earlier a piece is made of two others, the better it scores. */
function scores(texts: readonly string[], merges: readonly string[]): number[] {
  const ranks = new Map<string, number>();
  for (const [rank, merge] of merges.entries()) {
    const piece = merge.replace(" ", "");
    if (!ranks.has(piece)) ranks.set(piece, rank);
  }
  return texts.map((piece) => -(ranks.get(piece) ?? 0));
}

/** Whether a space is put before a text. */
function prefixed({ normalizer, pre_tokenizer: words }: Json): boolean {
  const layers = [normalizer, ...(normalizer?.normalizers ?? [])];
  if (layers.some((layer) => layer?.type === "Prepend")) return true;
  return words?.type === "Metaspace" && words.prepend_scheme !== "never";
}
