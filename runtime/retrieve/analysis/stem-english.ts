/**
 * The Snowball stemmer of English ("Porter2", M. F. Porter, snowballstem.org/algorithms/english/stemmer.html), written from its
 * definition. It expects a lower-case word and knows nothing of texts.
 */

const exceptions: Readonly<Record<string, string>> = {
  skis: "ski",
  skies: "sky",
  dying: "die",
  lying: "lie",
  tying: "tie",
  idly: "idl",
  gently: "gentl",
  ugly: "ugli",
  early: "earli",
  only: "onli",
  singly: "singl",
};
const invariant = new Set(["sky", "news", "howe", "atlas", "cosmos", "bias", "andes"]);
const invariantAfterPlural = new Set([
  "inning",
  "outing",
  "canning",
  "herring",
  "earring",
  "proceed",
  "exceed",
  "succeed",
  "evening",
]);

/** Longest endings first, so that the first that fits is the one that Snowball's `among` takes. */
const step2: readonly (readonly [string, string])[] = sorted({
  tional: "tion",
  enci: "ence",
  anci: "ance",
  abli: "able",
  entli: "ent",
  izer: "ize",
  ization: "ize",
  ational: "ate",
  ation: "ate",
  ator: "ate",
  alism: "al",
  aliti: "al",
  alli: "al",
  fulness: "ful",
  ousli: "ous",
  ousness: "ous",
  iveness: "ive",
  iviti: "ive",
  biliti: "ble",
  bli: "ble",
  ogi: "og",
  ogist: "og",
  fulli: "ful",
  lessli: "less",
  li: "",
});
const step3: readonly (readonly [string, string])[] = sorted({
  tional: "tion",
  ational: "ate",
  alize: "al",
  icate: "ic",
  iciti: "ic",
  ical: "ic",
  ful: "",
  ness: "",
  ative: "",
});
const step4 = "ement ance ence able ible ment ant ent ism ate iti ous ive ize ion al er ic".split(" ");

const vowel = (c: string | undefined) => c !== undefined && c !== "" && "aeiouy".includes(c);

/** The stem of one lower-case English word. */
export function stemEnglish(word: string): string {
  if (word.length <= 2) return word;
  if (Object.hasOwn(exceptions, word)) return exceptions[word]!;
  if (invariant.has(word)) return word;
  let w = word.replace(/^'/, "").replace(/^y|(?<=[aeiouy])y/g, "Y");
  const r1 = regionOne(w);
  const r2 = regionAfter(w, r1);
  w = w.replace(/'s'$|'s$|'$/, "");
  w = plural(w);
  if (invariantAfterPlural.has(w)) return w;
  w = pastAndGerund(w, r1);
  if (/[^aeiouy][yY]$/.test(w) && w.length > 2) w = `${w.slice(0, -1)}i`;
  w = suffix2(w, r1);
  w = suffix3(w, r1, r2);
  w = suffix4(w, r2);
  return last(w, r1, r2).replaceAll("Y", "y");
}

function regionOne(w: string): number {
  const prefix = /^(?:gener|commun|arsen|past|univers|later|emerg|organ|inter)/.exec(w);
  return prefix ? prefix[0].length : regionAfter(w, 0);
}

/** The place after the first non-vowel that follows a vowel, from `from` on. */
function regionAfter(w: string, from: number): number {
  for (let i = from + 1; i < w.length; i++) if (!vowel(w[i]) && vowel(w[i - 1])) return i + 1;
  return w.length;
}

function plural(w: string): string {
  if (w.endsWith("sses")) return w.slice(0, -2);
  if (/ie[ds]$/.test(w)) return w.length > 4 ? w.slice(0, -2) : w.slice(0, -1);
  if (/[us]s$/.test(w) || !w.endsWith("s")) return w;
  return /[aeiouy]/.test(w.slice(0, -2)) ? w.slice(0, -1) : w;
}

function pastAndGerund(w: string, r1: number): string {
  const eed = /(eedly|eed)$/.exec(w);
  if (eed) return eed.index >= r1 ? `${w.slice(0, eed.index)}ee` : w;
  const ending = /(ingly|edly|ing|ed)$/.exec(w);
  if (!ending) return w;
  const rest = w.slice(0, ending.index);
  if (!/[aeiouy]/.test(rest)) return w;
  if (/(at|bl|iz)$/.test(rest)) return `${rest}e`;
  if (/(bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(rest)) return /^[aeo]..$/.test(rest) ? rest : rest.slice(0, -1);
  return rest.length <= r1 && endsShort(rest) ? `${rest}e` : rest;
}

/** A short syllable at the end: consonant, vowel, consonant other than w, x, Y; or a whole word of a vowel and a consonant; or `past`. */
function endsShort(w: string): boolean {
  return /[^aeiouy][aeiouy][^aeiouywxY]$/.test(w) || /^[aeiouy][^aeiouy]$/.test(w) || w === "past";
}

function suffix2(w: string, r1: number): string {
  const found = step2.find(([ending]) => w.endsWith(ending));
  if (!found || w.length - found[0].length < r1) return w;
  const rest = w.slice(0, w.length - found[0].length);
  if (found[0] === "ogi" && !rest.endsWith("l")) return w;
  if (found[0] === "li" && !/[cdeghkmnrt]$/.test(rest)) return w;
  return rest + found[1];
}

function suffix3(w: string, r1: number, r2: number): string {
  const found = step3.find(([ending]) => w.endsWith(ending));
  if (!found) return w;
  const at = w.length - found[0].length;
  return at < r1 || (found[0] === "ative" && at < r2) ? w : w.slice(0, at) + found[1];
}

function suffix4(w: string, r2: number): string {
  const ending = step4.find((candidate) => w.endsWith(candidate));
  if (!ending) return w;
  const at = w.length - ending.length;
  if (at < r2 || (ending === "ion" && !/[st]$/.test(w.slice(0, at)))) return w;
  return w.slice(0, at);
}

function last(w: string, r1: number, r2: number): string {
  const at = w.length - 1;
  const rest = w.slice(0, -1);
  if (w.endsWith("e") && (at >= r2 || (at >= r1 && !endsShort(rest)))) return rest;
  if (w.endsWith("ll") && at >= r2) return rest;
  return w;
}

function sorted(table: Record<string, string>): (readonly [string, string])[] {
  return Object.entries(table).sort((a, b) => b[0].length - a[0].length);
}
