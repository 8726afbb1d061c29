/**
 * What a search knows of a question and a document it found, as numbers with names: the columns that ranking trees learn from. A thing that is not known
 * (a document without a date, a list that the document is not in) is missing, which trees have a side for. Knows no index and no model.
 */

import { type Language, queryTerms, terms } from "../retrieve/analysis/analyse.ts";
import { type Bm25, bm25 } from "../retrieve/bm25.ts";

/** A document as it was found. Places count from 1. */
export type Found = {
  readonly title?: string;
  readonly text: string;
  /** What the search gave it, and its place there. */
  readonly score?: number;
  readonly place?: number;
  /** What the vectors' side gave it, and its place there. */
  readonly likeness?: number;
  readonly likenessPlace?: number;
  /** How old it is, in days. */
  readonly age?: number;
};

/** The names of the columns, in their order. */
export const searchFeatures = [
  "score",
  "place",
  "score_share",
  "likeness",
  "likeness_place",
  "words",
  "words_title",
  "shared",
  "shared_title",
  "weight_shared",
  "pairs",
  "nearest",
  "first",
  "spread",
  "question_length",
  "question_rarity",
  "length",
  "age",
] as const;

/**
 * The values for each document, by {@link searchFeatures}. `words` and `words_title` are BM25 among the documents found; `shared` and `weight_shared` are the
 * shares of the question's words (and of their rarity) that the document has; `pairs` of its neighbouring words that stand side by side there; `nearest` how
 * many words the shortest stretch with all shared words takes, for each of them; `first` and `spread` where they begin, and how far they reach, of its length.
 */
export function featuresOf(question: string, found: readonly Found[], language: Language = "mixed"): number[][] {
  const asked = queryTerms(question, language);
  const texts = found.map(({ text }) => terms(text, language).map(({ text: term }) => term));
  const titles = found.map(({ title }) => terms(title ?? "", language).map(({ text: term }) => term));
  const within = bm25(texts);
  const [words, inTitles] = [within.scores(asked), bm25(titles).scores(asked)];
  const best = found.reduce((most, { score }) => Math.max(most, score ?? 0), 0);
  const rarity = asked.map((term) => within.idf(term));
  const rarest = rarity.reduce((sum, one) => sum + one, 0);
  return found.map((one, at) => {
    const near = nearness(new Set(asked), texts[at]!);
    return [
      one.score ?? Number.NaN,
      one.place ?? Number.NaN,
      one.score === undefined || best <= 0 ? Number.NaN : one.score / best,
      one.likeness ?? Number.NaN,
      one.likenessPlace ?? Number.NaN,
      words[at]!,
      inTitles[at]!,
      share(asked, new Set(texts[at])),
      share(asked, new Set(titles[at])),
      weightShared(asked, texts[at]!, within),
      pairShare(asked, texts[at]!),
      ...near,
      asked.length,
      asked.length > 0 ? rarest / asked.length : Number.NaN,
      texts[at]!.length,
      one.age ?? Number.NaN,
    ];
  });
}

function share(asked: readonly string[], has: ReadonlySet<string>): number {
  return asked.length > 0 ? asked.filter((term) => has.has(term)).length / asked.length : Number.NaN;
}

function weightShared(asked: readonly string[], text: readonly string[], { idf }: Bm25): number {
  const has = new Set(text);
  const sum = (some: readonly string[]) => some.reduce((weight, term) => weight + idf(term), 0);
  const all = sum(asked);
  return all > 0 ? sum(asked.filter((term) => has.has(term))) / all : Number.NaN;
}

/** The share of the question's neighbouring words that are neighbours in the text, in that order. */
function pairShare(asked: readonly string[], text: readonly string[]): number {
  if (asked.length < 2) return Number.NaN;
  const beside = new Set(text.map((term, at) => `${text[at - 1]} ${term}`));
  return asked.filter((term, at) => at > 0 && beside.has(`${asked[at - 1]} ${term}`)).length / (asked.length - 1);
}

/** nearest, first, spread; missing where no word is shared. */
function nearness(asked: ReadonlySet<string>, text: readonly string[]): [number, number, number] {
  const hits = text.flatMap((term, at) => (asked.has(term) ? [{ term, at }] : []));
  if (hits.length === 0) return [Number.NaN, Number.NaN, Number.NaN];
  const kinds = new Set(hits.map(({ term }) => term)).size;
  const counts = new Map<string, number>();
  let [shortest, from] = [text.length, 0];
  for (const { term, at } of hits) {
    counts.set(term, (counts.get(term) ?? 0) + 1);
    while (counts.size === kinds) {
      const first = hits[from]!;
      shortest = Math.min(shortest, at - first.at + 1);
      const left = counts.get(first.term)! - 1;
      if (left > 0) counts.set(first.term, left);
      else counts.delete(first.term);
      from += 1;
    }
  }
  return [shortest / kinds, hits[0]!.at / text.length, (hits.at(-1)!.at - hits[0]!.at) / text.length];
}
