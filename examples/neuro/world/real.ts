/** The real world: the tables of facts, read into things in either language. */
import { countries } from "./facts/countries.ts";
import { animals, books, inventions, lakes, languages, scientists } from "./facts/culture.ts";
import { elements, moons, mountains, planets, rivers } from "./facts/nature.ts";
import type { Language } from "./names.ts";
import { type Random, random } from "./random.ts";
import { drawKinds, genitive, kinds, type Page, type Thing, writePage, writeSome } from "./worlds.ts";

/** Each table and the order of its columns after the name. */
const tables: readonly { kind: string; text: string; columns: readonly string[] }[] = [
  { kind: "country", text: countries, columns: ["capital", "language", "currency", "population", "continent"] },
  { kind: "element", text: elements, columns: ["symbol", "number", "finder", "found"] },
  { kind: "planet", text: planets, columns: ["diameter", "moons", "day", "year"] },
  { kind: "moon", text: moons, columns: ["around", "finder", "found", "diameter"] },
  { kind: "river", text: rivers, columns: ["length", "mouth", "country", "source"] },
  { kind: "mountain", text: mountains, columns: ["height", "range", "country", "climbed"] },
  { kind: "invention", text: inventions, columns: ["inventor", "made", "country"] },
  { kind: "scientist", text: scientists, columns: ["born", "birthplace", "field", "known"] },
  { kind: "animal", text: animals, columns: ["home", "food", "weight", "life"] },
  { kind: "language", text: languages, columns: ["family", "speakers", "script", "country"] },
  { kind: "lake", text: lakes, columns: ["depth", "area", "country"] },
  { kind: "book", text: books, columns: ["author", "printed", "language"] },
];

const continents: Readonly<Record<string, string>> = {
  Europe: "Европа",
  Asia: "Азия",
  Africa: "Африка",
  "North America": "Северная Америка",
  "South America": "Южная Америка",
  Oceania: "Океания",
};

/** Every thing of the tables; facts that the tables leave out are absent. */
export function realThings(language: Language): Thing[] {
  return tables.flatMap(({ kind: id, text, columns }) => {
    const kind = kinds.find((k) => k.id === id);
    if (kind === undefined) throw new Error(`no kind is called ${id}`);
    return text
      .trim()
      .split("\n")
      .map((line): Thing => {
        const [names = "", ...cells] = line.split("|").map((cell) => cell.trim());
        const [english = "", russian = "", declined] = names.split(";").map((name) => name.trim());
        const facts: Record<string, string> = {};
        columns.forEach((column, i) => {
          const value = cellValue(column, cells[i] ?? "", language);
          if (value !== "") facts[column] = value;
        });
        if (language === "en") return { kind, name: english, facts };
        const g = declined ?? genitive(russian);
        return g === undefined ? { kind, name: russian, facts } : { kind, name: russian, genitive: g, facts };
      });
  });
}

function cellValue(column: string, cell: string, language: Language): string {
  if (cell === "") return "";
  if (column === "population") return language === "en" ? `${cell} million` : `${cell} млн`;
  if (column === "continent") return language === "en" ? cell : (continents[cell] ?? "");
  const [english = "", russian = english] = cell.split(";").map((value) => value.trim());
  return language === "en" ? english : russian;
}

const known: Record<Language, readonly Thing[]> = { en: realThings("en"), ru: realThings("ru") };

/**
 * The pages of a world whose names are real and whose facts are not: each fact is another thing's. It teaches how real
 * names are spelled without teaching anything that is true.
 */
export function mixedWorld(rng: Random, language: Language, size: number): Page[] {
  const all = known[language];
  const used = new Set<string>();
  return drawKinds(rng, size).flatMap((kind) => {
    const same = all.filter((t) => t.kind === kind);
    const thing = rng.pick(same);
    if (used.has(thing.name)) return [];
    used.add(thing.name);
    const facts: Record<string, string> = {};
    for (const { id } of kind.relations) {
      const values = same.flatMap((t) => t.facts[id] ?? []);
      if (values.length > 0) facts[id] = rng.pick(values);
    }
    return [writeSome(rng, { ...thing, facts }, language)];
  });
}

/** The pages of the real world in one language: everything the tables know, always in the same words. */
export function realPages(language: Language): Page[] {
  return realThings(language).map((thing) => writePage(random(`${language}/${thing.kind.id}/${thing.name}`), thing, language, 5));
}
