/**
 * The stage `feedback`: an index is asked once more, with the words that the best of what it found say most (RM3: Lavrenko and Croft 2001; Abdul-Jaleel et al.
 * 2004; defaults as in Anserini). It finds what says the same in other words. Knows nothing of how an index weighs words.
 */
import { NeuroError } from "../error.ts";
import type { Doc, Docs, StageContext } from "../types.ts";
import { isStopWord } from "./analysis/stop-words.ts";
import type { Index } from "./library.ts";
import type { Searchable } from "./searchable.ts";
import type { WeighedTerm } from "./store/store.ts";

/** How much the documents say: so many of them, so many of their words, and the share of the question's own words in what is asked. */
export type FeedbackOptions = { readonly documents: number; readonly terms: number; readonly own: number; readonly top: number };

/**
 * The `top` best of an index for the questions and the words of what was found for them, best first. A word counts, over the first documents, by its share of
 * a document's words times the document's share of their scores. Nothing found: what the index finds for the questions alone. Throws `feedback_elsewhere` for
 * what is no index of its own.
 */
export async function feedback(
  index: Searchable,
  queries: readonly string[],
  found: Docs,
  options: FeedbackOptions,
  context: StageContext,
): Promise<Docs> {
  const own = asIndex(index);
  const asked = queries.flatMap((query) => own.questionTerms(query));
  const rarity = await own.rarity();
  const said = saidBy(found.slice(0, options.documents), own, rarity).slice(0, options.terms);
  const share = said.length === 0 ? 1 : asked.length === 0 ? 0 : options.own;
  const weights = new Map<string, number>();
  const add = (term: string, weight: number) => weights.set(term, (weights.get(term) ?? 0) + weight);
  for (const term of asked) add(term, share / asked.length);
  const all = said.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [term, weight] of said) add(term, ((1 - share) * weight) / all);
  context.note(
    "words",
    said
      .slice(0, 10)
      .map(([term]) => term)
      .join(" "),
  );
  return own.weighed([...weights], options.top);
}

/** Terms by what they count in documents that were found, the most first, equal ones by name. */
function saidBy(docs: readonly Doc[], index: Index, rarity: (term: string) => number): WeighedTerm[] {
  const tells = telling(rarity);
  const least = Math.min(...docs.map(({ score }) => score ?? 0), 0);
  // Scores that are no sums (logarithms, cosines below 0) are moved to begin at 0.
  const scores = docs.map(({ score }, at) => (score === undefined ? 1 / (at + 1) : score - least));
  const all = scores.reduce((sum, score) => sum + score, 0) || 1;
  const weights = new Map<string, number>();
  for (const [at, doc] of docs.entries()) {
    const terms = index.termsOf(doc);
    for (const term of terms) if (tells(term)) weights.set(term, (weights.get(term) ?? 0) + scores[at]! / all / terms.length);
  }
  return [...weights].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

/**
 * Whether a term tells anything: those that more than a tenth of the passages have (and more than ten of them) do not, as in Anserini, else what stands on
 * every page would be all that is asked. How many have it follows from its rarity, ln((N + 1) / (n + 0.5)), and from that of a word that none has.
 */
function telling(rarity: (term: string) => number): (term: string) => boolean {
  const all = Math.exp(rarity("")) / 2 - 1;
  const having = (term: string) => (all + 1) / Math.exp(rarity(term)) - 0.5;
  return (term) => term.length > 1 && !isStopWord(term) && having(term) <= Math.max(10, all / 10);
}

function asIndex(index: Searchable): Index {
  if ("weighed" in index && "termsOf" in index) return index as Index;
  throw new NeuroError("feedback_elsewhere", `feedback asks an index by weighed words, and ${index.name} cannot be asked so.`, {
    hint: "Name an index that the spec declares: `feedback(library, ..)`.",
  });
}
