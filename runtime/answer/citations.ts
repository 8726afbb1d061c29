/**
 * Citation recall and precision as ALCE defines them (Gao et al. 2023, section 4; the reference's eval.py, compute_autoais): is each sentence supported by
 * what it cites, and does each citation help? Whether texts support a claim is asked of a function. Knows no models and no answers' origin.
 */

import type { CitationScores } from "../types.ts";

/** What a sentence says without its footnotes, and the numbers that it cites, in order, as often as they stand. */
export type Cited = { readonly claim: string; readonly cites: readonly number[] };

/** Whether the sources of these numbers together support the claim. */
export type Supports = (cites: readonly number[], claim: string) => boolean | Promise<boolean>;

/**
 * Recall: the share of sentences whose citations together support them. Precision: the share of citations that help; one does not when it alone
 * does not support the sentence and the others suffice without it. A sentence that cites what is not there is unsupported, and its citations are not counted (as in the
 * reference). An answer without sentences has no scores.
 */
export async function citationScores(
  sentences: readonly Cited[],
  isSource: (number: number) => boolean,
  supports: Supports,
): Promise<CitationScores | undefined> {
  if (sentences.length === 0) return undefined;
  let supported = 0;
  let precise = 0;
  let citations = 0;
  let overcited = 0;
  for (const { claim, cites } of sentences) {
    if (cites.length === 0 || !cites.every(isSource)) continue;
    citations += cites.length;
    if (!(await supports(cites, claim))) continue;
    supported++;
    for (const i of cites.keys()) {
      if (await helps(cites, i, claim, supports)) precise++;
      else overcited++;
    }
  }
  return {
    recall: supported / sentences.length,
    precision: citations === 0 ? 0 : precise / citations,
    sentences: sentences.length,
    citations,
    overcited,
  };
}

/** Whether a citation of a sentence that all of them support does something for it: it is the only one, it suffices, or the others do not. */
export async function helps(cites: readonly number[], at: number, claim: string, supports: Supports): Promise<boolean> {
  if (cites.length === 1 || (await supports([cites[at]!], claim))) return true;
  return !(await supports(
    cites.filter((_, i) => i !== at),
    claim,
  ));
}
