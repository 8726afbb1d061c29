/**
 * Questions over made-up worlds, as rows that train and test a model that must read: a question, the blocks that a
 * search would show, and the answer with the footnote of its block, or the admission that no block has it.
 */
import { invent, type Language, type Split } from "./names.ts";
import { prose } from "./prose.ts";
import { type Random, random } from "./random.ts";
import { scores } from "./rank.ts";
import { askAbout, makeThing, makeWorld, type Page } from "./worlds.ts";

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
  /** How many blocks a row shows, from 1 up to this (6). */
  most: number;
  /** The share of rows whose blocks are shuffled instead of ranked. */
  shuffled: number;
  /** The share of questions that no block answers. */
  absent: number;
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
    const pages = makeWorld(rng, language, options.split, worldSize);
    for (let i = 0; i < rowsPerWorld && made < options.count; i++, made++) {
      yield makeRow(rng, pages, language, options);
    }
  }
}

function makeRow(rng: Random, pages: readonly Page[], language: Language, options: RowOptions): Row {
  const page = rng.pick(pages);
  const told = page.thing.kind.relations.filter((r) => page.told.includes(r.id));
  const untold = page.thing.kind.relations.filter((r) => !page.told.includes(r.id));
  const shown = rng.int(1, options.most);
  const others = pages.filter((p) => p !== page);
  if (!rng.chance(options.absent)) {
    const relation = rng.pick(told);
    const prompt = askAbout(rng, relation, page.thing, language);
    const blocks = show(rng, prompt, others, shown, language, options, page);
    const place = blocks.indexOf(page) + 1;
    return row(prompt, blocks, `${page.thing.facts[relation.id]} [${place}]`);
  }
  // Either the page is silent about it, or the thing itself is unknown.
  const silent = untold.length > 0 && rng.chance(0.5);
  const relation = rng.pick(silent ? untold : page.thing.kind.relations);
  const kind = page.thing.kind;
  const thing = silent
    ? page.thing
    : makeThing(rng, kind, language, options.split, () => [], invent(rng, kind.name, language, options.split));
  const prompt = askAbout(rng, relation, thing, language);
  const blocks = show(rng, prompt, silent ? others : pages, shown, language, options, silent ? page : undefined);
  return row(prompt, blocks, unknown[language]);
}

type Block = { title: string; text: string };

/** The blocks that a search would show, the needed page among them. */
function show(rng: Random, prompt: string, pages: readonly Page[], shown: number, language: Language, options: RowOptions, needed?: Page): Block[] {
  const noise = rng.shuffle(prose[language]).slice(0, 4);
  const all: Block[] = [...rng.shuffle([...pages, ...noise])];
  if (needed !== undefined) all.push(needed);
  const score = scores(prompt, all.map((p) => `${p.title} ${p.title} ${p.text}`));
  const ranked = all.map((block, i) => ({ block, score: score[i] ?? 0 })).sort((a, b) => b.score - a.score);
  const found = ranked.slice(0, shown).map((r) => r.block);
  if (needed !== undefined && !found.includes(needed)) found[found.length - 1] = needed;
  return rng.chance(options.shuffled) ? rng.shuffle(found) : found;
}

function row(prompt: string, blocks: readonly Block[], answer: string): Row {
  const documents = blocks.map(({ title, text }) => ({ title, text, url: `world:${encodeURIComponent(title)}` }));
  return { prompt, documents, answer };
}
