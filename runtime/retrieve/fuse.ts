/** The stage `fuse`: several ranked lists become one by reciprocal ranks (Cormack, Clarke and Buettcher 2009). */

import type { Doc, Docs, StageContext } from "../types.ts";

/** How lists are fused: `rrf(k: 60)`. */
export type Fusion = { readonly kind: "rrf"; readonly k: number };

/** The sum of 1 / (k + rank) over the lists, rank from 1; a document that a list lacks gains nothing from it. */
export function fuse(lists: readonly Docs[], { by, top }: { by: Fusion; top: number }, context: StageContext): Docs {
  const fused = fuseLists(lists, by.k, top);
  context.note("fused", fused.length);
  return fused;
}

/** `fuse` without a stage's context. Equal sums keep the order of first appearance; of a document's versions the first stays. */
export function fuseLists(lists: readonly Docs[], k: number, top: number): Doc[] {
  const sums = new Map<string, { doc: Doc; sum: number }>();
  for (const list of lists) {
    for (const [at, doc] of list.entries()) {
      const known = sums.get(doc.id);
      if (known === undefined) sums.set(doc.id, { doc, sum: 1 / (k + at + 1) });
      else known.sum += 1 / (k + at + 1);
    }
  }
  const ranked = [...sums.values()].sort((a, b) => b.sum - a.sum).slice(0, top);
  return ranked.map(({ doc, sum }) => ({ ...doc, score: sum }));
}
