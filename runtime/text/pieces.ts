/**
 * A vocabulary of scored pieces (SentencePiece's BPE, as Llama has it) as a `tokenizer.json`: neighbours whose union scores best are merged
 * first, and what no piece spells is spelled in bytes. Knows nothing of files.
 */
import { NeuroError } from "../error.ts";

/** What SentencePiece calls the kinds of a piece, by their numbers there and in GGUF's `tokenizer.ggml.token_type`. */
export const kinds = { normal: 1, unknown: 2, control: 3, defined: 4, unused: 5, byte: 6 } as const;

/** A piece of a vocabulary; its id is its place in the list. Spaces are spelled `▁`. */
export type Piece = { readonly text: string; readonly score: number; readonly kind: number };

/** How texts are made ready: whether a space is put before them, and whether `begin` is. */
export type PieceOptions = { readonly prefix: boolean; readonly begin?: string; readonly path: string };

/** The `tokenizer.json` of a vocabulary of pieces. Throws `tokenizer_foreign` for two pieces of one text. */
export function tokenizerOfPieces(pieces: readonly Piece[], { prefix, begin, path }: PieceOptions): Record<string, unknown> {
  const vocab = new Map<string, number>();
  for (const [id, { text }] of pieces.entries()) {
    if (vocab.has(text)) {
      const what = `two of its pieces are ${JSON.stringify(text)}`;
      const hint = "Take the model's tokenizer.json from where the model was first published.";
      throw new NeuroError("tokenizer_foreign", `${path} cannot be used as a tokenizer: ${what}.`, { where: path, hint });
    }
    vocab.set(text, id);
  }
  const unknown = pieces.find((piece) => piece.kind === kinds.unknown)?.text;
  const spelled = pieces.some((piece) => piece.kind === kinds.byte);
  const space = { type: "Replace", pattern: { String: " " }, content: "▁" };
  const strip = { type: "Strip", content: " ", start: 1, stop: 0 };
  const unspace = { type: "Replace", pattern: { String: "▁" }, content: " " };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: pieces.flatMap((piece, id) =>
      isAdded(piece.kind) ? [addedToken(id, piece.text, piece.kind !== kinds.defined)] : [],
    ),
    normalizer: { type: "Sequence", normalizers: [...(prefix ? [{ type: "Prepend", prepend: "▁" }] : []), space] },
    pre_tokenizer: null,
    post_processor: begin === undefined ? null : beginning(begin, vocab.get(begin)!),
    decoder: { type: "Sequence", decoders: [unspace, { type: "ByteFallback" }, { type: "Fuse" }, ...(prefix ? [strip] : [])] },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: unknown ?? null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: spelled,
      vocab: Object.fromEntries(vocab),
      merges: merges(pieces, vocab),
    },
  };
}

const isAdded = (kind: number): boolean => kind === kinds.unknown || kind === kinds.control || kind === kinds.defined;

/** One entry of `added_tokens`. */
export function addedToken(id: number, content: string, special: boolean): Record<string, unknown> {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special };
}

/** The post-processor that puts a token before every text. */
export function beginning(token: string, id: number): Record<string, unknown> {
  const [first, text] = [{ SpecialToken: { id: token, type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }];
  const second = { Sequence: { id: "B", type_id: 1 } };
  return {
    type: "TemplateProcessing",
    single: [first, text],
    pair: [first, text, { ...first, SpecialToken: { id: token, type_id: 1 } }, second],
    special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
  };
}

/** Every way to put a piece together of two others, the best scored piece first: what merging by score does, as a list of ranks. */
function merges(pieces: readonly Piece[], vocab: ReadonlyMap<string, number>): [string, string][] {
  const joinable = (text: string): boolean => {
    const kind = pieces[vocab.get(text) ?? -1]?.kind;
    return kind === kinds.normal || kind === kinds.defined;
  };
  const ordered = pieces.filter((piece) => piece.kind === kinds.normal).sort((a, b) => b.score - a.score);
  return ordered.flatMap(({ text }) => {
    const characters = Array.from(text);
    const ways: [string, string][] = [];
    for (let i = 1; i < characters.length; i++) {
      const [left, right] = [characters.slice(0, i).join(""), characters.slice(i).join("")];
      if (joinable(left) && joinable(right)) ways.push([left, right]);
    }
    return ways;
  });
}
