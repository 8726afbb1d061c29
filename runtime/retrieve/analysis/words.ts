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
    "\\p{Nd}{1,3}(?:[,\\u00a0\\u202f]\\p{Nd}{3})+(?![\\p{L}\\p{N}])(?:\\.\\p{Nd}+)?",
    "\\p{Nd}+(?:[.,]\\p{Nd}+)+(?![\\p{L}\\p{N}])",
    "[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}]*(?:['’][a-zA-Z]{1,2}(?![\\p{L}\\p{N}'’]))?",
  ].join("|"),
  "gu",
);
/** Runs of scripts without spaces, and what stands between them. */
const runs = new RegExp(`[${spaceless}][${spaceless}\\p{M}ー]*|[^${spaceless}]+`, "gu");
const isSpaceless = new RegExp(`^[${spaceless}]`, "u");
/** Below this no script without spaces has a character: most texts need no second look. */
const firstSpaceless = /[\u0e00-\uffff]/;

/** The words of a text, in order. Offsets are those of the text as it was given. */
export function words(text: string): Word[] {
  const found: Word[] = [];
  for (const match of text.matchAll(pattern)) {
    const word = match[0];
    const start = match.index;
    if (!firstSpaceless.test(word)) found.push({ text: fold(word), start, end: start + word.length });
    else for (const run of word.matchAll(runs)) addRun(run[0], start + run.index, found);
  }
  return found;
}

function addRun(run: string, start: number, into: Word[]): void {
  if (isSpaceless.test(run)) pairs(run, start, into);
  else into.push({ text: fold(run), start, end: start + run.length });
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
