/**
 * A vocabulary of byte-level merges (GPT-2's kind, which Llama 3 and Qwen have) as a `tokenizer.json`. How texts are cut into words before
 * merging is known by a name only, so an unknown name is refused. Knows nothing of files.
 */
import { NeuroError } from "../error.ts";
import { addedToken, beginning, kinds, type Piece } from "./pieces.ts";

type Cut = { readonly words: readonly object[]; readonly normalizer?: object; readonly whole?: boolean };

const split = (regex: string): object => ({ type: "Split", pattern: { Regex: regex }, behavior: "Isolated", invert: false });
const bytes = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false };
const gpt2 = { ...bytes, use_regex: true };
const digits = { type: "Digits", individual_digits: true };
const modern = (numbers: string): object =>
  split(
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" +
      `${numbers}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
  );

/** How texts are cut, by llama.cpp's names (`tokenizer.ggml.pre`); each is the pre-tokenizer of the model's own `tokenizer.json`. */
const cuts: Readonly<Record<string, Cut>> = {
  "gpt-2": { words: [gpt2] },
  "llama-bpe": { words: [modern("\\p{N}{1,3}"), bytes], whole: true },
  qwen2: { words: [modern("\\p{N}"), bytes], normalizer: { type: "NFC" } },
  smollm: { words: [digits, gpt2] },
};

/** What llama.cpp calls the way in which a `tokenizer.json` cuts texts; undefined when it is none of those known. */
export function cutNameOf(json: { readonly pre_tokenizer?: unknown }): string | undefined {
  const shape = (words: readonly object[]): string =>
    JSON.stringify(words, (key, value) => (key === "trim_offsets" ? undefined : value));
  const { pretokenizers = [json.pre_tokenizer] } = (json.pre_tokenizer ?? {}) as { pretokenizers?: unknown[] };
  return Object.keys(cuts).find((name) => shape(cuts[name]!.words) === shape(pretokenizers as object[]));
}

/** The `tokenizer.json` of a vocabulary and its merges (`left right`). Throws `tokenizer_foreign` for a way of cutting that is not known. */
export function tokenizerOfMerges(
  tokens: readonly Pick<Piece, "text" | "kind">[],
  merges: readonly string[],
  options: { readonly cut: string; readonly begin?: string; readonly path: string },
): Record<string, unknown> {
  const cut = Object.hasOwn(cuts, options.cut) ? cuts[options.cut]! : undefined;
  if (cut === undefined) {
    throw new NeuroError(
      "tokenizer_foreign",
      `${options.path} cuts texts into words in a way called ${options.cut}, and ${Object.keys(cuts).join(", ")} are known.`,
      { where: options.path, hint: "Import it with --tokenizer and the tokenizer.json of the model it was made from." },
    );
  }
  const ids = new Map(tokens.map(({ text }, id) => [text, id]));
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: tokens.flatMap(({ text, kind }, id) =>
      kind === kinds.normal || kind === kinds.byte ? [] : [addedToken(id, text, kind !== kinds.defined)],
    ),
    normalizer: cut.normalizer ?? null,
    pre_tokenizer: cut.words.length === 1 ? cut.words[0] : { type: "Sequence", pretokenizers: cut.words },
    post_processor: options.begin === undefined ? null : beginning(options.begin, ids.get(options.begin)!),
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: cut.whole === true,
      vocab: Object.fromEntries(tokens.flatMap(({ text, kind }, id) => (kind === kinds.normal ? [[text, id]] : []))),
      merges: merges.map((merge) => merge.split(" ")),
    },
  };
}
