/** A document as features read it: its words by stems, where its sentences begin and its first paragraph ends. Read once, remembered while it is found again. */
import { type Language, terms } from "../retrieve/analysis/analyse.ts";
import { sentences } from "../retrieve/analysis/sentences.ts";
import { remembered } from "../text/remembered.ts";

/** Terms in order. */
export type Words = readonly string[];

/** The text of a document. */
export type ReadText = {
  readonly words: Words;
  /** How often each term stands there. */
  readonly counts: ReadonlyMap<string, number>;
  /** The words of its first paragraph: what ends at the first empty line. */
  readonly lead: Words;
  readonly sentences: readonly Words[];
};

const readers = new Map<Language, (text: string) => ReadText>();

/** A text, read as its language's words. */
export function readText(text: string, language: Language): ReadText {
  const known = readers.get(language) ?? remembered((one) => read(one, language));
  readers.set(language, known);
  return known(text);
}

/** How often each of some terms stands there. */
export function counted(words: Words): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function read(text: string, language: Language): ReadText {
  const found = terms(text, language);
  const words = found.map((term) => term.text);
  const leadEnd = /\n\s*\n/.exec(text)?.index ?? text.length;
  let next = 0;
  const parts = sentences(text).map(({ end }) => {
    const from = next;
    while (next < found.length && found[next]!.start < end) next += 1;
    return words.slice(from, next);
  });
  return {
    words,
    counts: counted(words),
    lead: words.slice(0, found.filter(({ start }) => start < leadEnd).length),
    sentences: parts.filter((part) => part.length > 0),
  };
}
