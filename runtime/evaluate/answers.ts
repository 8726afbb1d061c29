/**
 * An answer against the answers that are right, by words: exact match and F1 as SQuAD counts them (Rajpurkar et al. 2016, the official script), and whether a
 * right answer stands inside (best_subspan_em of Liu et al. 2023, "Lost in the Middle"). Words are folded alike in English and Russian.
 * Knows nothing of models or of who is asked.
 */

/**
 * The form in which answers are the same: lower case, `ё` as `е`, without stress marks, footnotes `[1]`, punctuation of any script and the English articles;
 * one space between words. SQuAD's own removes ASCII punctuation only, which leaves «», — and ….
 */
export function normalAnswer(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll("ё", "е")
    .replace(/[\u0300\u0301]/g, "")
    .replace(/\[\d+\]/g, " ")
    .replace(/[\p{P}\p{S}]/gu, "")
    .replace(/(?<![\p{L}\p{N}])(?:a|an|the)(?![\p{L}\p{N}])/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
}

const best = (right: readonly string[], of: (one: string) => number): number =>
  right.reduce((most, one) => Math.max(most, of(one)), 0);

/** 1 when the answer is one of the right ones, 0 otherwise. */
export function exactMatch(answer: string, right: readonly string[]): number {
  const said = normalAnswer(answer);
  return best(right, (one) => (normalAnswer(one) === said ? 1 : 0));
}

/** 1 when a right answer stands in the answer, whole words of it, 0 otherwise. */
export function contains(answer: string, right: readonly string[]): number {
  const said = ` ${normalAnswer(answer)} `;
  return best(right, (one) => (said.includes(` ${normalAnswer(one)} `) ? 1 : 0));
}

/** The harmonic mean of the words' precision and recall, the best over the right answers; words count as often as they stand. 1 of two empty texts. */
export function wordF1(answer: string, right: readonly string[]): number {
  const said = wordsOf(answer);
  return best(right, (one) => f1(said, wordsOf(one)));
}

const wordsOf = (text: string): string[] => normalAnswer(text).split(" ").filter(Boolean);

function f1(said: readonly string[], wanted: readonly string[]): number {
  if (said.length === 0 || wanted.length === 0) return said.length === wanted.length ? 1 : 0;
  const left = new Map<string, number>();
  for (const word of wanted) left.set(word, (left.get(word) ?? 0) + 1);
  let same = 0;
  for (const word of said) {
    const count = left.get(word) ?? 0;
    if (count > 0) same++;
    left.set(word, count - 1);
  }
  return same === 0 ? 0 : (2 * same) / (said.length + wanted.length);
}
