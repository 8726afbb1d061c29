/**
 * What decides whether passages bear a sentence out: a function of the spec (which may ask a model), or std's, by words. It changes no answer.
 */

import { queryTerms, terms } from "../retrieve/analysis/analyse.ts";
import type { Dialog, Docs } from "../types.ts";

/** How sure it is that the passages bear the sentence out, said in this dialog; from the stage's `least` on they do. */
export type Checker = (prompt: Dialog, passages: Docs, sentence: string) => number | Promise<number>;

/** `checked:` and `by:` of the language: nothing, `words(share: 80%)`, or a function of the spec. */
export type Checking = { readonly kind: "none" } | { readonly kind: "words"; readonly share?: number } | Checker;

/** What to do with what is not borne out: only say so, mend footnotes, or mend them and leave out sentences that nothing bears out. */
export type Unsupported = { readonly kind: "keep" | "repair" | "drop" };

/** A checker that can be asked, and what it is called where it is told of. */
export type Asked = { readonly name: string; readonly ask: Checker };

/** The checker of a spec; undefined where nothing is checked. */
export function checkerOf(checking: Checking): Asked | undefined {
  if (typeof checking === "function") return { name: checking.name || "the spec's function", ask: checking };
  if (checking.kind === "none") return undefined;
  const { share = standardShare } = checking;
  return { name: "words", ask: (_, passages, sentence) => Number(byWords(passages, sentence, share)) };
}

const standardShare = 0.8;

/**
 * Whether the words of a sentence stand in one of the passages or in their titles: every number, every name, and so large a share of all that are
 * no stop words, by their stems, in English and Russian. It sees no negation and no order of words: a floor for a checker that reads.
 */
export function byWords(passages: Docs, sentence: string, share: number): boolean {
  const there = new Set(passages.flatMap(({ title, text }) => terms(`${title}\n${text}`, "mixed").map((term) => term.text)));
  const said = [...new Set(queryTerms(sentence, "mixed"))];
  const held = said.filter((term) => there.has(term));
  const must = [...sentence.matchAll(/\p{N}+(?:[.,]\p{N}+)*|(?<=[\p{L}\p{N},;:»"”’)] ["«“(]?)\p{Lu}[\p{L}\p{M}\p{N}'’-]*/gu)];
  const lacking = must.flatMap(([word]) => terms(word, "mixed")).some((term) => !there.has(term.text));
  return !lacking && said.length > 0 && held.length >= share * said.length - 1e-9;
}
