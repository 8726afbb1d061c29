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

/** How, how many, and whether passages of a document count as that document, which stands where its best one does. */
export type FuseOptions = { readonly by: Fusion; readonly top: number; readonly whole?: boolean };

/**
 * The sum of 1 / (k + rank) over the lists, rank from 1, or of weighed scores; a document that a list lacks gains nothing from it. Throws `fuse_weights` for
 * weights that are not as many as the lists.
 */
export function fuse(lists: readonly Docs[], { by, top, whole = false }: FuseOptions, context: StageContext): Docs {
  const fused = fusedBy(by, whole ? lists.map(onceEach) : lists, top, whole ? documentOf : idOf);
  context.note("fused", fused.length);
  return fused;
}

/** What a document is known by in all lists. */
type Known = (doc: Doc) => string;
const idOf: Known = ({ id }) => id;
const documentOf: Known = ({ id, passage }) => passage?.of ?? id;

/** The best passage of each document, at the place that it has among those. */
function onceEach(docs: Docs): Doc[] {
  const seen = new Set<string>();
  return docs.filter((doc) => !seen.has(documentOf(doc)) && seen.add(documentOf(doc)));
}

function fusedBy(by: Fusion, lists: readonly Docs[], top: number, known: Known): Doc[] {
  switch (by.kind) {
    case "rrf":
      return summed(lists, (_, place) => 1 / (by.k + place), { top, known });
    case "scores":
      return fuseScores(lists, by.weights, { top, known });
    case "after":
      return afterEach(lists, { top, known });
  }
}

type Summing = { readonly top: number; readonly known: Known };

/** One list as it is; of several, documents in the order of their first appearance: their scores fall with the place, for those of several lists compare with nothing. */
function afterEach(lists: readonly Docs[], { top, known }: Summing): Doc[] {
  if (lists.length === 1) return lists[0]!.slice(0, top);
  const seen = new Set<string>();
  const all = lists.flat().filter((doc) => !seen.has(known(doc)) && seen.add(known(doc)));
  return all.slice(0, top).map((doc, at) => ({ ...doc, score: 1 / (at + 1) }));
}

/** `fuse` without a stage's context. Equal sums keep the order of first appearance; of a document's versions the first stays. */
export function fuseLists(lists: readonly Docs[], k: number, top: number): Doc[] {
  return summed(lists, (_, place) => 1 / (k + place), { top, known: idOf });
}

function fuseScores(lists: readonly Docs[], weights: readonly number[] = lists.map(() => 1), summing: Summing): Doc[] {
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
  return summed(lists, gained, summing);
}

/** Each document with the sum of what the lists that have it give it, by the list and the place there, from 1. */
function summed(lists: readonly Docs[], gain: (list: number, place: number, doc: Doc) => number, { top, known }: Summing): Doc[] {
  const sums = new Map<string, { doc: Doc; sum: number }>();
  for (const [at, list] of lists.entries()) {
    for (const [i, doc] of list.entries()) {
      const before = sums.get(known(doc));
      const gained = gain(at, i + 1, doc);
      if (before === undefined) sums.set(known(doc), { doc, sum: gained });
      else {
        before.sum += gained;
        // A whole document says more than one of its passages.
        const fuller = before.doc.passage !== undefined && doc.passage === undefined;
        before.doc = fuller ? withLists(doc, before.doc.found) : withLists(before.doc, doc.found);
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
