/**
 * Citation recall and precision as ALCE defines them (Gao et al. 2023, section 4; the reference's eval.py, compute_autoais): is each sentence supported by
 * what it cites, and does each citation help? Whether a text supports a claim is asked of a function. Knows no models and no answers' origin.
 */

import { words } from "../reward/form.ts";

/** A sentence without its footnotes, and the numbers that it cites, in order, as often as they stand. */
export type CitedSentence = { readonly claim: string; readonly cites: readonly number[] };

/** Whether the texts together support the claim. */
export type Entails = (premise: string, claim: string) => boolean | Promise<boolean>;

/** Shares 0..1, of one answer; `sentences` and `citations` are what they were taken over. */
export type CitationScores = {
  readonly recall: number;
  readonly precision: number;
  readonly sentences: number;
  readonly citations: number;
  /** Citations without which the rest supports the sentence, and which alone do not. */
  readonly overcited: number;
};

/**
 * Recall: the share of sentences whose citations together support them. Precision: the share of citations that help; one does not when it alone
 * does not support the sentence and the others suffice without it. A sentence that cites what is not there is unsupported, and its citations are not counted (as in the
 * reference). An answer without sentences has no scores.
 */
export async function citationScores(
  sentences: readonly CitedSentence[],
  source: (number: number) => string | undefined,
  entails: Entails,
): Promise<CitationScores | undefined> {
  if (sentences.length === 0) return undefined;
  let supported = 0;
  let precise = 0;
  let citations = 0;
  let overcited = 0;
  for (const { claim, cites } of sentences) {
    const texts = cites.map(source);
    if (cites.length === 0 || texts.some((text) => text === undefined)) continue;
    const known = texts as string[];
    citations += known.length;
    if (!(await entails(known.join("\n"), claim))) continue;
    supported++;
    if (known.length === 1) {
      precise++;
      continue;
    }
    for (const [i, text] of known.entries()) {
      if ((await entails(text, claim)) || !(await entails(known.filter((_, j) => j !== i).join("\n"), claim))) precise++;
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

/** The sentences of an answer with what each cites: footnotes stand after the sentence's end or before it. */
export function sentencesOf(text: string): CitedSentence[] {
  return (text.match(/[^.!?…]+(?:[.!?…]+|$)(?:\s*\[\d+\])*/gu) ?? []).flatMap((part) => {
    const cites = [...part.matchAll(/\[(\d+)\]/g)].map((found) => Number(found[1]));
    const claim = part.replace(/\s*\[\d+\]/g, "").trim();
    return /[\p{L}\p{N}]/u.test(claim) ? [{ claim, cites }] : [];
  });
}

/** Support by words alone: every word of four letters or more of the claim stands in the premise. Where no model is asked. */
export function lexical(premise: string, claim: string): boolean {
  const there = new Set(words(premise));
  return words(claim).every((word) => word.length < 4 || there.has(word));
}
