/**
 * Passages that a search found, as the texts that they are of: those of one document that overlap become one passage, so that what they share is there
 * once. It knows no tokens and ranks nothing anew.
 */

import type { Doc, Docs } from "../types.ts";

/** A document or passage among others: its place by rank, and by where it stands in its document, documents in the order of their best. */
export type Stitched = { readonly doc: Doc; readonly rank: number; readonly place: number };

/** Each document once; passages that overlap as one, with the id, place and score of the best of them. */
export function stitched(docs: Docs): Stitched[] {
  const distinct = [...new Map(docs.map((doc) => [doc.id, doc])).values()];
  const groups = Map.groupBy(distinct, (doc) => doc.passage?.of ?? doc.id);
  const ranks = new Map(distinct.map((doc, rank) => [doc.id, rank]));
  const rankOf = (doc: Doc): number => ranks.get(doc.id)!;
  return [...groups.values()]
    .flatMap((group) => runs(group).map((run) => merged(run, rankOf)))
    .map((doc, place) => ({ doc, rank: rankOf(doc), place }))
    .sort((a, b) => a.rank - b.rank);
}

const startOf = ({ passage }: Doc): number => passage?.start ?? 0;
const endOf = ({ passage, text }: Doc): number => passage?.end ?? text.length;

/** Passages of one document in its order, those that share text together. */
function runs(group: readonly Doc[]): Doc[][] {
  const found: Doc[][] = [];
  let end = 0;
  for (const doc of group.toSorted((a, b) => startOf(a) - startOf(b))) {
    if (found.length > 0 && startOf(doc) < end) found.at(-1)!.push(doc);
    else found.push([doc]);
    end = Math.max(end, endOf(doc));
  }
  return found;
}

function merged(run: readonly Doc[], rankOf: (doc: Doc) => number): Doc {
  if (run.length === 1) return run[0]!;
  const best = run.reduce((a, b) => (rankOf(a) <= rankOf(b) ? a : b));
  const start = startOf(run[0]!);
  const text = run.reduce((left, doc) => left + doc.text.slice(Math.max(0, start + left.length - startOf(doc))), "");
  return { ...best, text, passage: { of: best.passage?.of ?? best.id, start, end: start + text.length } };
}
