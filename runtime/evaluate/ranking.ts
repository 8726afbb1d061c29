/**
 * What retrieval is judged by: rankings and judgments of queries, and the one order in which a ranking is read. Identical to trec_eval: the rank column
 * of a file says nothing, scores do, from high to low, and equal scores stand in descending order of the documents' names, byte by byte.
 * Knows nothing of files, indexes or metrics.
 */

/** A document that was found for a query, and its score: higher is better, comparable within the query only. */
export type Found = { readonly doc: string; readonly score: number };
/** What was found, by query. */
export type Rankings = ReadonlyMap<string, readonly Found[]>;
/** By query, then by document: the grade, 0 for judged and not relevant, below 0 for pooled and never judged. What is not here is unjudged. */
export type Judgments = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** trec_eval's order (form_res_rels.c, comp_sim_docno). A copy. */
export function inOrder(found: readonly Found[]): Found[] {
  return [...found].sort((x, y) => y.score - x.score || byBytes(y.doc, x.doc));
}

/** As C's strcmp orders UTF-8: by code points, which JavaScript's `<` does not beyond the basic plane. */
export function byBytes(a: string, b: string): number {
  if (a === b) return 0;
  if (!surrogate.test(a) && !surrogate.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
const surrogate = /[\ud800-\udfff]/;

/** The names of queries, numbers by their value, so that 2 stands before 10. */
export function queriesInOrder(names: Iterable<string>): string[] {
  return [...names].sort((a, b) => a.localeCompare(b, "en", { numeric: true }) || byBytes(a, b));
}
