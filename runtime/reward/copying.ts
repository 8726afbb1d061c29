/**
 * How much of an answer is taken from its documents, in four readings, all over lower-case words without footnotes: the longest pieces that stand
 * there (Grusky, Naaman and Artzi 2018, Newsroom, arXiv 1804.11283, section 4: coverage and density), the longest common subsequence (Lin 2004,
 * ROUGE-L's precision), and how little an editor changed a draft (Levenshtein 1966). The texts are read once each; nothing here runs a model.
 */
import type { Answer, Docs } from "../types.ts";
import { words } from "./form.ts";

/** The share of the answer's words that lie in pieces of `least` words or more which stand in the documents, 0..1; 0 of no words. */
export function copied_coverage(answer: Answer, documents: Docs, { least }: { readonly least: number }): number {
  const { count, pieces } = fragmentsOf(answer, documents, least);
  return count === 0 ? 0 : pieces.reduce((sum, length) => sum + length, 0) / count;
}

/** The mean length of the piece that a word lies in: the sum of squared lengths over the words, 0..their number. */
export function copied_density(answer: Answer, documents: Docs, { least }: { readonly least: number }): number {
  const { count, pieces } = fragmentsOf(answer, documents, least);
  return count === 0 ? 0 : pieces.reduce((sum, length) => sum + length ** 2, 0) / count;
}

/** The share of the answer's words that stand in the documents in the same order, with anything in between, 0..1; 0 of no words. */
export function copied_in_order(answer: Answer, documents: Docs): number {
  const [said, read] = [words(answer.text), documents.flatMap((doc) => words(doc.text))];
  return said.length === 0 ? 0 : commonSubsequence(said, read) / said.length;
}

/** How much of a draft an answer keeps: 1 less the words changed over the longer one's, 0..1; 1 for a draft as it was. */
export function kept(answer: Answer, draft: Answer): number {
  const [a, b] = [words(answer.text), words(draft.text)];
  const longest = Math.max(a.length, b.length);
  return longest === 0 ? 1 : 1 - distance(a, b) / longest;
}

function fragmentsOf(answer: Answer, documents: Docs, least: number): { count: number; pieces: number[] } {
  const said = words(answer.text);
  const known = new Automaton(documents.map((doc) => words(doc.text)));
  return { count: said.length, pieces: fragments(said, known, least) };
}

/** From left to right the longest piece that stands in the texts, taken where it has `least` words. */
function fragments(said: readonly string[], known: Automaton, least: number): number[] {
  const pieces: number[] = [];
  for (let at = 0; at < said.length; ) {
    const length = known.longest(said, at);
    if (length >= Math.max(1, least)) pieces.push(length);
    at += length >= Math.max(1, least) ? length : 1;
  }
  return pieces;
}

/**
 * The smallest automaton that accepts every run of words of some texts (Blumer et al. 1985), so that the longest piece from a place is found in as
 * many steps as it has words. Texts are kept apart: no run goes from one into the next.
 */
class Automaton {
  readonly #next: Map<string, number>[] = [new Map()];
  readonly #link: number[] = [-1];
  readonly #length: number[] = [0];

  constructor(texts: readonly (readonly string[])[]) {
    for (const text of texts) {
      let last = 0;
      for (const word of text) last = this.#extend(last, word);
    }
  }

  /** How many words of `said` from `at` on stand somewhere in the texts, one after another. */
  longest(said: readonly string[], at: number): number {
    let [state, length] = [0, 0];
    for (; at + length < said.length; length++) {
      const next = this.#next[state]!.get(said[at + length]!);
      if (next === undefined) break;
      state = next;
    }
    return length;
  }

  #extend(last: number, word: string): number {
    const known = this.#next[last]!.get(word);
    // In a later text the way may be there already.
    if (known !== undefined && this.#length[known] === this.#length[last]! + 1) return known;
    if (known !== undefined) return this.#split(last, known, word);
    const state = this.#state(new Map(), 0, this.#length[last]! + 1);
    let from = last;
    while (from >= 0 && !this.#next[from]!.has(word)) {
      this.#next[from]!.set(word, state);
      from = this.#link[from]!;
    }
    if (from < 0) return state;
    const other = this.#next[from]!.get(word)!;
    this.#link[state] = this.#length[other] === this.#length[from]! + 1 ? other : this.#split(from, other, word);
    return state;
  }

  /** A copy of a state for the shorter of the runs that lead to it. */
  #split(from: number, state: number, word: string): number {
    const copy = this.#state(new Map(this.#next[state]), this.#link[state]!, this.#length[from]! + 1);
    this.#link[state] = copy;
    for (let at = from; at >= 0 && this.#next[at]!.get(word) === state; at = this.#link[at]!) this.#next[at]!.set(word, copy);
    return copy;
  }

  #state(next: Map<string, number>, link: number, length: number): number {
    this.#link.push(link);
    this.#length.push(length);
    return this.#next.push(next) - 1;
  }
}

/** The length of the longest common subsequence (Wagner and Fischer 1974), a row of the table at a time. */
function commonSubsequence(a: readonly string[], b: readonly string[]): number {
  let before = new Int32Array(a.length + 1);
  for (const word of b) {
    const now = new Int32Array(a.length + 1);
    for (let i = 0; i < a.length; i++) now[i + 1] = a[i] === word ? before[i]! + 1 : Math.max(before[i + 1]!, now[i]!);
    before = now;
  }
  return before[a.length]!;
}

/** Words to be put in, taken out or changed for another. */
function distance(a: readonly string[], b: readonly string[]): number {
  let before = Int32Array.from({ length: a.length + 1 }, (_, i) => i);
  b.forEach((word, j) => {
    const now = new Int32Array(a.length + 1);
    now[0] = j + 1;
    for (let i = 0; i < a.length; i++)
      now[i + 1] = Math.min(before[i]! + (a[i] === word ? 0 : 1), before[i + 1]! + 1, now[i]! + 1);
    before = now;
  });
  return before[a.length]!;
}
