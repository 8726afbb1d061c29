/**
 * Trains a byte-level BPE tokenizer and writes it as a Hugging Face `tokenizer.json`: any text can be encoded, nothing
 * is unknown, and the same texts give the same file. It knows nothing of models or of where its texts come from.
 * Sennrich et al. 2016 (merges), Radford et al. 2019 (bytes and the splitting pattern).
 */
import { NeuroError } from "../error.ts";

export interface BpeOptions {
  /** How many tokens, special ones, markers and the 256 bytes included. */
  vocab: number;
  /** Tokens that no text contains; they are skipped when decoding. */
  special?: readonly string[];
  /** Footnote marks `[1]`, `[2]`, ... that are always one token and stay visible. */
  markers?: number;
  /** Special tokens with the last ids, in this order: see {@link denoisingWords}. */
  last?: readonly string[];
  /** A merge is not made once its token would hold more digits than this, so that numbers are spelled, not remembered. */
  digits?: number;
}

/** The part of Hugging Face's `tokenizer.json` that a byte-level BPE fills. */
export interface TokenizerJson {
  version: "1.0";
  truncation: null;
  padding: null;
  added_tokens: readonly AddedToken[];
  normalizer: { type: "NFC" };
  pre_tokenizer: ByteLevel;
  post_processor: null;
  decoder: ByteLevel;
  model: {
    type: "BPE";
    dropout: null;
    unk_token: null;
    continuing_subword_prefix: null;
    end_of_word_suffix: null;
    fuse_unk: false;
    byte_fallback: false;
    vocab: Readonly<Record<string, number>>;
    merges: readonly (readonly [string, string])[];
  };
}
interface AddedToken {
  id: number;
  content: string;
  single_word: false;
  lstrip: false;
  rstrip: false;
  normalized: false;
  special: boolean;
}
interface ByteLevel {
  type: "ByteLevel";
  /** A text begins as if a space stood before it, so a name is the same tokens wherever it stands. */
  add_prefix_space: true;
  trim_offsets: true;
  use_regex: true;
}

export const defaultSpecial = ["<pad>", "<eos>", "<bos>"] as const;

const pattern = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** GPT-2's printable stand-in for every byte. */
const byteSymbols: readonly string[] = (() => {
  const plain = (b: number): boolean => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
  let spare = 256;
  return Array.from({ length: 256 }, (_, b) => String.fromCodePoint(plain(b) ? b : spare++));
})();

/**
 * Learns the merges from the texts.
 * @throws NeuroError `vocab_too_small` when not even the bytes fit.
 */
export function trainBpe(texts: Iterable<string>, options: BpeOptions): TokenizerJson {
  const { special = defaultSpecial, last = [] } = options;
  const marks = Array.from({ length: options.markers ?? 9 }, (_, i) => `[${i + 1}]`);
  const first = special.length + marks.length;
  const least = first + 256 + last.length;
  if (options.vocab < least) {
    throw new NeuroError("vocab_too_small", `A byte-level vocabulary needs at least ${least} tokens, not ${options.vocab}.`, {
      hint: `Write vocab: ${least} or more.`,
    });
  }
  const added = [...special, ...marks];
  const tokens: string[] = [...added, ...byteSymbols];
  const words = countWords(texts, [...added, ...last]);
  const merges = learn(words, tokens, first, options.vocab - last.length, options.digits ?? 2);
  return describe(added, special.length, tokens, last, merges);
}

/** The words that hide parts of texts: BERT's mask, UL2's modes, and T5's sentinels, whose ids count down from the last one. */
export function denoisingWords({ sentinels = 0, mask = false }: { sentinels?: number; mask?: boolean }): string[] {
  const numbered = Array.from({ length: sentinels }, (_, i) => `<extra_id_${sentinels - 1 - i}>`);
  return [...(mask ? ["[MASK]"] : []), ...(sentinels > 0 ? ["[R]", "[S]", "[X]"] : []), ...numbered];
}

/** How often each pre-token occurs, as byte symbols' indices 0..255; added tokens are cut out first. */
function countWords(texts: Iterable<string>, added: readonly string[]): Map<string, number> {
  const cut = new RegExp(added.map((t) => t.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|") || "(?!)", "u");
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const part of text.normalize("NFC").split(cut)) {
      if (part === "") continue;
      for (const word of (part.startsWith(" ") ? part : ` ${part}`).match(pattern) ?? []) {
        counts.set(word, (counts.get(word) ?? 0) + 1);
      }
    }
  }
  return counts;
}

/** A pair of neighbouring tokens, how often it occurs, and the words that may hold it. */
interface Pair {
  left: number;
  right: number;
  count: number;
  words: Set<number>;
}

const digitsIn = (token: string): number => token.replace(/[^0-9]/g, "").length;

/** Repeatedly joins the most frequent pair (earliest tokens first among equals); extends `tokens` and returns the pairs. */
function learn(counts: Map<string, number>, tokens: string[], first: number, vocab: number, digits: number): [number, number][] {
  const encoder = new TextEncoder();
  // Sorted, so that the result does not depend on the order in which texts arrive.
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const words = sorted.map(([word]) => Array.from(encoder.encode(word), (b) => first + b));
  const weights = sorted.map(([, n]) => n);
  const pairs = new Map<number, Pair>();
  const heap = new Heap();
  const key = (left: number, right: number): number => left * 0x200000 + right;
  const change = (left: number, right: number, by: number, word: number): Pair => {
    let pair = pairs.get(key(left, right));
    if (pair === undefined) {
      pair = { left, right, count: 0, words: new Set() };
      pairs.set(key(left, right), pair);
    }
    pair.count += by;
    if (by > 0) pair.words.add(word);
    return pair;
  };
  words.forEach((word, w) => {
    for (let i = 0; i + 1 < word.length; i++) change(word[i] as number, word[i + 1] as number, weights[w] as number, w);
  });
  for (const pair of pairs.values()) heap.push(pair, pair.count);
  const merges: [number, number][] = [];
  while (tokens.length < vocab) {
    const best = heap.pop();
    if (best === undefined || best.count < 2) break;
    const text = (tokens[best.left] as string) + (tokens[best.right] as string);
    if (digitsIn(text) > digits) {
      best.count = 0;
      continue;
    }
    const made = tokens.push(text) - 1;
    merges.push([best.left, best.right]);
    const touched = new Set<Pair>();
    for (const w of best.words) merge(words, w, weights[w] as number, best, made, change, touched);
    pairs.delete(key(best.left, best.right));
    for (const pair of touched) if (pair !== best && pair.count > 0) heap.push(pair, pair.count);
  }
  return merges;
}

/** Replaces the pair in one word and moves the counts of its neighbours. */
function merge(
  words: number[][],
  w: number,
  weight: number,
  best: Pair,
  made: number,
  change: (left: number, right: number, by: number, word: number) => Pair,
  touched: Set<Pair>,
): void {
  const word = words[w] as number[];
  const out: number[] = [];
  for (let i = 0; i < word.length; i++) {
    if (word[i] === best.left && word[i + 1] === best.right) {
      out.push(made);
      i++;
    } else out.push(word[i] as number);
  }
  if (out.length === word.length) return;
  // Taking the old neighbours away and adding the new ones keeps every count exact, repeated tokens included.
  for (let i = 0; i + 1 < word.length; i++) touched.add(change(word[i] as number, word[i + 1] as number, -weight, w));
  for (let i = 0; i + 1 < out.length; i++) touched.add(change(out[i] as number, out[i + 1] as number, weight, w));
  words[w] = out;
}

/** A max-heap of pairs whose entries may be stale: an entry counts only while its count is still the pair's own. */
class Heap {
  readonly #items: { pair: Pair; count: number }[] = [];

  push(pair: Pair, count: number): void {
    const items = this.#items;
    items.push({ pair, count });
    let i = items.length - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (!this.#before(i, up)) break;
      this.#swap(i, up);
      i = up;
    }
  }

  pop(): Pair | undefined {
    for (;;) {
      const top = this.#items[0];
      const last = this.#items.pop();
      if (top === undefined || last === undefined) return undefined;
      if (this.#items.length > 0) {
        this.#items[0] = last;
        this.#sink();
      }
      if (top.count === top.pair.count) return top.pair;
    }
  }

  #sink(): void {
    let i = 0;
    for (;;) {
      let best = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < this.#items.length && this.#before(child, best)) best = child;
      }
      if (best === i) return;
      this.#swap(i, best);
      i = best;
    }
  }

  #before(i: number, j: number): boolean {
    const a = this.#items[i] as { pair: Pair; count: number };
    const b = this.#items[j] as { pair: Pair; count: number };
    return (b.count - a.count || a.pair.left - b.pair.left || a.pair.right - b.pair.right) < 0;
  }

  #swap(i: number, j: number): void {
    const held = this.#items[i] as { pair: Pair; count: number };
    this.#items[i] = this.#items[j] as { pair: Pair; count: number };
    this.#items[j] = held;
  }
}

const addedToken = (id: number, content: string, special: boolean): AddedToken => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special,
});

function describe(
  added: readonly string[],
  special: number,
  learned: readonly string[],
  last: readonly string[],
  merges: readonly [number, number][],
): TokenizerJson {
  const tokens = [...learned, ...last];
  const bytes: ByteLevel = { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [
      ...added.map((content, id) => addedToken(id, content, id < special)),
      ...last.map((content, i) => addedToken(learned.length + i, content, true)),
    ],
    normalizer: { type: "NFC" },
    pre_tokenizer: bytes,
    post_processor: null,
    decoder: bytes,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map(([a, b]) => [tokens[a] as string, tokens[b] as string]),
    },
  };
}
