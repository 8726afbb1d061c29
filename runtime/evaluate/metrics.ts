/**
 * Metrics of one ranking against its judgments, each as trec_eval 10 counts it (github.com/usnistgov/trec_eval, m_*.c), to the last bit of a sum's order:
 * unjudged documents are not relevant, a ranking shorter than the cut-off is filled with nothing found, gains of nDCG are the grades themselves and its
 * ideal comes from all judgments (Järvelin and Kekäläinen 2002). Knows nothing of names of metrics or of averages.
 */
import { type Found, inOrder } from "./ranking.ts";

/** What of a ranking is looked at: the first `at` (all when left out), and from which grade on a document is relevant (1). */
export type Cut = { readonly at?: number; readonly rel?: number };

/** A ranking as the metrics see it: grades in order, `undefined` for what nobody judged, and the judgments of the query. */
export type Judged = { readonly grades: readonly (number | undefined)[]; readonly judged: readonly number[] };

/** Reads a ranking in trec_eval's order against the judgments of its query. */
export function judge(found: readonly Found[], judgments: ReadonlyMap<string, number>): Judged {
  return { grades: inOrder(found).map(({ doc }) => judgments.get(doc)), judged: [...judgments.values()] };
}

const first = <T>(list: readonly T[], at: number | undefined): readonly T[] => (at === undefined ? list : list.slice(0, at));
const relevantIn = (grades: readonly (number | undefined)[], rel: number): number =>
  grades.reduce<number>((sum, grade) => sum + ((grade ?? -1) >= rel ? 1 : 0), 0);

/** nDCG (m_ndcg.c, m_ndcg_cut.c): the sum of grade / log2(rank + 1), over that of the best possible order. 0 where nothing is relevant. */
export function ndcg({ grades, judged }: Judged, { at }: Cut = {}): number {
  const gain = (list: readonly (number | undefined)[]) =>
    first(list, at).reduce<number>((sum, grade, i) => ((grade ?? 0) > 0 ? sum + grade! / Math.log2(i + 2) : sum), 0);
  const ideal = gain([...judged].sort((a, b) => b - a));
  return ideal === 0 ? 0 : gain(grades) / ideal;
}

/** Average precision (m_map.c, m_map_cut.c): the precision at each relevant document that was found, over all that there are. */
export function ap({ grades, judged }: Judged, { at, rel = 1 }: Cut = {}): number {
  let seen = 0;
  let sum = 0;
  for (const [i, grade] of first(grades, at).entries()) if ((grade ?? -1) >= rel) sum += ++seen / (i + 1);
  return seen === 0 ? 0 : sum / relevantIn(judged, rel);
}

/** Reciprocal rank (m_recip_rank.c): 1 / the place of the first relevant document, 0 when there is none. */
export function rr({ grades }: Judged, { at, rel = 1 }: Cut = {}): number {
  const place = first(grades, at).findIndex((grade) => (grade ?? -1) >= rel);
  return place === -1 ? 0 : 1 / (place + 1);
}

/** Precision (m_P.c): relevant ones among the first `at`, however few were found; without `at`, among all that were found (m_set_P.c). */
export function precision({ grades }: Judged, { at, rel = 1 }: Cut = {}): number {
  const of = at ?? grades.length;
  return of === 0 ? 0 : relevantIn(first(grades, at), rel) / of;
}

/** Recall (m_recall.c): the share of all relevant documents that stands among the first `at`. 0 where there are none. */
export function recall({ grades, judged }: Judged, { at, rel = 1 }: Cut = {}): number {
  const all = relevantIn(judged, rel);
  return all === 0 ? 0 : relevantIn(first(grades, at), rel) / all;
}

/** Success (m_success.c): whether a relevant document stands among the first `at`. */
export function success({ grades }: Judged, { at, rel = 1 }: Cut = {}): number {
  return relevantIn(first(grades, at), rel) > 0 ? 1 : 0;
}

/** R-precision (m_Rprec.c): precision after as many documents as are relevant. */
export function rprec(judged: Judged, { rel = 1 }: Cut = {}): number {
  const at = relevantIn(judged.judged, rel);
  return at === 0 ? 0 : precision(judged, { at, rel });
}

/** Binary preference (m_bpref.c; Buckley and Voorhees 2004): how seldom judged, not relevant documents stand before relevant ones. Unjudged ones do not count. */
export function bpref({ grades, judged }: Judged, { rel = 1 }: Cut = {}): number {
  const relevant = relevantIn(judged, rel);
  const others = judged.filter((grade) => grade >= 0 && grade < rel).length;
  let before = 0;
  let sum = 0;
  for (const grade of grades) {
    if (grade === undefined || grade < 0) continue;
    if (grade < rel) before++;
    else sum += before === 0 ? 1 : 1 - Math.min(before, relevant) / Math.min(others, relevant);
  }
  return relevant === 0 ? 0 : sum / relevant;
}

/** The share of what was found (or of the first `at`) that anybody judged: where it is low, the other numbers say little. */
export function judgedShare({ grades }: Judged, { at }: Cut = {}): number {
  const seen = first(grades, at);
  return seen.length === 0 ? 0 : seen.filter((grade) => grade !== undefined && grade >= 0).length / seen.length;
}
