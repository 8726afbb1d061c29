/**
 * Cuts text of any script into words with their places: letters with their marks, numbers with their separators, short English
 * contractions whole, scripts without spaces as overlapping pairs of characters. Knows nothing of stems and stop words.
 */

/** A word as a search compares it (lower case, folded), and where it stands. */
export type Word = { readonly text: string; readonly start: number; readonly end: number };

const spaceless =
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}";
const pattern = new RegExp(
  [
    `[${spaceless}][${spaceless}\\p{M}ー]*`,
    "\\p{Nd}{1,3}(?:[,\\u00a0\\u202f]\\p{Nd}{3})+(?![\\p{L}\\p{N}])(?:\\.\\p{Nd}+)?",
    "\\p{Nd}+(?:[.,]\\p{Nd}+)+(?![\\p{L}\\p{N}])",
    `(?:(?![${spaceless}])[\\p{L}\\p{N}])(?:(?![${spaceless}])[\\p{L}\\p{M}\\p{N}])*(?:['’][a-zA-Z]{1,2}(?![\\p{L}\\p{N}'’]))?`,
  ].join("|"),
  "gu",
);
const spacelessStart = new RegExp(`^[${spaceless}]`, "u");

/** The words of a text, in order. Offsets are those of the text as it was given. */
export function words(text: string): Word[] {
  const found: Word[] = [];
  for (const match of text.matchAll(pattern)) {
    const start = match.index;
    if (spacelessStart.test(match[0])) pairs(match[0], start, found);
    else found.push({ text: fold(match[0]), start, end: start + match[0].length });
  }
  return found;
}

function pairs(run: string, start: number, into: Word[]): void {
  const characters = [...run];
  let at = start;
  for (const [i, character] of characters.entries()) {
    const next = characters[i + 1];
    if (next !== undefined) into.push({ text: character + next, start: at, end: at + character.length + next.length });
    else if (characters.length === 1) into.push({ text: character, start: at, end: at + character.length });
    at += character.length;
  }
}

/** The form under which words are the same: lower case, no accents on Latin letters, `ё` as `е`, `1,000` as `1000`, `3,5` as `3.5`. */
export function fold(word: string): string {
  if (/^[a-z]+$/.test(word)) return word;
  if (/^\p{Nd}/u.test(word) && /[,\u00a0\u202f.]/.test(word)) return number(word);
  let lower = word.normalize("NFKC").toLowerCase().replaceAll("’", "'");
  if (/[^\p{ASCII}]/u.test(lower)) {
    lower = /\p{Script=Latin}/u.test(lower) ? lower.normalize("NFD").replace(/\p{M}/gu, "") : stressless(lower);
  }
  return lower.replace(/'s$/, "");
}

/** Cyrillic keeps the mark of `й`; stress marks and the dots of `ё` go. */
function stressless(lower: string): string {
  return lower.replace(/[\u0300\u0301]/g, "").replaceAll("ё", "е");
}

function number(word: string): string {
  const digits = word.normalize("NFKC");
  if (/^\p{Nd}{1,3}(?:[, \u202f]\p{Nd}{3})+(?:\.\p{Nd}+)?$/u.test(digits)) return digits.replace(/[, \u202f]/g, "");
  return digits.replaceAll(",", ".");
}
