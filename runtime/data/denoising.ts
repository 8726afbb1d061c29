/**
 * Texts to be learned from without anybody's labels: UL2's mixture of denoisers (Tay et al. 2022, "UL2: Unifying language learning paradigms",
 * section 3.1 and table 2), BERT's masked words (Devlin et al. 2019, section 3.1), and the next word. Text is tokenized once; what is hidden
 * is hidden among tokens, and sentinels, modes and masks are words of the tokenizer.
 */
import { NeuroError } from "../error.ts";
import { tell } from "../notes.ts";
import type { Stream } from "../random.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import { Drawn, type Reading } from "./drawn.ts";
import { corrupt, countsOf, type Noise, noiseSpans, rawLength, roundHalfEven } from "./spans.ts";

/** One way of hiding: which share, in pieces of which mean length (0: one piece, at the end), how often, and the word that stands first. */
export type Denoiser = { readonly rate: number; readonly span?: number; readonly share?: number; readonly mode?: string };

type Texts = AsyncIterable<unknown> | Iterable<unknown>;

/** UL2's table: R (short spans, few hidden), S (the rest of a text), X (long spans, or half of the text). */
export const mixture: readonly Denoiser[] = [
  { rate: 0.15, span: 3, mode: "[R]" },
  { rate: 0.15, span: 8, mode: "[R]" },
  { rate: 0.25, mode: "[S]" },
  { rate: 0.5, span: 3, mode: "[X]" },
  { rate: 0.5, span: 8, mode: "[X]" },
  { rate: 0.15, span: 64, mode: "[X]" },
  { rate: 0.5, span: 64, mode: "[X]" },
];

/**
 * Rows of `given` (a mode word, the text with sentinels in it, the end token) and `answer` (each sentinel and what it stands for, the end token).
 * Texts are cut so that both fit the window, or `length` tokens; a text that is shorter is a row as it is.
 */
export function ul2(
  texts: Texts,
  { denoisers = mixture, length = 0 }: { readonly denoisers?: readonly Denoiser[]; readonly length?: number } = {},
): Drawn {
  checkShares(denoisers);
  return new Drawn("ul2", texts, { denoisers, length }, (reading) => {
    const { tokenizer } = reading;
    const sentinels = sentinelsOf(tokenizer);
    if (sentinels.length === 0) throw lacks("`<extra_id_0>`, `<extra_id_1>`, .. to stand for what is hidden", "sentinels: 100");
    const ways = denoisers.map((denoiser) => wayOf(denoiser, reading, length));
    const limit = new Limit(sentinels.length);
    return (tokens, random) => {
      const { mode, raw, noise } = ways[chosen(denoisers, random)]!;
      // A single token that would be left over could hide nothing.
      const part = tokens.slice(0, tokens.length === raw + 1 && raw > 2 ? raw - 1 : raw);
      if (part.length < 2) return { take: part.length };
      const spans = noiseSpans(part.length, noise, random, sentinels.length);
      limit.see(part.length, noise);
      const { inputs, targets } = corrupt(part, spans, sentinels);
      const { end } = tokenizer.special;
      return { take: part.length, row: { given: [...mode, ...inputs, end], answer: { text: "", tokens: [...targets, end] } } };
    };
  });
}

/** A denoiser with the words of its mode and the longest text that it may be given. Throws `window_too_small`. */
function wayOf({ rate, span = 0, mode = "" }: Denoiser, { tokenizer, window, joined }: Reading, length: number) {
  const word = mode === "" ? undefined : tokenizer.id(mode);
  const words = word === undefined ? tokenizer.encode(mode) : [word];
  const [source, target] = length > 0 ? [Math.min(length, window), Math.min(length, window)] : [window, window];
  const fits = (inputs: number, targets: number): boolean =>
    inputs + words.length <= source && targets <= target && (!joined || inputs + words.length + targets <= window);
  const raw = rawLength({ rate, span }, fits);
  if (raw >= 2) return { mode: words, raw, noise: { rate, span } };
  throw new NeuroError("window_too_small", `No text of two tokens, with what is hidden of it, fits into ${source} tokens.`, {
    hint: "Give the model a larger window.",
  });
}

/** Says once that a text would need more sentinels than there are. */
class Limit {
  readonly #most: number;
  #said = false;

  constructor(most: number) {
    this.#most = most;
  }

  see(length: number, { rate, span }: Noise): void {
    const wanted = countsOf(length, { rate, span }).spans;
    if (this.#said || wanted <= this.#most) return;
    this.#said = true;
    tell(
      `A text of ${length} tokens needs ${wanted} sentinels (${rate * 100}% in spans of ${span}), and the tokenizer has ${this.#most}: its spans are longer instead. bpe(.., sentinels: ${wanted}) has enough.`,
    );
  }
}

/** The number of a denoiser, drawn by their shares. */
function chosen(denoisers: readonly Denoiser[], random: Stream): number {
  const shares = denoisers.map(({ share = 1 }) => share);
  const drawn = random.uniform() * shares.reduce((sum, share) => sum + share, 0);
  let below = 0;
  for (const [i, share] of shares.entries()) {
    below += share;
    if (drawn < below) return i;
  }
  return shares.findLastIndex((share) => share > 0);
}

function checkShares(denoisers: readonly Denoiser[]): void {
  const wrong = denoisers.find(({ rate, share = 1, span = 0 }) => !(rate > 0 && rate < 1 && share >= 0 && span >= 0));
  if (denoisers.some(({ share = 1 }) => share > 0) && wrong === undefined) return;
  const what =
    wrong === undefined ? "no denoiser has a share" : `a denoiser hides ${wrong.rate} of a text in spans of ${wrong.span ?? 0}`;
  throw new NeuroError("denoiser_unusable", `ul2: ${what}.`, {
    hint: "`rate` lies between 0 and 1, `span` and `share` are not negative, and one share is above 0.",
  });
}

/** How words are masked. */
export type MaskedOptions = { readonly rate?: number; readonly hidden?: number; readonly random?: number };

/**
 * Rows of `masked` and `answer`, equally long: of a share `rate` of the words, drawn anew in each pass, `hidden` become the mask word, `random` any
 * word, and the rest stay; `keep` is 1 where a word was chosen, and only those are learned. Marks of the tokenizer ([CLS], [SEP]) stand around.
 */
export function masked(texts: Texts, { rate = 0.15, hidden = 0.8, random: other = 0.1 }: MaskedOptions = {}): Drawn {
  return new Drawn("masked", texts, { rate, hidden, random: other }, ({ tokenizer, window }) => {
    const mask = tokenizer.id("[MASK]") ?? tokenizer.id("<mask>");
    if (mask === undefined) throw lacks("`[MASK]` or `<mask>` to stand for a hidden word", "mask: true");
    const { before, after } = tokenizer.marks;
    const plain = plainWords(tokenizer);
    const room = Math.max(1, window - before.length - after.length);
    return (tokens, random) => {
      const part = tokens.slice(0, room);
      const places = drawnPlaces(part.length, Math.max(1, roundHalfEven(part.length * rate)), random);
      const shown = part.map((token, i) => {
        if (!places.has(i)) return token;
        const draw = random.uniform();
        return draw < hidden ? mask : draw < hidden + other ? plain[random.below(plain.length)]! : token;
      });
      const whole = (words: readonly number[]) => ({ text: "", tokens: [...before, ...words, ...after] });
      const keep = [...before.map(() => 0), ...part.map((_, i) => (places.has(i) ? 1 : 0)), ...after.map(() => 0)];
      return { take: part.length, row: { masked: whole(shown), answer: whole(part), keep } };
    };
  });
}

/** Rows whose answer is the text itself, cut at the window: a model that writes learns the next word of each. */
export function causal(texts: Texts): Drawn {
  return new Drawn("causal", texts, {}, ({ tokenizer, window }) => {
    const room = Math.max(1, window - 1);
    return (tokens) => {
      const part = tokens.slice(0, room);
      // A text that goes on in the next row is not ended here.
      const ended = part.length === tokens.length ? [tokenizer.special.end] : [];
      return { take: part.length, row: { given: [], answer: { text: "", tokens: [...part, ...ended] } } };
    };
  });
}

/** `count` of the places 0 .. length - 1, each set equally likely. */
function drawnPlaces(length: number, count: number, random: Stream): Set<number> {
  const places = new Set<number>();
  for (let i = 0; i < length; i++) if (random.below(length - i) < count - places.size) places.add(i);
  return places;
}

/** The ids of `<extra_id_0>`, `<extra_id_1>`, .. as far as they go. */
export function sentinelsOf(tokenizer: Tokenizer): number[] {
  const ids: number[] = [];
  for (let id = tokenizer.id("<extra_id_0>"); id !== undefined; id = tokenizer.id(`<extra_id_${ids.length}>`)) ids.push(id);
  return ids;
}

/** Ids of words that texts are made of: all but those that were added. */
function plainWords(tokenizer: Tokenizer): number[] {
  const added = new Set(((tokenizer.json.added_tokens ?? []) as readonly { id: number }[]).map(({ id }) => id));
  const ids = Array.from({ length: tokenizer.size }, (_, id) => id);
  return ids.filter((id) => !added.has(id) && tokenizer.token(id) !== undefined);
}

const lacks = (what: string, setting: string): NeuroError =>
  new NeuroError("special_word_missing", `The tokenizer has no ${what}.`, {
    hint: `Write bpe(.., ${setting}) and make the tokenizer anew, or use one that was made for this.`,
  });
