/** How answers are marked by those who know what is right: people who judge pairs, and the reward `truth`. Pure functions. */

const footnote = /\s*\[(\d+)\]/g;

/** The text without footnotes, case, outer punctuation and doubled spaces. */
export function normalise(answer: string): string {
  const text = answer.replace(footnote, "").normalize("NFC").toLowerCase().replace(/\s+/g, " ").trim();
  return text.replace(/^[\p{P}\s]+|[\p{P}\s]+$/gu, "");
}

/** The numbers of the footnotes, in order of appearance, each once. */
export function footnotesOf(answer: string): number[] {
  return [...new Set([...answer.matchAll(footnote)].map((found) => Number(found[1])))];
}

/** Whether an answer of a pipeline or a recipe is the expected one, its footnotes aside. */
export function right(answer: { readonly text: string }, expected: string): boolean {
  return normalise(answer.text) === normalise(expected);
}
