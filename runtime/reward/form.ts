/**
 * What can be said of an answer by looking at its text: footnotes, brackets, "I do not know", how much is copied, what share of it its own
 * sources confirm. Counts are exact; nothing here runs a model. Source: the talk's regexp part of the reward; ALCE (arXiv 2305.14627) for `confirmed`.
 */
import type { Answer, Docs } from "../types.ts";

/** How many different sources the answer cites. Repeating one number adds nothing. */
export function footnotes(answer: Answer): number {
  return new Set(answer.footnotes.map((note) => note.number)).size;
}

/** How many bracketed remarks the answer holds: every `(`, and every `[` that does not open a footnote. */
export function brackets(answer: Answer): number {
  const notes = new Set(answer.footnotes.map((note) => note.at));
  return [...answer.text.matchAll(/[([]/g)].filter((found) => !notes.has(found.index)).length;
}

/** Whether the answer says that it does not know. */
export function is_getoff(answer: Answer): boolean {
  return !answer.known;
}

/** Lower-case words of a text without its footnotes: letters and digits of any script. */
export function words(text: string): string[] {
  return (
    text
      .replace(/\[\d+\]/g, " ")
      .toLowerCase()
      .normalize("NFC")
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

/**
 * The share of the answer's words that stand in runs of `n` words which also stand in the documents, 0..1; 0 for an answer shorter than n.
 * Source: n-gram coverage, Grusky et al., Newsroom (arXiv 1804.11283) section 4 takes the longest runs; here runs of a fixed length.
 */
export function copied(answer: Answer, documents: Docs, { n }: { n: number }): number {
  const said = words(answer.text);
  if (said.length < n) return 0;
  const known = new Set(documents.flatMap((doc) => grams(words(doc.text), n)));
  const covered = new Array<boolean>(said.length).fill(false);
  grams(said, n).forEach((gram, at) => {
    if (known.has(gram)) covered.fill(true, at, at + n);
  });
  return covered.filter(Boolean).length / said.length;
}

/**
 * The share of the answer's sentences that their own footnotes confirm, 0..1: every content word of the sentence stands in the text of the sources
 * it cites, and it cites at least one. A lexical reading of ALCE's citation recall; a judge's reading is an aspect of the judge.
 */
export function confirmed(answer: Answer, _options: { documents?: Docs } = {}): number {
  const cited = sentences(answer.text);
  if (cited.length === 0) return 0;
  const text = new Map(answer.sources.map((source) => [source.number, `${source.doc.title}\n${source.text}`]));
  const good = cited.filter((sentence) => {
    const numbers = [...sentence.matchAll(/\[(\d+)\]/g)].map((found) => Number(found[1]));
    if (numbers.length === 0 || numbers.some((number) => !text.has(number))) return false;
    const there = new Set(words(numbers.map((number) => text.get(number)).join("\n")));
    return words(sentence).every((word) => word.length < 4 || there.has(word));
  });
  return good.length / cited.length;
}

/** Sentences with the footnotes that follow them. */
function sentences(text: string): string[] {
  return (text.match(/[^.!?…]+(?:[.!?…]+|$)(?:\s*\[\d+\])*/gu) ?? [])
    .map((part) => part.trim())
    .filter((part) => words(part).length > 0);
}

function grams(of: readonly string[], n: number): string[] {
  return Array.from({ length: Math.max(0, of.length - n + 1) }, (_, at) => of.slice(at, at + n).join(" "));
}
