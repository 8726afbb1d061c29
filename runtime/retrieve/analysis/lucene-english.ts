/**
 * English text to terms as Lucene's EnglishAnalyzer makes them (and Anserini's figures were made): words by Unicode's rules (UAX 29), without possessive 's,
 * in lower case, without 33 stop words, Porter's stems. For figures that must compare; `analyse.ts` finds more. Documents and questions alike.
 */
import { stemPorter } from "./stem-porter.ts";

/** `EnglishAnalyzer.ENGLISH_STOP_WORDS_SET`. */
const stopWords = new Set(
  "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with".split(
    " ",
  ),
);

const single = "\\p{Script=Han}\\p{Script=Hiragana}";
const letter = `(?:(?![${single}])[\\p{Alphabetic}\\p{M}\\u200d])`;
const body = `(?:${letter}|\\p{Nd}|_)`;
// Within a word: a mark between letters, and one between digits (WB6, WB7, WB11, WB12).
const between = `(?:(?<=${letter})[.:'\u2018\u2019\u2024\u2027\u00b7\uff07\uff0e](?=${letter})|(?<=\\p{Nd})[.,;'\u2018\u2019\u066c\uff07\uff0c\uff0e](?=\\p{Nd}))`;
const token = new RegExp(`[${single}]\\p{M}*|${body}+(?:${between}${body}+)*`, "gu");
/** Longer tokens are cut there (`StandardTokenizer.DEFAULT_MAX_TOKEN_LENGTH`). */
const longest = 255;

/** The terms of a text, in order, as often as they stand. */
export function luceneEnglish(text: string): string[] {
  const terms: string[] = [];
  for (const [word] of text.matchAll(token)) {
    if (!/[\p{L}\p{N}]/u.test(word)) continue;
    for (let at = 0; at < word.length; at += longest) {
      const plain = word
        .slice(at, at + longest)
        .replace(/['\u2019\uff07][sS]$/, "")
        .toLowerCase();
      if (plain !== "" && !stopWords.has(plain)) terms.push(stemPorter(plain));
    }
  }
  return terms;
}
