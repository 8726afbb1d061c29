/**
 * What becomes of one sentence: it is checked against what it cites; a footnote that does not hold is moved to what bears the sentence out, or taken
 * away; and what nothing bears out stays or is dropped, as the spec says. It knows no models, no text around the sentence and nobody who watches.
 */

import { NeuroError } from "../error.ts";
import type { Block, Dialog, Doc, Outcome } from "../types.ts";
import type { Asked, Unsupported } from "./checker.ts";
import { helps, type Supports } from "./citations.ts";
import { footnotesIn } from "./footnotes.ts";
import { type CitedSentence, isClaim, withoutNotes } from "./sentences.ts";

/** What sentences are checked by, and against: the blocks that the model was shown. */
export type CheckFacts = {
  readonly checker: Asked;
  readonly least: number;
  readonly unsupported: Unsupported["kind"];
  readonly prompt: Dialog;
  readonly blocks: readonly Block[];
};

/** A sentence's fate: what it cites from now on, and how sure the checker is of it. */
export type Fate = { readonly outcome: Outcome; readonly cites: readonly number[]; readonly support: number };

/** Answers about one dialog and its blocks; what was asked once is not asked again. */
export class Judge {
  readonly facts: CheckFacts;
  readonly #known = new Map<string, Promise<number>>();
  readonly #docs: ReadonlyMap<number, Doc>;

  constructor(facts: CheckFacts) {
    this.facts = facts;
    this.#docs = new Map(facts.blocks.map(({ number, doc, start, end, text }) => [number, passage(doc, start, end, text)]));
  }

  /** What the checker thinks of a sentence over the blocks of these numbers, each once and in this order. */
  support(cites: readonly number[], claim: string): Promise<number> {
    const numbers = [...new Set(cites)].filter((number) => this.#docs.has(number));
    const key = JSON.stringify([numbers, claim]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const { checker, prompt } = this.facts;
    const passages = numbers.map((number) => this.#docs.get(number)!);
    const asked = Promise.resolve().then(async () => numberOf(await checker.ask(prompt, passages, claim), checker.name));
    this.#known.set(key, asked);
    return asked;
  }

  readonly supports: Supports = async (cites, claim) => (await this.support(cites, claim)) >= this.facts.least;

  isSource(number: number): boolean {
    return this.#docs.has(number);
  }
}

/** A block as a document of its own: a checker sees what the model saw of it. */
const passage = (doc: Doc, start: number, end: number, text: string): Doc => ({
  ...doc,
  text,
  passage: { of: doc.id, start, end },
});

/** Decides about a sentence. Throws what the checker throws, and `check_not_number`. */
export async function fateOf(sentence: CitedSentence, judge: Judge): Promise<Fate> {
  const { claim, cites } = sentence;
  const { unsupported } = judge.facts;
  if (!isClaim(sentence)) return { outcome: "unknown", cites, support: 0 };
  const here = cites.length === 0 ? 0 : await judge.support(cites, claim);
  if (cites.length > 0 && here >= judge.facts.least) {
    const needed = unsupported === "keep" ? cites : await neededOf(cites, claim, judge);
    if (needed.length === cites.length) return { outcome: "supported", cites, support: here };
    return { outcome: "repaired", cites: needed, support: await judge.support(needed, claim) };
  }
  if (unsupported === "keep") return { outcome: "unsupported", cites, support: here };
  const { found, best } = await elsewhere(cites, claim, judge);
  if (found.length > 0) return { outcome: "repaired", cites: found, support: await judge.support(found, claim) };
  return { outcome: unsupported === "drop" ? "dropped" : "unsupported", cites: [], support: Math.max(here, best) };
}

/** Without citations that do nothing for it, taken away one at a time: two that do the same are not both needless. */
async function neededOf(cites: readonly number[], claim: string, judge: Judge): Promise<readonly number[]> {
  let left = [...new Set(cites)];
  for (const number of left.toReversed()) {
    if (left.length > 1 && !(await helps(left, left.indexOf(number), claim, judge.supports)))
      left = left.filter((one) => one !== number);
  }
  return left.length === cites.length ? cites : left;
}

/** The block that bears the claim out best, or as few of all together as do; `best` is what the checker thought of the best. */
async function elsewhere(
  cites: readonly number[],
  claim: string,
  judge: Judge,
): Promise<{ found: readonly number[]; best: number }> {
  const { blocks, least } = judge.facts;
  const all = blocks.map(({ number }) => number);
  // Among equals one that it cites, and then the one that was thought best of.
  const ranked = [...cites.filter((number) => judge.isSource(number)), ...all];
  const scored = await Promise.all(
    [...new Set(ranked)].map(async (number) => ({ number, support: await judge.support([number], claim) })),
  );
  const top = scored.reduce<(typeof scored)[number] | undefined>((a, b) => (a && a.support >= b.support ? a : b), undefined);
  if (top === undefined) return { found: [], best: 0 };
  if (top.support >= least) return { found: [top.number], best: top.support };
  if (all.length < 2 || !(await judge.supports(all, claim))) return { found: [], best: top.support };
  let left: readonly number[] = all;
  for (const number of all.toReversed()) {
    const fewer = left.filter((one) => one !== number);
    if (await judge.supports(fewer, claim)) left = fewer;
  }
  return { found: left, best: top.support };
}

/** A sentence with other footnotes: where its first one stood, or before the mark that ends it. */
export function recited({ text, claim, cites }: CitedSentence, now: readonly number[]): string {
  if (now.length === cites.length && now.every((number, i) => number === cites[i])) return text;
  if (now.length === 0) return claim;
  const marks = now.map((number) => `[${number}]`).join("");
  const places = footnotesIn(text).map(({ at }) => at);
  const [first] = places;
  if (first !== undefined) {
    const behind = places.map((at) => at - first);
    return text.slice(0, first) + marks + withoutNotes(text.slice(first), behind);
  }
  const end = /[.!?…。！？]*["'”’»›)\]*_]*$/u.exec(claim)!.index;
  return `${claim.slice(0, end)} ${marks}${claim.slice(end)}`;
}

function numberOf(value: unknown, checker: string): number {
  if (typeof value === "number" && !Number.isNaN(value)) return value;
  throw new NeuroError("check_not_number", `The checker ${checker} gave ${String(value)} for a sentence.`, {
    hint: "It must give a number for every sentence: how sure it is that the passages bear it out.",
  });
}
