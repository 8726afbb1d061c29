/** How alike a question's words and a document's are, in numbers that features are made of. Shapes: terms in, one number out. */
import { counted, type ReadText, type Words } from "./reading.ts";

/** How much a term tells: positive, more for what is rare. */
export type Rarity = (term: string) => number;

/** BM25's share of a term that stands there `count` times, in a text of `length` of which `mean` is usual; short texts and few mentions, as in Anserini. */
const saturated = (count: number, length: number, mean: number): number =>
  count / (count + 0.9 * (0.6 + (0.4 * length) / (mean || 1)));

/** BM25 of a list of terms, by their rarity; each as often as the question says it. */
export function weighed(asked: Words, counts: ReadonlyMap<string, number>, length: number, mean: number, rarity: Rarity): number {
  return asked.reduce((sum, term) => sum + rarity(term) * saturated(counts.get(term) ?? 0, length, mean), 0);
}

/** The best sentence's BM25. */
export function bestSentence(asked: Words, { sentences }: ReadText, mean: number, rarity: Rarity): number {
  const own = new Set(asked);
  const scores = sentences.map((words) =>
    words.some((word) => own.has(word)) ? weighed(asked, counted(words), words.length, mean, rarity) : 0,
  );
  return scores.reduce((most, score) => Math.max(most, score), 0);
}

/** As {@link weighed}, words with a long beginning in common counting by its share: other forms, names and what is derived from them. */
export function softly(asked: Words, { counts, words }: ReadText, mean: number, rarity: Rarity): number {
  return asked.reduce((sum, term) => {
    let count = 0;
    for (const [word, times] of counts) count += times * sameness(term, word);
    return sum + rarity(term) * saturated(count, words.length, mean);
  }, 0);
}

/** 1 for one word, the square of the shared beginning's share where that is four letters and three fifths of the longer one, else 0. */
function sameness(left: string, right: string): number {
  if (left === right) return 1;
  const longest = Math.max(left.length, right.length);
  if (left.length < 4 || right.length < 4 || left[0] !== right[0] || left[1] !== right[1]) return 0;
  let same = 2;
  while (same < longest && left[same] === right[same]) same += 1;
  return same >= 4 && same >= 0.6 * longest ? (same / longest) ** 2 : 0;
}

/** The share of the question's neighbouring words, by their rarity, that are neighbours in the text, in that order. Missing for one word. */
export function pairShare(asked: Words, text: Words, rarity: Rarity): number {
  if (asked.length < 2) return Number.NaN;
  const beside = new Set(text.map((term, at) => `${text[at - 1]} ${term}`));
  let [found, all] = [0, 0];
  for (let at = 1; at < asked.length; at++) {
    const weight = rarity(asked[at - 1]!) + rarity(asked[at]!);
    all += weight;
    if (beside.has(`${asked[at - 1]} ${asked[at]}`)) found += weight;
  }
  return all > 0 ? found / all : 0;
}

/** nearest, first, spread: see `searchFeatures`; missing where no word is shared. */
export function nearness(asked: ReadonlySet<string>, text: Words): [number, number, number] {
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

/** How alike each text is to the first `few` of them, itself left out: the cosine of its words, by rarity, with their sum. What the best say, others may say, too. */
export function alikeToFirst(texts: readonly ReadText[], rarity: Rarity, few = 5): number[] {
  const vectors = texts.map(({ counts }) =>
    unit(new Map([...counts].map(([word, count]) => [word, (1 + Math.log(count)) * rarity(word)]))),
  );
  return vectors.map((own, at) => {
    const others = vectors
      .slice(0, few + 1)
      .filter((_, place) => place !== at)
      .slice(0, few);
    return others.length === 0 ? Number.NaN : others.reduce((sum, other) => sum + product(own, other), 0) / others.length;
  });
}

type Vector = ReadonlyMap<string, number>;

function unit(vector: Vector): Vector {
  const length = Math.sqrt([...vector.values()].reduce((sum, one) => sum + one * one, 0)) || 1;
  return new Map([...vector].map(([word, value]) => [word, value / length]));
}

function product(left: Vector, right: Vector): number {
  let sum = 0;
  for (const [word, value] of left) sum += value * (right.get(word) ?? 0);
  return sum;
}

/** Rarity among some texts, where no index tells it: as BM25 has it. */
export function rarityAmong(texts: readonly ReadText[]): Rarity {
  const having = new Map<string, number>();
  for (const { counts } of texts) for (const word of counts.keys()) having.set(word, (having.get(word) ?? 0) + 1);
  return (term) => rarityOf(having.get(term) ?? 0, texts.length);
}

/** ln(1 + (all - having + 0.5) / (having + 0.5)): Lucene's form. */
export const rarityOf = (having: number, all: number): number => Math.log(1 + (all - having + 0.5) / (having + 0.5));
