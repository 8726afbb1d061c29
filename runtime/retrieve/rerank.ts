/** The stage `rerank`: documents in the order of what a function of the spec, or a model, thinks of them. */

import { NeuroError } from "../error.ts";
import { isTrees, type Trees } from "../system/trees.ts";
import type { Dialog, Doc, Docs, StageContext } from "../types.ts";

/** What ranks: higher is better. */
export type Ranker = (prompt: Dialog, doc: Doc) => number | Promise<number>;

/**
 * The `top` best documents; equal scores keep their order. Trees are asked about the whole list, for what they know of a document depends on the others. Throws
 * `score_not_finite` when the function gives no number, and what trees throw.
 */
export async function rerank(
  docs: Docs,
  by: Ranker | Trees,
  given: Dialog,
  { top }: { top: number },
  context: StageContext,
): Promise<Docs> {
  if (isTrees(by)) {
    const scores = await by.scores(given, docs);
    context.note("ranked", docs.length);
    return best(
      docs.map((doc, at) => ({ ...doc, score: scores[at]! })),
      top,
    );
  }
  // All at once: a model that the function asks reads them in one batch.
  const scored = await Promise.all(
    docs.map(async (doc): Promise<Doc> => {
      const score = await by(given, doc);
      if (Number.isFinite(score)) return { ...doc, score };
      throw new NeuroError("score_not_finite", `The ranking function gave ${score} for ${doc.id}.`, {
        hint: "It must give a number for every document.",
      });
    }),
  );
  context.note("ranked", scored.length);
  return best(scored, top);
}

const best = (docs: Doc[], top: number): Docs => docs.sort((a, b) => b.score! - a.score!).slice(0, top);
