/**
 * Porter's stemmer of English as it was published (M. F. Porter 1980, "An algorithm for suffix stripping") with the two departures of his own later program
 * (`bli`, `logi`), which Lucene has, too. Figures of the literature were made with it; `stem-english.ts` is its better successor. It expects a lower-case word.
 */

const step2: Readonly<Record<string, string>> = {
  ational: "ate",
  tional: "tion",
  enci: "ence",
  anci: "ance",
  izer: "ize",
  bli: "ble",
  alli: "al",
  entli: "ent",
  eli: "e",
  ousli: "ous",
  ization: "ize",
  ation: "ate",
  ator: "ate",
  alism: "al",
  iveness: "ive",
  fulness: "ful",
  ousness: "ous",
  aliti: "al",
  iviti: "ive",
  biliti: "ble",
  logi: "log",
};
const step3: Readonly<Record<string, string>> = {
  icate: "ic",
  ative: "",
  alize: "al",
  iciti: "ic",
  ical: "ic",
  ful: "",
  ness: "",
};
const step4 = "al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize".split(" ");

const longestFirst = (list: readonly string[]) => [...list].sort((a, b) => b.length - a.length);
const endings2 = longestFirst(Object.keys(step2));
const endings3 = longestFirst(Object.keys(step3));
const endings4 = longestFirst(step4);

/** The stem of one lower-case word; words of one or two characters stay. */
export function stemPorter(word: string): string {
  if (word.length < 3) return word;
  let w = pastAndGerund(plural(word));
  if (w.endsWith("y") && hasVowel(w.slice(0, -1))) w = `${w.slice(0, -1)}i`;
  w = replaced(w, endings2, step2);
  w = replaced(w, endings3, step3);
  w = without(w);
  const rest = w.slice(0, -1);
  if (w.endsWith("e") && (measure(rest) > 1 || (measure(rest) === 1 && !endsShort(rest)))) w = rest;
  return w.endsWith("ll") && measure(w) > 1 ? w.slice(0, -1) : w;
}

function plural(w: string): string {
  if (w.endsWith("sses") || w.endsWith("ies")) return w.slice(0, -2);
  return w.endsWith("s") && !w.endsWith("ss") ? w.slice(0, -1) : w;
}

function pastAndGerund(w: string): string {
  if (w.endsWith("eed")) return measure(w.slice(0, -3)) > 0 ? w.slice(0, -1) : w;
  const ending = /(?:ed|ing)$/.exec(w);
  const rest = ending && w.slice(0, ending.index);
  if (!rest || !hasVowel(rest)) return w;
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`;
  if (doubled(rest)) return /[lsz]$/.test(rest) ? rest : rest.slice(0, -1);
  return measure(rest) === 1 && endsShort(rest) ? `${rest}e` : rest;
}

function replaced(w: string, endings: readonly string[], by: Readonly<Record<string, string>>): string {
  const ending = endings.find((one) => w.endsWith(one));
  const rest = ending === undefined ? w : w.slice(0, -ending.length);
  return ending !== undefined && measure(rest) > 0 ? rest + by[ending]! : w;
}

function without(w: string): string {
  const ending = endings4.find((one) => w.endsWith(one));
  if (ending === undefined) return w;
  const rest = w.slice(0, -ending.length);
  return measure(rest) > 1 && (ending !== "ion" || /[st]$/.test(rest)) ? rest : w;
}

/** Whether the i-th character is a consonant: no vowel, and `y` where it does not follow a consonant. */
function consonant(w: string, i: number): boolean {
  if ("aeiou".includes(w[i]!)) return false;
  return w[i] !== "y" || i === 0 || !consonant(w, i - 1);
}

/** How often a vowel is followed by a consonant: Porter's m. */
function measure(w: string): number {
  let count = 0;
  for (let i = 1; i < w.length; i++) if (consonant(w, i) && !consonant(w, i - 1)) count++;
  return count;
}

const hasVowel = (w: string): boolean => [...w].some((_, i) => !consonant(w, i));
const doubled = (w: string): boolean => w.length > 1 && w.at(-1) === w.at(-2) && consonant(w, w.length - 1);

/** Consonant, vowel, consonant other than w, x, y at the end. */
function endsShort(w: string): boolean {
  const n = w.length;
  return n >= 3 && consonant(w, n - 1) && !consonant(w, n - 2) && consonant(w, n - 3) && !/[wxy]$/.test(w);
}
