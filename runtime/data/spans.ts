/**
 * Span corruption as T5 defines it (Raffel et al. 2020, section 3.1.4; text-to-text-transfer-transformer, preprocessors: random_spans_helper,
 * random_spans_noise_mask, span_corruption): parts of a text are replaced by sentinels, and the target tells them. Putting the target's spans in
 * place of the sentinels gives the text again. Pure: knows nothing of tokenizers or rows.
 */
import type { Stream } from "../random.ts";

/** A share of a text's tokens that is hidden, and the mean length of a piece; 0 for all of it in one piece, at the end. */
export type Noise = { readonly rate: number; readonly span: number };

/** Rounds to the nearest whole number, halves to the even one, as Python and TensorFlow do. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** How many tokens of a text are hidden, in how many pieces: at least one of each, at most so many that a kept token stands between any two. */
export function countsOf(length: number, { rate, span }: Noise): { noise: number; spans: number } {
  const noise = Math.min(Math.max(roundHalfEven(length * rate), 1), length - 1);
  const wanted = span > 0 ? Math.max(1, roundHalfEven(noise / span)) : 1;
  return { noise, spans: Math.min(wanted, noise, length - noise) };
}

/** The lengths of input and target that a text of two tokens or more becomes, each with its end token. */
export function corruptedLengths(tokens: number, how: Noise): { inputs: number; targets: number } {
  const { noise, spans } = countsOf(tokens, how);
  return { inputs: tokens - noise + spans + 1, targets: noise + spans + 1 };
}

/**
 * The longest text whose input and target fit; 0 where not even two tokens do. For T5's fixed input length, targets no longer than it:
 * `rawLength({ rate: 0.15, span: 3 }, (inputs, targets) => inputs <= 512 && targets <= 512)` is 568.
 */
export function rawLength(noise: Noise, fits: (inputs: number, targets: number) => boolean): number {
  const enough = (tokens: number): boolean => {
    const { inputs, targets } = corruptedLengths(tokens, noise);
    return fits(inputs, targets);
  };
  if (!enough(2)) return 0;
  // Both lengths never fall as the text grows, so what fits is a stretch from 2 on.
  let [low, high] = [2, 4];
  while (enough(high)) [low, high] = [high, high * 2];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (enough(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Which tokens of a text are hidden: `[start, end)` of each span, in order. The text begins with what is kept and ends with what is hidden. At most
 * `most` spans, which are longer then. No spans for a rate of 0 or a text of one token.
 */
export function noiseSpans(length: number, how: Noise, random: Stream, most = length): [number, number][] {
  if (length < 2 || how.rate <= 0) return [];
  const { noise, spans: wanted } = countsOf(length, how);
  const spans = Math.min(wanted, Math.max(1, most));
  const hidden = segments(noise, spans, random);
  const shown = segments(length - noise, spans, random);
  let at = 0;
  return hidden.map((size, i) => {
    const start = at + shown[i]!;
    at = start + size;
    return [start, at];
  });
}

/** `count` positive whole numbers that sum to `total`, every such list equally likely: `count - 1` of the gaps between items are chosen. */
export function segments(total: number, count: number, random: Stream): number[] {
  const sizes: number[] = [];
  let [size, left] = [1, count - 1];
  for (let gaps = total - 1; gaps > 0; gaps--) {
    if (random.below(gaps) < left) {
      sizes.push(size);
      size = 1;
      left--;
    } else size++;
  }
  return [...sizes, size];
}

/** A text with its spans replaced by sentinels, and a target in which each sentinel is followed by what it stands for; without end tokens. */
export function corrupt(
  tokens: readonly number[],
  spans: readonly (readonly [number, number])[],
  sentinels: readonly number[],
): { inputs: number[]; targets: number[] } {
  const inputs: number[] = [];
  const targets: number[] = [];
  let at = 0;
  spans.forEach(([start, end], i) => {
    inputs.push(...tokens.slice(at, start), sentinels[i]!);
    targets.push(sentinels[i]!, ...tokens.slice(start, end));
    at = end;
  });
  inputs.push(...tokens.slice(at));
  return { inputs, targets };
}
