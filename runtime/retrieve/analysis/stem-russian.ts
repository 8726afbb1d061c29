/**
 * The Snowball stemmer of Russian (M. F. Porter, snowballstem.org/algorithms/russian/stemmer.html), written from its definition.
 * It expects a lower-case word with `ё` already written `е`, and knows nothing of texts.
 */

const isVowel = (c: string) => "аеиоуыэюя".includes(c);
const longestFirst = (words: string) => words.split(" ").sort((a, b) => b.length - a.length);

/** Endings that count only after `а` or `я` (which stay), and endings that count always. */
type Endings = { readonly after: ReadonlySet<string>; readonly all: readonly string[] };
function endings(after: string, always: string): Endings {
  return { after: new Set(after.split(" ")), all: longestFirst(`${after} ${always}`.trim()) };
}

const gerund = endings("в вши вшись", "ив ивши ившись ыв ывши ывшись");
const adjective = longestFirst("ее ие ые ое ими ыми ей ий ый ой ем им ым ом его ого ему ому их ых ую юю ая яя ою ею");
const participle = endings("ем нн вш ющ щ", "ивш ывш ующ");
const verb = endings(
  "ла на ете йте ли й л ем н ло но ет ют ны ть ешь нно",
  "ила ыла ена ейте уйте ите или ыли ей уй ил ыл им ым ен ило ыло ено ят ует уют ит ыт ены ить ыть ишь ую ю",
);
const noun = longestFirst(
  "а ев ов ие ье е иями ями ами еи ии и ией ей ой ий й иям ям ием ем ам ом о у ах иях ях ы ь ию ью ю ия ья я",
);

/** The stem of one lower-case Russian word. */
export function stemRussian(word: string): string {
  const rv = [...word].findIndex(isVowel) + 1;
  if (rv === 0) return word;
  const r2 = region(word, region(word, 0));
  let w =
    cut(word, rv, gerund) ??
    declined(
      word.replace(/(?:ся|сь)$/, (ending, at: number) => (at >= rv ? "" : ending)),
      rv,
    );
  if (w.length > rv && w.endsWith("и")) w = w.slice(0, -1);
  const derived = /(?:ость|ост)$/.exec(w);
  if (derived && derived.index >= r2 && derived.index >= rv) w = w.slice(0, derived.index);
  return ending(w, rv);
}

function declined(w: string, rv: number): string {
  const asAdjective = drop(w, rv, adjective);
  if (asAdjective !== undefined) return cut(asAdjective, rv, participle) ?? asAdjective;
  return cut(w, rv, verb) ?? drop(w, rv, noun) ?? w;
}

function ending(w: string, rv: number): string {
  const superlative = /(?:ейше|ейш)$/.exec(w);
  if (superlative && superlative.index >= rv) w = w.slice(0, superlative.index);
  if (w.endsWith("нн") && w.length - 2 >= rv) return w.slice(0, -1);
  return !superlative && w.endsWith("ь") && w.length > rv ? w.slice(0, -1) : w;
}

/** `w` without the longest of `list` that lies within the region from `rv` on. */
function drop(w: string, rv: number, list: readonly string[]): string | undefined {
  const found = list.find((candidate) => w.length - candidate.length >= rv && w.endsWith(candidate));
  return found === undefined ? undefined : w.slice(0, w.length - found.length);
}

/** As `drop`; when the longest ending wants `а` or `я` before it and there is none, nothing shorter is tried. */
function cut(w: string, rv: number, { after, all }: Endings): string | undefined {
  const found = all.find((candidate) => w.length - candidate.length >= rv && w.endsWith(candidate));
  if (found === undefined) return undefined;
  const at = w.length - found.length;
  return after.has(found) && !(at - 1 >= rv && /[ая]/.test(w[at - 1]!)) ? undefined : w.slice(0, at);
}

function region(w: string, from: number): number {
  for (let i = from + 1; i < w.length; i++) if (!isVowel(w[i]!) && isVowel(w[i - 1]!)) return i + 1;
  return w.length;
}
