/**
 * Text becomes token ids in this one place, for training and for serving alike, and every token knows where its text stands.
 * Reads Hugging Face's `tokenizer.json`. Knows nothing of prompts or models.
 */
import { basename, dirname } from "node:path";
import { Tokenizer as Engine } from "@huggingface/tokenizers";
import { NeuroError } from "../error.ts";
import { canonicalJson, readJson, sha256, shown } from "../files.ts";
import { type ChatTemplate, chatTemplate } from "./chat.ts";
import { readTokenizerConfig, type TokenizerConfig } from "./config.ts";
import { type Marks, marksOf } from "./marks.ts";

/** The ids that programs need by meaning. */
export type SpecialIds = {
  readonly pad: number;
  readonly begin: number;
  readonly end: number;
  /** Every id that ends an answer, `end` among them: chat models have several. */
  readonly ends: readonly number[];
};

/** Token ids of a text, and where each begins and ends in it (UTF-16 offsets; a token within one character has that character's). */
export type Encoded = { readonly ids: readonly number[]; readonly starts: readonly number[]; readonly ends: readonly number[] };

const names = {
  end: ["<eos>", "</s>", "<|endoftext|>", "<|im_end|>", "<|end_of_text|>", "[SEP]"],
  begin: ["<bos>", "<s>", "<|begin_of_text|>", "<|endoftext|>", "[CLS]"],
  pad: ["<pad>", "[PAD]", "<|padding|>"],
} as const;

/** A tokenizer, read from a file or made by `trainBpe`; it never changes. */
export class Tokenizer {
  /** SHA-256 of the tokenizer's meaning (its JSON with sorted keys): what weights remember of it. */
  readonly hash: string;
  /** The number of ids: one more than the largest. */
  readonly size: number;
  readonly special: SpecialIds;
  /** Whether a text of a model without an encoder is given its begin token. */
  readonly begins: boolean;
  /** What stands around and between texts that a model reads whole. */
  readonly marks: Marks;
  /** How a dialog is laid out, where the tokenizer came with a model that chats. */
  readonly chat: ChatTemplate | undefined;
  /** What it was made from: `tokenizer.json`, and what stands beside it. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly config: TokenizerConfig;
  #engine: Engine;
  #addsSpace: boolean;
  /** Tokens are spelled in stand-ins of bytes, or with `▁` for spaces. */
  #bytes: boolean;
  readonly #pieces = new Map<string, Uint8Array>();
  #spaces: boolean;

  private constructor(json: TokenizerFile, path: string, config: TokenizerConfig) {
    this.#engine = new Engine(
      { pre_tokenizer: null, decoder: null, post_processor: null, normalizer: null, added_tokens: [], ...json },
      {},
    );
    this.hash = sha256(canonicalJson(json));
    this.json = json;
    this.config = config;
    this.size = sizeOf(json);
    this.#bytes = usesBytes(json);
    this.#spaces = JSON.stringify(json.decoder ?? null).includes("▁");
    this.#addsSpace = layers(json.pre_tokenizer).some((layer) => layer.add_prefix_space === true);
    this.chat = config.chat_template === undefined ? undefined : chatTemplate(config.chat_template, config);
    this.special = this.#specialIds(config, path);
    const marked = this.#engine.encode("a").ids;
    this.marks = marksOf(this.encode("a"), marked, this.#engine.encode("a", { text_pair: "a" }).ids);
    this.begins = config.add_bos_token ?? marked[0] === this.special.begin;
  }

  /**
   * Reads `tokenizer.json`, and what Hugging Face's layout puts beside a file of that name: special tokens and a chat template. Throws
   * `file_missing`, `file_unreadable`, `file_not_json`, `tokenizer_foreign`, `model_config` or `chat_template`.
   */
  static load(path: string): Tokenizer {
    const hint = "The tokenizer is written by `neuroc train` (or `neuroc build`), beside the weights that it belongs to.";
    const { config } = basename(path) === "tokenizer.json" ? readTokenizerConfig(dirname(path)) : { config: {} };
    return Tokenizer.parse(readJson(path, hint), path, config);
  }

  /** The tokenizer that a parsed `tokenizer.json` describes; `path` is for messages. Throws `tokenizer_foreign`. */
  static parse(json: unknown, path = "tokenizer.json", config: TokenizerConfig = {}): Tokenizer {
    const file = json as Partial<TokenizerFile> | null;
    if (
      file === null ||
      typeof file !== "object" ||
      file.model === null ||
      typeof file.model !== "object" ||
      !("vocab" in file.model)
    ) {
      throw fault(path, "it has no model with a vocabulary");
    }
    try {
      return new Tokenizer(file as TokenizerFile, path, config);
    } catch (error) {
      if (error instanceof NeuroError) throw error;
      throw fault(path, error instanceof Error ? error.message : String(error));
    }
  }

  /** The ids of a text, without begin and end. */
  encode(text: string): number[] {
    return text === "" ? [] : this.#engine.encode(text, { add_special_tokens: false }).ids;
  }

  /** The ids of a text and where each token stands in it. */
  encodeWithSpans(text: string): Encoded {
    if (text === "") return { ids: [], starts: [], ends: [] };
    const { ids, tokens } = this.#engine.encode(text, { add_special_tokens: false });
    const pieces = (tokens as string[]).map((token, i) => this.#piece(token, ids[i]!));
    return { ids, ...align(text, pieces) };
  }

  /** The bytes of a token, found once for each. */
  #piece(token: string, id: number): Uint8Array {
    const known = this.#pieces.get(token) ?? this.#bytesOf(token, id);
    this.#pieces.set(token, known);
    return known;
  }

  /** The bytes that a token stands for, before a decoder takes the space away that was put before the text. */
  #bytesOf(token: string, id: number): Uint8Array {
    if (this.#bytes) return bytesOf(token);
    const byte = /^<0x([0-9A-F]{2})>$/.exec(token)?.[1];
    if (this.#spaces && byte !== undefined) return Uint8Array.of(Number.parseInt(byte, 16));
    return utf8.encode(this.#spaces ? token.replaceAll("▁", " ") : this.#engine.decode([id]));
  }

  /** Where each token of a text begins (UTF-16 offsets, ascending). */
  offsets(text: string): readonly number[] {
    return this.encodeWithSpans(text).starts;
  }

  /** The text of ids; special tokens are left out, and so is a space that encoding puts before a text. */
  decode(ids: readonly number[]): string {
    if (ids.length === 0) return "";
    const text = this.#engine.decode([...ids], { skip_special_tokens: true, clean_up_tokenization_spaces: false });
    return this.#addsSpace && text.startsWith(" ") ? text.slice(1) : text;
  }

  /** The id of a token as it is spelled in the vocabulary, such as `<eos>` or `[1]`. */
  id(token: string): number | undefined {
    return this.#engine.token_to_id(token);
  }

  /** How the vocabulary spells the token of an id. */
  token(id: number): string | undefined {
    return this.#engine.id_to_token(id);
  }

  /** The ids that a config names, or else those of well-known names. */
  #specialIds(config: TokenizerConfig, path: string): SpecialIds {
    const named = (token: string | undefined): number | undefined => {
      const id = token === undefined || token === "" ? undefined : this.#engine.token_to_id(token);
      if (id === undefined && token) throw fault(path, `its config names the token ${token}, which it does not have`);
      return id;
    };
    const stranger = config.eos_token_id?.find((id) => id >= this.size);
    if (stranger !== undefined) throw fault(path, `its config ends texts with the id ${stranger}, which it does not have`);
    const end = named(config.eos_token) ?? config.eos_token_id?.[0] ?? this.#first(names.end);
    if (end === undefined) throw fault(path, `it has no end token (none of ${names.end.slice(0, 3).join(", ")})`);
    return {
      end,
      begin: named(config.bos_token) ?? this.#chatBegins() ?? this.#first(names.begin) ?? end,
      pad: named(config.pad_token) ?? this.#first(names.pad) ?? end,
      ends: [...new Set([end, ...(config.eos_token_id ?? [])])],
    };
  }

  /** The special token with which every chat begins, where the model was trained without a begin token of its own (Qwen). */
  #chatBegins(): number | undefined {
    try {
      const text = this.chat?.render([{ role: "user", content: "a" }]);
      const token = text === undefined ? undefined : /^<[^<>\s]+>/.exec(text)?.[0];
      return token === undefined ? undefined : this.#engine.token_to_id(token);
    } catch {
      return undefined; // a template that wants more than a turn of the user says so where it is used
    }
  }

  #first(candidates: readonly string[]): number | undefined {
    return candidates.map((token) => this.#engine.token_to_id(token)).find((id) => id !== undefined);
  }
}

type Layer = {
  readonly type?: string;
  readonly add_prefix_space?: boolean;
  readonly pretokenizers?: Layer[];
  readonly decoders?: Layer[];
};
type TokenizerFile = {
  readonly model: { readonly vocab: unknown };
  readonly added_tokens?: readonly { readonly id: number }[];
  readonly pre_tokenizer?: Layer | null;
  readonly decoder?: Layer | null;
};

const utf8 = new TextEncoder();

function layers(layer: Layer | null | undefined): readonly Layer[] {
  return layer == null ? [] : [layer, ...(layer.pretokenizers ?? []).flatMap(layers), ...(layer.decoders ?? []).flatMap(layers)];
}

/** One more than the largest id: of a map from token to id, or of a list, with what was added. */
function sizeOf({ model: { vocab }, added_tokens: added = [] }: TokenizerFile): number {
  const own = Array.isArray(vocab) ? [vocab.length - 1] : Object.values(vocab as Record<string, number>);
  return [...own, ...added.map((token) => token.id)].reduce((most, id) => Math.max(most, id), -1) + 1;
}

function usesBytes(json: TokenizerFile): boolean {
  return layers(json.decoder).some((layer) => layer.type === "ByteLevel");
}

function fault(path: string, what: string): NeuroError {
  return new NeuroError("tokenizer_foreign", `${shown(path)} cannot be used as a tokenizer: ${what}.`, {
    where: path,
    hint: "It should be a tokenizer.json of Hugging Face's tokenizers library, or one that `neuroc` wrote.",
  });
}

/** GPT-2's printable stand-ins, back to bytes; an added token such as `[1]` is its own text. */
const byteOfSymbol: ReadonlyMap<string, number> = (() => {
  const plain = (byte: number): boolean => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let spare = 256;
  return new Map(Array.from({ length: 256 }, (_, byte) => [String.fromCodePoint(plain(byte) ? byte : spare++), byte]));
})();

function bytesOf(token: string): Uint8Array {
  const bytes = Array.from(token, (symbol) => byteOfSymbol.get(symbol));
  return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes as number[]) : utf8.encode(token);
}

/**
 * Lays pieces, in order, over a text. A piece may begin with a space that the text does not have (it was put there); where a tokenizer
 * changed the text otherwise (case, accents), the piece takes as many bytes as it has, so that spans stay ordered and never leave the text.
 */
function align(text: string, pieces: readonly Uint8Array[]): { starts: number[]; ends: number[] } {
  const { bytes, places } = composedBytes(text);
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  for (const piece of pieces) {
    const matches = (from: number): boolean => piece.subarray(from).every((byte, i) => bytes[at + i] === byte);
    const invented = piece[0] === 0x20 && bytes[at] !== 0x20 && matches(1) ? 1 : 0;
    const next = Math.min(bytes.length, at + piece.length - invented);
    starts.push(places[at]!);
    ends.push(next > at ? places[next - 1]! + widthAt(text, places[next - 1]!) : places[at]!);
    at = next;
  }
  return { starts, ends };
}

function widthAt(text: string, offset: number): number {
  return (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
}

/** The UTF-8 bytes of the composed (NFC) text, and for each the offset of its character in the text as given. */
function composedBytes(text: string): { bytes: Uint8Array; places: number[] } {
  const places: number[] = [];
  let composed = "";
  const add = (part: string, offset: number, keep: boolean): void => {
    composed += part;
    let inner = 0;
    for (const character of part) {
      const place = offset + (keep ? inner : 0);
      for (let left = bytesIn(character.codePointAt(0)!); left > 0; left--) places.push(place);
      inner += character.length;
    }
  };
  if (text === text.normalize("NFC")) add(text, 0, true);
  else
    for (const { segment, index } of new Intl.Segmenter("und").segment(text))
      add(segment.normalize("NFC"), index, segment === segment.normalize("NFC"));
  places.push(text.length);
  return { bytes: utf8.encode(composed), places };
}

/** How many bytes a character takes in UTF-8; a lone surrogate is written as the replacement character, which takes three. */
const bytesIn = (code: number): number => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);
