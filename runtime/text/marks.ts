/**
 * What a tokenizer puts around a text, and between two of them, as its model was trained: `[CLS] a [SEP] b [SEP]`, `a </s>`, or nothing. Read off what it
 * does, so that any template of a `tokenizer.json` is followed. Knows nothing of texts or models.
 */

/** Ids before the first text, between two, and after the last. */
export type Marks = {
  readonly before: readonly number[];
  readonly between: readonly number[];
  readonly after: readonly number[];
};

/** The marks of a tokenizer that encodes a text, or two with marks. */
export function marksOf(bare: readonly number[], one: readonly number[], two: readonly number[]): Marks {
  const at = placeOf(bare, one, 0);
  const [first, second] = [placeOf(bare, two, 0), lastPlaceOf(bare, two)];
  if (bare.length === 0 || at < 0 || second <= first) return { before: [], between: [], after: [] };
  return {
    before: one.slice(0, at),
    between: two.slice(first + bare.length, second),
    after: one.slice(at + bare.length),
  };
}

function placeOf(part: readonly number[], whole: readonly number[], from: number): number {
  for (let at = from; at + part.length <= whole.length; at++) if (part.every((id, i) => whole[at + i] === id)) return at;
  return -1;
}

function lastPlaceOf(part: readonly number[], whole: readonly number[]): number {
  for (let at = whole.length - part.length; at >= 0; at--) if (part.every((id, i) => whole[at + i] === id)) return at;
  return -1;
}
