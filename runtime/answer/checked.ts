/**
 * A text is checked sentence by sentence while it is written: what is told is what stays, so a sentence is told when its fate is decided. The same
 * text comes of it whether somebody watches or not, and in whatever pieces it is written.
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { type CheckedSentence, type Checks, last } from "../types.ts";
import { type CheckFacts, type Fate, fateOf, Judge, recited } from "./check.ts";
import { citationScores } from "./citations.ts";
import { type CitedSentence, citedSentences, hasWords, isClaim, settled } from "./sentences.ts";
import { doNotKnow } from "./unknown.ts";

/** A text that was checked. `checks` is absent where it claims nothing. */
export type CheckedText = { readonly text: string; readonly checks?: Checks };

type Decided = { readonly sentence: CitedSentence; readonly fate: Promise<Fate> };

export class Checked {
  readonly #judge: Judge;
  readonly #onText: ((text: string) => void) | undefined;
  readonly #decided: Decided[] = [];
  // Pieces of a text come in whatever context its model is written in; what is asked is asked in the caller's.
  readonly #here = AsyncLocalStorage.snapshot();
  #told: Promise<unknown> = Promise.resolve();

  /** `onText` is told the text so far as its sentences are decided. */
  constructor(facts: CheckFacts, onText?: (text: string) => void) {
    this.#judge = new Judge(facts);
    this.#onText = onText;
  }

  /** Told all of the text that has come, with footnotes in one form; what was told before is its beginning. */
  written(soFar: string): void {
    const cut = citedSentences(soFar);
    for (const sentence of cut.slice(this.#decided.length, settled(soFar, cut))) this.#decide(sentence, soFar);
  }

  /** The whole text, checked. Throws what the checker throws. */
  async finish(text: string): Promise<CheckedText> {
    const cut = citedSentences(text);
    for (const sentence of cut.slice(this.#decided.length)) this.#decide(sentence, text);
    const fates = await Promise.all(this.#decided.map(({ fate }) => fate));
    const { out, sentences } = assembled(text, cut, fates);
    const claims = cut.flatMap((sentence, i) => (isClaim(sentence) ? [{ sentence, fate: fates[i]! }] : []));
    if (claims.length === 0) return { text };
    const kept = claims.filter(({ fate }) => fate.outcome !== "dropped");
    const judge = this.#judge;
    const score = (cited: readonly { claim: string; cites: readonly number[] }[]) =>
      citationScores(cited, (number) => judge.isSource(number), judge.supports);
    const written = (await score(claims.map(({ sentence }) => sentence)))!;
    const told = await score(kept.map(({ sentence: { claim }, fate: { cites } }) => ({ claim, cites })));
    const { checker, least, prompt } = judge.facts;
    await this.#told;
    const checks = { by: checker.name, least, sentences, written, ...(told && { told }) };
    // What is left beside claims that were dropped answers nothing.
    if (kept.length > 0 || cut.some((sentence) => hasWords(sentence) && !isClaim(sentence))) return { text: out, checks };
    return {
      text: doNotKnow(last(prompt)),
      checks: { ...checks, sentences: sentences.map((one) => ({ ...one, start: 0, end: 0 })) },
    };
  }

  #decide(sentence: CitedSentence, text: string): void {
    const fate = this.#here(() => fateOf(sentence, this.#judge));
    this.#decided.push({ sentence, fate });
    const so = this.#decided.slice();
    this.#told = this.#told.then(async () => {
      const { outcome } = await fate;
      if (outcome === "dropped" || !hasWords(sentence) || this.#onText === undefined) return;
      const cut = so.map((one) => one.sentence);
      const fates = await Promise.all(so.map((one) => one.fate));
      this.#here(() => this.#onText!(assembled(text, cut, fates).out));
    });
    // Whoever finishes the text is told.
    fate.catch(() => {});
    this.#told.catch(() => {});
  }
}

/** The text of what is kept, and what became of each claim. */
function assembled(
  text: string,
  cut: readonly CitedSentence[],
  fates: readonly Fate[],
): { out: string; sentences: CheckedSentence[] } {
  let out = "";
  let gap = "";
  const sentences: CheckedSentence[] = [];
  for (const [i, sentence] of cut.entries()) {
    const { outcome, cites, support } = fates[i]!;
    gap = wider(gap, text.slice(cut[i - 1]?.end ?? sentence.start, sentence.start));
    const shown = outcome === "dropped" ? "" : recited(sentence, cites);
    if (shown !== "") {
      out += (out === "" ? "" : gap) + shown;
      gap = "";
    }
    const end = out.length;
    if (isClaim(sentence))
      sentences.push({
        outcome,
        written: sentence.text,
        start: end - shown.length,
        end,
        cited: sentence.cites,
        cites,
        support,
      });
  }
  return { out, sentences };
}

/** Of two spaces between sentences the one with more line ends: a paragraph stays one when a sentence at its border is dropped. */
const wider = (a: string, b: string): string => (a !== "" && linesIn(a) >= linesIn(b) ? a : b);
const linesIn = (space: string): number => space.split("\n").length;
