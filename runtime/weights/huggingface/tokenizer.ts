/**
 * The tokenizer of a Hugging Face folder, made as large as the table of embeddings: a table is often padded, and each of its rows is a token
 * here. Knows nothing of weights.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "../../files.ts";
import { readTokenizerConfig, type TokenizerConfig } from "../../text/config.ts";
import { readSentencePiece } from "../../text/sentencepiece.ts";
import { Tokenizer } from "../../text/tokenizer.ts";
import { disagreement } from "../foreign.ts";

/** A tokenizer as it is written beside imported weights. */
export type FoundTokenizer = {
  readonly json: Record<string, unknown>;
  readonly config: TokenizerConfig;
  readonly notes: readonly string[];
  readonly files: readonly string[];
};

/** The tokenizer of a folder; undefined when it has none. Throws `weights_differ` when it has more tokens than the table has rows. */
export function readTokenizerFolder(folder: string, vocab: number): FoundTokenizer | undefined {
  const { config, files } = readTokenizerConfig(folder);
  const path = join(folder, "tokenizer.json");
  const model = join(folder, "tokenizer.model");
  if (!existsSync(path) && !existsSync(model)) return undefined;
  const source = existsSync(path) ? path : model;
  const json = source === path ? (readJson(path) as Record<string, unknown>) : readSentencePiece(model);
  const { tokenizer, notes } = withTokenizer(json, source, vocab, config);
  return { ...tokenizer, notes, files: [source, ...files] };
}

/** A `tokenizer.json` for a table of `vocab` rows, and what a person should know of it. Throws `weights_differ`, `tokenizer_foreign`. */
export function withTokenizer(json: Record<string, unknown>, path: string, vocab: number, config: TokenizerConfig = {}) {
  const { size } = Tokenizer.parse(json, path, config);
  if (size > vocab) throw disagreement(path, [`it has ${size} tokens, and the model's table ${vocab} rows`]);
  const notes = size < vocab ? [`${vocab - size} rows of its table are no token: named [PAD${size}] and so on`] : [];
  return { tokenizer: { json: padded(json, size, vocab), config }, notes };
}

/** A `tokenizer.json` with a token for every id below `vocab`. */
function padded(json: Record<string, unknown>, size: number, vocab: number): Record<string, unknown> {
  if (size === vocab) return json;
  const token = (id: number) => ({
    id,
    content: `[PAD${id}]`,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  const added = Array.from({ length: vocab - size }, (_, i) => token(size + i));
  return { ...json, added_tokens: [...((json.added_tokens as unknown[] | undefined) ?? []), ...added] };
}
