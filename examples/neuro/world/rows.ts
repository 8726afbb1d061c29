/**
 * Questions over made-up worlds, as rows that train and test a model that must read: a question, the blocks that a
 * search would show, and the answer with the footnote of its block, or the admission that no block has it.
 */
import type { Kind, Relation } from "./kinds.ts";
import type { Language, Split } from "./names.ts";
import { prose } from "./prose.ts";
import { type Random, random } from "./random.ts";
import { scores } from "./rank.ts";
import { mixedWorld } from "./real.ts";
import { reworded } from "./reworded.ts";
import { unfamiliar } from "./unfamiliar.ts";
import { askAbout, fill, kinds, makeThing, makeWorld, type Page, type Thing } from "./worlds.ts";

export interface Document {
  title: string;
  text: string;
  url: string;
}
export interface Row {
  prompt: string;
  documents: Document[];
  answer: string;
}

export interface RowOptions {
  count: number;
  seed: number;
  split: Split;
  /** A row shows at least one block and at most this many. */
  most: number;
  /** The number of blocks is the least of this many draws: 1 is even, more prefers few blocks, which cost less to learn from. */
  draws: number;
  /** The share of rows whose blocks are shuffled instead of ranked. */
  shuffled: number;
  /** The share of questions that no block answers. */
  absent: number;
  /** The share of worlds that mix up the facts of real names; the rest are made up entirely. */
  mixed: number;
  /** The share of questions of a sort that no lesson asks; none when left out. */
  unfamiliar?: number;
  /** The share of the other questions that are asked in words that no lesson uses; none when left out. */
  reworded?: number;
}

/** What is said when no block has the answer. */
export const unknown: Record<Language, string> = { en: "I do not know.", ru: "Я не знаю." };

const worldSize = 20;
const rowsPerWorld = 10;

/** Rows of the split; the same options give the same rows. */
export function* makeRows(options: RowOptions): Generator<Row> {
  let made = 0;
  for (let w = 0; made < options.count; w++) {
    const rng = random(`${options.seed}/${options.split}/${w}`);
    const language: Language = rng.chance(0.5) ? "en" : "ru";
    const pages = rng.chance(options.mixed)
      ? mixedWorld(rng, language, worldSize)
      : makeWorld(rng, language, options.split, worldSize);
    for (let i = 0; i < rowsPerWorld && made < options.count; i++, made++) {
      const page = rng.pick(pages);
      if (options.unfamiliar !== undefined && rng.chance(options.unfamiliar))
        yield unfamiliarRow(rng, pages, page, language, options);
      else
        yield rng.chance(options.absent)
          ? absentRow(rng, pages, page, language, options)
          : presentRow(rng, pages, page, language, options);
    }
  }
}

function presentRow(rng: Random, pages: readonly Page[], page: Page, language: Language, options: RowOptions): Row {
  const relation = rng.pick(page.thing.kind.relations.filter((r) => page.told.includes(r.id)));
  const prompt = ask(rng, relation, page.thing, language, options);
  const blocks = show(rng, prompt, pages, language, options, page);
  return row(prompt, blocks, `${page.thing.facts[relation.id]} [${blocks.indexOf(page) + 1}]`);
}

/** Nothing shown has the answer: the page is silent about it, or the thing is unknown, or the question does not suit it. */
function absentRow(rng: Random, pages: readonly Page[], page: Page, language: Language, options: RowOptions): Row {
  const { kind } = page.thing;
  const why = rng.next();
  const untold = kind.relations.filter((r) => !page.told.includes(r.id));
  if (why < 0.55 && untold.length > 0) {
    const prompt = ask(rng, rng.pick(untold), page.thing, language, options);
    return row(prompt, show(rng, prompt, pages, language, options, page), unknown[language]);
  }
  if (why < 0.7) {
    const prompt = askAbout(rng, strayRelation(rng, kind), page.thing, language);
    return row(prompt, show(rng, prompt, pages, language, options, page), unknown[language]);
  }
  const stranger = makeThing(rng, kind, language, options.split, () => []);
  const prompt = askAbout(rng, rng.pick(kind.relations), stranger, language);
  return row(prompt, show(rng, prompt, pages, language, options), unknown[language]);
}

/** A question in the words of the lessons, or in others. */
function ask(rng: Random, relation: Relation, thing: Thing, language: Language, options: RowOptions): string {
  if (options.reworded === undefined || !rng.chance(options.reworded)) return askAbout(rng, relation, thing, language);
  return fill(rng.pick(reworded(thing.kind.id, relation.id, language, options.split)), thing) ?? thing.name;
}

/** The page is there, and what is asked is of a sort that no page ever tells. */
function unfamiliarRow(rng: Random, pages: readonly Page[], page: Page, language: Language, options: RowOptions): Row {
  const prompt = fill(rng.pick(unfamiliar(page.thing.kind.id, language, options.split)), page.thing) ?? page.thing.name;
  return row(prompt, show(rng, prompt, pages, language, options, page), unknown[language]);
}

/** A relation of another kind that means nothing this kind could be asked in the same words. */
function strayRelation(rng: Random, kind: Kind): Relation {
  const own = new Set(kind.relations.map(sense));
  return rng.pick(kinds.flatMap((k) => k.relations).filter((r) => !own.has(sense(r))));
}

/** What a relation is about, coarsely: years are alike, persons are alike. */
function sense(relation: Relation): string {
  const { values } = relation;
  if ("words" in values) return relation.id;
  return "unit" in values ? `number${values.unit.en}` : values.name;
}

type Block = { title: string; text: string };

/** The blocks that a search would show, the needed page among them. */
function show(
  rng: Random,
  prompt: string,
  pages: readonly Page[],
  language: Language,
  options: RowOptions,
  needed?: Page,
): Block[] {
  const noise = rng.shuffle(prose[language]).slice(0, 4);
  const shown = Math.min(...Array.from({ length: options.draws }, () => rng.int(1, options.most)));
  const all: Block[] = rng.shuffle([...pages, ...noise]);
  const score = scores(
    prompt,
    all.map((p) => `${p.title} ${p.title} ${p.text}`),
  );
  const ranked = all.map((block, i) => ({ block, score: score[i] ?? 0 })).sort((a, b) => b.score - a.score);
  const found = ranked.slice(0, shown).map((r) => r.block);
  if (needed !== undefined && !found.includes(needed)) found[found.length - 1] = needed;
  return rng.chance(options.shuffled) ? rng.shuffle(found) : found;
}

function row(prompt: string, blocks: readonly Block[], answer: string): Row {
  const documents = blocks.map(({ title, text }) => ({ title, text, url: `world:${encodeURIComponent(title)}` }));
  return { prompt, documents, answer };
}
