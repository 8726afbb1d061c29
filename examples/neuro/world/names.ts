/**
 * Invents names that nobody has, in both languages. Every word belongs to exactly one split, decided by its hash alone,
 * so a held-out name cannot occur in training whatever the seeds.
 */
import { hash, type Random } from "./random.ts";

export type Language = "en" | "ru";
export type Split = "train" | "held_out";
/** What a name is for; it decides the ending. */
export type NameKind =
  | "country"
  | "city"
  | "element"
  | "planet"
  | "moon"
  | "river"
  | "mountain"
  | "range"
  | "invention"
  | "person"
  | "animal"
  | "language"
  | "family"
  | "currency"
  | "lake"
  | "book"
  | "plant"
  | "symbol";

const parts = {
  en: {
    onset: "b br c ch cl d dr f fl g gl gr h j k kr l m n p pl pr r s sh sk sl st t th tr v w y z".split(" "),
    vowel: "a e i o u a e i o u ai au ea ee ia io oa ou".split(" "),
    coda: " |l|n|r|s|m|nd|rn|rt|st|ll|x|k|ng|th|lm|rk|sh|d|t|v|z".split("|").map((x) => x.trim()),
  },
  ru: {
    onset: "б бр в вл г гр гл д др ж з к кр кл л м н п пр р с ск сл ст т тр ф х ц ч ш".split(" "),
    vowel: "а е и о у а е и о у ы э я ё ю".split(" "),
    coda: " |л|н|р|с|м|нд|рн|рт|ст|к|нт|лм|рк|ш|д|т|в|з|й".split("|").map((x) => x.trim()),
  },
} as const;

const endings: Record<Language, Partial<Record<NameKind, readonly string[]>>> = {
  en: {
    country: ["ia", "land", "stan", "ar", "ova", "", "ay"],
    city: ["", "ville", "burg", "ton", "a", "grad", "o", "is"],
    element: ["ium", "ium", "on", "ine", "um"],
    planet: ["us", "on", "a", "", "is"],
    moon: ["a", "o", "e", "us", ""],
    animal: ["", "o", "er", "in", "ak"],
    language: ["ish", "ian", "ese", "i", "ic"],
    family: ["ic", "an"],
    invention: ["graph", "scope", "phone", "er", "or", "meter"],
    currency: ["", "a", "o", "ar", "in"],
    plant: ["a", "wort", "ia", "um"],
  },
  ru: {
    country: ["ия", "ия", "ландия", "стан", "ана", ""],
    city: ["", "бург", "град", "ск", "ов", "а", "ино"],
    element: ["ий", "ий", "ий", "ор", "ин"],
    planet: ["он", "ус", "ан", "ида", "а"],
    moon: ["а", "ия", "он", "о", ""],
    animal: ["", "ик", "ан", "ун", "ак"],
    language: ["ский"],
    family: ["ская"],
    invention: ["граф", "скоп", "фон", "метр", "тор"],
    currency: ["", "а", "о", "ин", "ар"],
    plant: ["а", "ник", "ия", "ица"],
    person: ["ов", "ин", "ский", "ер", "ман", ""],
  },
};

function syllable(rng: Random, language: Language, closed: boolean): string {
  const p = parts[language];
  return rng.pick(p.onset) + rng.pick(p.vowel) + (closed ? rng.pick(p.coda) : "");
}

function word(rng: Random, language: Language, ending: string): string {
  const body = ending.length > 3 ? 1 : rng.int(1, 2);
  let out = rng.chance(0.25) ? rng.pick(parts[language].vowel) : "";
  for (let i = 0; i < body; i++) out += syllable(rng, language, rng.chance(0.3));
  if (out.length + ending.length < 4) out += syllable(rng, language, true);
  // Two vowels or a heap of consonants at the seam read badly.
  const vowelEnd = /[aeiouаеёиоуыэюя]$/.test(out);
  if (/^[aeiouаеёиоуыэюя]/.test(ending)) {
    if (vowelEnd) out += rng.pick(parts[language].onset).slice(0, 1);
  } else if (ending !== "" && !vowelEnd) out = out.replace(/[^aeiouаеёиоуыэюя]+$/, (tail) => tail.slice(0, 1));
  return out + ending;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const lower = new Set<NameKind>(["invention", "animal", "currency", "plant", "element"]);

/** The split that owns a word: one in eight is held out. */
export function splitOf(word: string): Split {
  return hash(word.toLowerCase()) % 8 === 0 ? "held_out" : "train";
}

function owned(rng: Random, language: Language, split: Split, ending: string): string {
  for (;;) {
    const w = word(rng, language, ending);
    if (splitOf(w) === split && w.length <= 14) return w;
  }
}

/** A new name of a kind whose every word belongs to the split. */
export function invent(rng: Random, kind: NameKind, language: Language, split: Split): string {
  if (kind === "symbol") return rng.pick([..."ABCDEFGHIKLMNOPRSTUVWXYZ"]) + rng.pick([..."abcdefghiklmnoprstuy"]);
  const ending = rng.pick(endings[language][kind] ?? [""]);
  const own = owned(rng, language, split, ending);
  if (kind === "language" && language === "ru") return own;
  if (kind === "family" && language === "ru") return own;
  if (kind === "person" && rng.chance(0.6)) return `${capital(owned(rng, language, split, ""))} ${capital(own)}`;
  if ((kind === "city" || kind === "book") && rng.chance(0.15)) {
    return `${capital(owned(rng, language, split, ""))} ${capital(own)}`;
  }
  return lower.has(kind) ? own : capital(own);
}
