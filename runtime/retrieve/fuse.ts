/** The stage `fuse`: several ranked lists become one by reciprocal ranks (Cormack, Clarke and Buettcher 2009), or by what they scored. */

import { NeuroError } from "../error.ts";
import type { Doc, Docs, Lists, StageContext } from "../types.ts";

/**
 * How lists are fused: `rrf(k: 60)`, by places; `scores(weights: [0.8, 0.2])`, by scores, each list's brought to 0..1 and counting by its weight
 * (all alike where no weights are given); or `after`: the first list, then what it lacks of the next.
 */
export type Fusion =
  | { readonly kind: "rrf"; readonly k: number }
  | { readonly kind: "scores"; readonly weights?: readonly number[] }
  | { readonly kind: "after" };

/**
 * The sum of 1 / (k + rank) over the lists, rank from 1, or of weighed scores; a document that a list lacks gains nothing from it. Throws `fuse_weights` for
 * weights that are not as many as the lists.
 */
export function fuse(lists: readonly Docs[], { by, top }: { by: Fusion; top: number }, context: StageContext): Docs {
  const fused = fusedBy(by, lists, top);
  context.note("fused", fused.length);
  return fused;
}

function fusedBy(by: Fusion, lists: readonly Docs[], top: number): Doc[] {
  switch (by.kind) {
    case "rrf":
      return fuseLists(lists, by.k, top);
    case "scores":
      return fuseScores(lists, by.weights, top);
    case "after":
      return afterEach(lists, top);
  }
}

/** One list as it is; of several, documents in the order of their first appearance: their scores fall with the place, for those of several lists compare with nothing. */
function afterEach(lists: readonly Docs[], top: number): Doc[] {
  if (lists.length === 1) return lists[0]!.slice(0, top);
  const seen = new Set<string>();
  const all = lists.flat().filter(({ id }) => !seen.has(id) && seen.add(id));
  return all.slice(0, top).map((doc, at) => ({ ...doc, score: 1 / (at + 1) }));
}

/** `fuse` without a stage's context. Equal sums keep the order of first appearance; of a document's versions the first stays. */
export function fuseLists(lists: readonly Docs[], k: number, top: number): Doc[] {
  return summed(lists, (_, place) => 1 / (k + place), top);
}

function fuseScores(lists: readonly Docs[], weights: readonly number[] = lists.map(() => 1), top: number): Doc[] {
  if (weights.length !== lists.length)
    throw new NeuroError("fuse_weights", `fuse was given ${lists.length} lists and ${weights.length} weights.`, {
      hint: "Give a weight for each list, in the lists' order.",
    });
  const ends = lists.map((list) =>
    list.reduce(([low, high], { score = 0 }) => [Math.min(low, score), Math.max(high, score)], [Infinity, -Infinity]),
  );
  const gained = (at: number, _: number, { score = 0 }: Doc): number => {
    const [low, high] = ends[at] as [number, number];
    return weights[at]! * (high > low ? (score - low) / (high - low) : 1);
  };
  return summed(lists, gained, top);
}

/** Each document with the sum of what the lists that have it give it, by the list and the place there, from 1. */
function summed(lists: readonly Docs[], gain: (list: number, place: number, doc: Doc) => number, top: number): Doc[] {
  const sums = new Map<string, { doc: Doc; sum: number }>();
  for (const [at, list] of lists.entries()) {
    for (const [i, doc] of list.entries()) {
      const known = sums.get(doc.id);
      const gained = gain(at, i + 1, doc);
      if (known === undefined) sums.set(doc.id, { doc, sum: gained });
      else {
        known.sum += gained;
        known.doc = withLists(known.doc, doc.found);
      }
    }
  }
  const ranked = [...sums.values()].sort((a, b) => b.sum - a.sum).slice(0, top);
  return ranked.map(({ doc, sum }) => ({ ...doc, score: sum }));
}

/** A document with what more lists gave it; of two lists of one name, what the better place says. */
function withLists(doc: Doc, more: Lists | undefined): Doc {
  if (more === undefined) return doc;
  const better = Object.entries(more).filter(
    ([name, { place }]) => place < (doc.found?.[name]?.place ?? Number.POSITIVE_INFINITY),
  );
  return better.length === 0 ? doc : { ...doc, found: { ...doc.found, ...Object.fromEntries(better) } };
}
