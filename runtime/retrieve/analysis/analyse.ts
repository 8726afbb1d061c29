/**
 * Text to search terms: one analysis for every engine, so that they agree on what matches. Words are stemmed by their script (Latin as
 * English, Cyrillic as Russian), which serves pages in either language, and pages and questions that mix them. It ranks nothing.
 */

import { stemEnglish } from "./stem-english.ts";
import { stemRussian } from "./stem-russian.ts";
import { isStopWord } from "./stop-words.ts";
import { type Word, words } from "./words.ts";

/**
 * How words are stemmed: `en` and `ru` name the language of the pages, `mixed` both at once. Letters of the other script are stemmed by
 * their own rules in every case, since no word is both; `none` compares words as they are written.
 */
export type Language = "en" | "ru" | "mixed" | "none";
/** All of them, for messages. */
export const languages: readonly Language[] = ["en", "ru", "mixed", "none"];

/** Whether a word names one of them. */
export function isLanguage(word: string): word is Language {
  return (languages as readonly string[]).includes(word);
}

/** Part of an index's settings hash: raised when terms change for the same text. */
export const analysisVersion = 1;

/** A term and the place of its word in the text. */
export type Term = Word;

const known = new Map<string, string>();
/** Stems repeat; the memory is emptied when it has grown large, so that it never outgrows a vocabulary. */
const mostKnown = 200_000;

/** The stem of one folded word. */
export function stem(word: string, language: Language): string {
  if (language === "none") return word;
  const before = known.get(word);
  if (before !== undefined) return before;
  const after = /^[a-z']+$/.test(word) ? stemEnglish(word) : /^[а-я]+$/.test(word) ? stemRussian(word) : word;
  if (known.size >= mostKnown) known.clear();
  known.set(word, after);
  return after;
}

/** Every term of a text with its place: what is indexed. */
export function terms(text: string, language: Language): Term[] {
  return words(text).map(({ text: word, start, end }) => ({ text: stem(word, language), start, end }));
}

/** Words of a question that are looked at: more than anybody asks, and a bound on what a pasted book costs. */
const longestQuestion = 300;

/** The terms of a question without stop words, as often as they stand there; with stop words, when it has no others. */
export function queryTerms(text: string, language: Language): string[] {
  const all = words(text.slice(0, 20 * longestQuestion)).slice(0, longestQuestion);
  const telling = all.filter((word) => !isStopWord(word.text));
  return (telling.length > 0 ? telling : all).map((word) => stem(word.text, language));
}
