/**
 * What a search knows of a question and a document it found, as numbers with names: the columns that ranking trees learn from. A thing that is not known
 * (a document without a date, a list that the document is not in) is missing, which trees have a side for. Knows no index and no model.
 */

import { type Language, queryTerms } from "../retrieve/analysis/analyse.ts";
import type { Lists } from "../types.ts";
import { alikeToFirst, bestSentence, nearness, pairShare, type Rarity, rarityAmong, softly, weighed } from "./likeness.ts";
import { counted, type ReadText, readText, type Words } from "./reading.ts";

/** A document as it was found. Places count from 1. */
export type Found = {
  readonly title?: string;
  readonly text: string;
  /** What the last search gave it, and its place there. */
  readonly score?: number;
  readonly place?: number;
  /** What each list that it was found in gave it. */
  readonly found?: Lists;
  /** How old it is, in days. */
  readonly age?: number;
};

/** How words are compared: a language's stems, and what each tells, which is counted among the documents found where nobody knows better. */
export type Knowing = { readonly language?: Language; readonly rarity?: Rarity };

/** Values by document, for each name. */
export type Columns = ReadonlyMap<string, readonly number[]>;

/** The columns that are always there, in their order; those of lists follow, three each: `words_score`, `words_place`, `words_share` of a list `words`. */
export const searchFeatures = [
  "score",
  "place",
  "score_share",
  "text",
  "text_share",
  "title",
  "lead",
  "sentence",
  "sentence_share",
  "soft",
  "soft_share",
  "shared",
  "shared_title",
  "weight_shared",
  "pairs",
  "nearest",
  "first",
  "spread",
  "alike",
  "question_length",
  "question_rarity",
  "length",
  "age",
] as const;

/**
 * The columns of documents found for a question. `text`, `title`, `lead` are BM25 of the text, title and first paragraph, `sentence` of the best
 * sentence, `soft` of words that begin alike; `.._share` is the share of the best in the list. `shared` and `weight_shared` are the shares of the question's
 * words (and of their rarity) that the document has, `pairs` of its neighbouring words that stand side by side there; `nearest` how many words the shortest
 * stretch with all shared words takes, for each of them; `first` and `spread` where they begin and how far they reach, of its length; `alike` the likeness of
 * its words to those of the first five documents.
 */
export function featuresOf(question: string, found: readonly Found[], { language = "mixed", rarity }: Knowing = {}): Columns {
  const asked = queryTerms(question, language);
  const texts = found.map(({ text }) => readText(text, language));
  const titles = found.map(({ title }) => readText(title ?? "", language));
  const telling = rarity ?? rarityAmong(texts);
  const columns = new Map<string, readonly number[]>();
  const known = (value: number | undefined) => value ?? Number.NaN;
  columns.set(
    "score",
    found.map(({ score }) => known(score)),
  );
  columns.set(
    "place",
    found.map(({ place }) => known(place)),
  );
  for (const [name, values] of wordColumns(asked, texts, titles, telling)) columns.set(name, values);
  columns.set("alike", alikeToFirst(texts, telling));
  const weight = asked.reduce((sum, term) => sum + telling(term), 0);
  columns.set(
    "question_length",
    found.map(() => asked.length),
  );
  columns.set(
    "question_rarity",
    found.map(() => (asked.length > 0 ? weight / asked.length : Number.NaN)),
  );
  columns.set(
    "length",
    texts.map(({ words }) => words.length),
  );
  columns.set(
    "age",
    found.map(({ age }) => known(age)),
  );
  for (const name of ["score", "text", "sentence", "soft"]) columns.set(`${name}_share`, shares(columns.get(name)!));
  const ordered = new Map(searchFeatures.map((name) => [name as string, columns.get(name)!]));
  for (const [name, values] of listColumns(found)) ordered.set(name, values);
  return ordered;
}

/** What is counted of the question's words in each document. */
function wordColumns(
  asked: Words,
  texts: readonly ReadText[],
  titles: readonly ReadText[],
  rarity: Rarity,
): Map<string, number[]> {
  const lengths = (lists: readonly Words[]) => lists.reduce((sum, list) => sum + list.length, 0) / (lists.length || 1);
  const [inText, inTitle, inLead] = [
    texts.map(({ words }) => words),
    titles.map(({ words }) => words),
    texts.map(({ lead }) => lead),
  ].map(lengths);
  const inSentence = lengths(texts.flatMap(({ sentences }) => sentences));
  const own = new Set(asked);
  const near = texts.map(({ words }) => nearness(own, words));
  const weight = asked.reduce((sum, term) => sum + rarity(term), 0);
  const has = (counts: ReadonlyMap<string, number>) => asked.filter((term) => counts.has(term));
  const share = (counts: ReadonlyMap<string, number>) => (asked.length > 0 ? has(counts).length / asked.length : Number.NaN);
  return new Map([
    ["text", texts.map(({ counts, words }) => weighed(asked, counts, words.length, inText!, rarity))],
    ["title", titles.map(({ counts, words }) => weighed(asked, counts, words.length, inTitle!, rarity))],
    ["lead", texts.map(({ lead }) => weighed(asked, counted(lead), lead.length, inLead!, rarity))],
    ["sentence", texts.map((text) => bestSentence(asked, text, inSentence, rarity))],
    ["soft", texts.map((text) => softly(asked, text, inText!, rarity))],
    ["shared", texts.map(({ counts }) => share(counts))],
    ["shared_title", titles.map(({ counts }) => share(counts))],
    [
      "weight_shared",
      texts.map(({ counts }) => (weight > 0 ? has(counts).reduce((sum, term) => sum + rarity(term), 0) / weight : Number.NaN)),
    ],
    ["pairs", texts.map(({ words }) => pairShare(asked, words, rarity))],
    ["nearest", near.map(([nearest]) => nearest)],
    ["first", near.map(([, first]) => first)],
    ["spread", near.map(([, , spread]) => spread)],
  ]);
}

/** What lists gave, by their names in order. */
function listColumns(found: readonly Found[]): Map<string, readonly number[]> {
  const columns = new Map<string, readonly number[]>();
  const names = [...new Set(found.flatMap(({ found: lists }) => Object.keys(lists ?? {})))].sort();
  for (const name of names) {
    const scores = found.map(({ found: lists }) => lists?.[name]?.score ?? Number.NaN);
    columns.set(`${name}_score`, scores);
    columns.set(
      `${name}_place`,
      found.map(({ found: lists }) => lists?.[name]?.place ?? Number.NaN),
    );
    columns.set(`${name}_share`, shares(scores));
  }
  return columns;
}

/** The share of the best; missing where that is none or not above 0. */
function shares(values: readonly number[]): number[] {
  const best = values.reduce((most, value) => (value > most ? value : most), 0);
  return values.map((value) => (best > 0 ? value / best : Number.NaN));
}
