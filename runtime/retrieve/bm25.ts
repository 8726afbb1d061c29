/**
 * BM25 as Lucene counts it, over lists of terms in memory: the reference engine, the oracle of every other, and the scorer of blocks
 * and sentences. It knows nothing of text, languages or files.
 *
 * score(q, d) = sum over the terms t of q, as often as they stand there, of idf(t) * f / (f + k1 * (1 - b + b * |d| / mean |d|)),
 * idf(t) = ln(1 + (N - n + 0.5) / (n + 0.5)), which is positive for every n (Robertson and Zaragoza 2009; Lucene 8's form, without
 * the constant factor k1 + 1).
 */

export type Bm25Options = { readonly k1: number; readonly b: number };
/** The values that Lucene begins with. */
export const lucene: Bm25Options = { k1: 1.2, b: 0.75 };

/** Where a list stands (in the order given) and what it scored. */
export type Hit = { readonly at: number; readonly score: number };

/** Lists that were counted, ready for questions. */
export type Bm25 = {
  readonly size: number;
  /** ln(1 + (N - n + 0.5) / (n + 0.5)); the most that any term can have for one that occurs nowhere. */
  idf(term: string): number;
  /** The score of every list, 0 where no term matches. */
  scores(query: readonly string[]): Float64Array;
  /** The `top` best with a score above 0, best first; equal scores in the order given. */
  search(query: readonly string[], top: number): Hit[];
};

/** Counts `lists` once; every later question costs its terms' postings only. */
export function bm25(lists: readonly (readonly string[])[], options: Bm25Options = lucene): Bm25 {
  const postings = new Map<string, { at: number; count: number }[]>();
  let total = 0;
  for (const [at, list] of lists.entries()) {
    total += list.length;
    for (const term of list) {
      const known = postings.get(term);
      const latest = known?.at(-1);
      if (latest?.at === at) latest.count += 1;
      else if (known) known.push({ at, count: 1 });
      else postings.set(term, [{ at, count: 1 }]);
    }
  }
  const { k1, b } = options;
  const mean = total / lists.length || 1;
  const size = lists.length;
  const idf = (term: string) => {
    const n = postings.get(term)?.length ?? 0;
    return Math.log(1 + (size - n + 0.5) / (n + 0.5));
  };
  const scores = (query: readonly string[]) => {
    const sums = new Float64Array(size);
    for (const term of query) {
      const weight = idf(term);
      for (const { at, count } of postings.get(term) ?? []) {
        sums[at]! += (weight * count) / (count + k1 * (1 - b + (b * lists[at]!.length) / mean));
      }
    }
    return sums;
  };
  const search = (query: readonly string[], top: number) => {
    const found = [...scores(query)].map((score, at) => ({ at, score })).filter((hit) => hit.score > 0);
    return found.sort((x, y) => y.score - x.score || x.at - y.at).slice(0, top);
  };
  return { size, idf, scores, search };
}
