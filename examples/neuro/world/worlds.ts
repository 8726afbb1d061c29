/** Things and the short pages about them: a made-up world is a few of each kind, with facts drawn at random. */

import { type Kind, nature, type Relation, type Values } from "./kinds.ts";
import { culture } from "./kinds-culture.ts";
import { invent, type Language, type Split } from "./names.ts";
import type { Random } from "./random.ts";

export const kinds: readonly Kind[] = [...nature, ...culture];

/** A thing with the facts that are true of it, in one language. */
export interface Thing {
  kind: Kind;
  name: string;
  /** The Russian genitive of the name, where it is known. */
  genitive?: string;
  /** Value by relation id. */
  facts: Readonly<Record<string, string>>;
}

/** A page and which relations of its thing it tells. */
export interface Page {
  thing: Thing;
  title: string;
  text: string;
  told: readonly string[];
}

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Fills `{n}`, `{g}` and `{v}`; undefined when the phrasing needs a genitive that is not known. */
export function fill(phrase: string, thing: Thing, value = ""): string | undefined {
  if (phrase.includes("{g}") && thing.genitive === undefined) return undefined;
  const text = phrase
    .replace("{n}", thing.name)
    .replace("{g}", thing.genitive ?? "")
    .replace("{v}", value);
  return upper(text);
}

/** The genitive of a Russian name where a rule without exceptions gives it. */
export function genitive(name: string): string | undefined {
  if (/\s/.test(name)) return undefined;
  if (/ия$/.test(name)) return `${name.slice(0, -1)}и`;
  if (/[бвдзлмнпрстф]а$/.test(name)) return `${name.slice(0, -1)}ы`;
  if (/[бвдзлмнпрстф]$/.test(name) && !/[еоё]/.test(name.slice(-2))) return `${name}а`;
  return undefined;
}

/** A value of the sort, made up; names come from the pool when given one, so that pages mention one another. */
export function makeValue(rng: Random, values: Values, language: Language, split: Split, pool: Pool): string {
  if ("words" in values) return rng.pick(values.words[language]);
  if ("unit" in values) {
    const steps = Math.floor((values.to - values.from) / values.step);
    return `${values.from + values.step * rng.int(0, steps)}${values.unit[language]}`;
  }
  const known = pool(values.name);
  return known.length > 0 && rng.chance(0.5) ? rng.pick(known) : invent(rng, values.name, language, split);
}

/** Names of a sort that already exist. */
export type Pool = (kind: string) => readonly string[];

/** A made-up thing of the kind with every fact filled in. */
export function makeThing(rng: Random, kind: Kind, language: Language, split: Split, pool: Pool, named?: string): Thing {
  const name = named ?? invent(rng, kind.name, language, split);
  const facts: Record<string, string> = {};
  for (const relation of kind.relations) facts[relation.id] = makeValue(rng, relation.values, language, split, pool);
  const g = language === "ru" ? genitive(name) : undefined;
  return g === undefined ? { kind, name, facts } : { kind, name, genitive: g, facts };
}

/** A page that tells `count` of the thing's facts in random order and words. */
export function writePage(rng: Random, thing: Thing, language: Language, count: number): Page {
  const chosen = rng.shuffle(thing.kind.relations.filter((r) => r.id in thing.facts)).slice(0, count);
  const open = fill(rng.pick(thing.kind.open[language]), thing) ?? thing.name;
  const said = chosen.map((r) => say(rng, r, thing, language));
  return { thing, title: upper(thing.name), text: [open, ...said].join(" "), told: chosen.map((r) => r.id) };
}

function say(rng: Random, relation: Relation, thing: Thing, language: Language): string {
  return fill(rng.pick(relation.say[language]), thing, thing.facts[relation.id]) ?? "";
}

/** A question about the relation of the thing. */
export function askAbout(rng: Random, relation: Relation, thing: Thing, language: Language): string {
  const phrasings = relation.ask[language].map((p) => fill(p, thing)).filter((p) => p !== undefined);
  return rng.pick(phrasings);
}

/** The pages of a made-up world of about five things per kind. */
export function makeWorld(rng: Random, language: Language, split: Split, size: number): Page[] {
  const names = new Map<string, string[]>();
  const pool: Pool = (kind) => names.get(kind) ?? [];
  const slots = drawKinds(rng, size);
  const named = slots.map((kind) => {
    const name = invent(rng, kind.name, language, split);
    names.set(kind.name, [...pool(kind.name), name]);
    return name;
  });
  return slots.map((kind, i) => writeSome(rng, makeThing(rng, kind, language, split, pool, named[i]), language));
}

/** A few kinds, repeated until there are `size`. */
export function drawKinds(rng: Random, size: number): Kind[] {
  const drawn = rng.shuffle(kinds).slice(0, Math.max(2, Math.round(size / 5)));
  return Array.from({ length: size }, (_, i) => drawn[i % drawn.length] as Kind);
}

/** A page that tells two to all of the facts. */
export function writeSome(rng: Random, thing: Thing, language: Language): Page {
  return writePage(rng, thing, language, rng.int(2, Math.max(2, Object.keys(thing.facts).length)));
}
