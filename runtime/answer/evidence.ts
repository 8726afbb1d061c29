/**
 * How well each sentence of some documents answers a question, by words alone: how much of the question, weighted by rarity, the sentence
 * says; what its neighbours add; how close together; how well its document was found; and whether it holds the kind of thing that was asked for.
 * It chooses and writes nothing.
 */

import { queryTerms, type Term, terms } from "../retrieve/analysis/analyse.ts";
import { type Sentence, sentences } from "../retrieve/analysis/sentences.ts";
import { words } from "../retrieve/analysis/words.ts";
import type { Doc, Docs } from "../types.ts";
import { type Expectation, expectationOf, meets } from "./expectation.ts";

/** Each 0..1 except `length`; see `scoreOf` for what they weigh. */
export type Features = {
  /** The share of the question's terms, weighted by rarity, that stand in the sentence. */
  readonly said: number;
  /** What the sentence before and the one after add to that. */
  readonly before: number;
  readonly after: number;
  /** What the title of its document adds to those. */
  readonly title: number;
  /** The share of what the question names that its document has, title included; 1 when it names nothing. */
  readonly named: number;
  /** How much of the question's neighbouring pairs of terms stand close together here, too. */
  readonly close: number;
  /** The document's score against the best. */
  readonly document: number;
  /** The expected kind of thing is here, and the question does not say it. */
  readonly meets: number;
  /** Not a whole sentence: an item, a row. */
  readonly fragment: number;
  /** A line of a program. */
  readonly code: number;
  /** ln of its words against 20. */
  readonly length: number;
};

/** A sentence, where it stands, and what speaks for it. */
export type Evidence = {
  readonly doc: Doc;
  readonly rank: number;
  readonly sentence: Sentence;
  readonly features: Features;
  readonly score: number;
};

/** `section`: the terms of the heading that it stands under. */
type Read = {
  readonly sentence: Sentence;
  readonly terms: readonly Term[];
  readonly counts: ReadonlySet<string>;
  readonly heading: boolean;
  readonly section: ReadonlySet<string>;
};

/** What documents have to say to a question. */
export type Findings = {
  /** Every sentence with its score, best first. */
  readonly sentences: readonly Evidence[];
  /** The question names someone or something, and nothing that it names occurs in any document. */
  readonly strangers: boolean;
  /** The share of the question, weighted by rarity, that occurs in no document. */
  readonly absent: number;
};

/** Weighs every sentence of documents in ranked order against a question. */
export function evidence(question: string, documents: Docs): Findings {
  const asked = [...new Set(queryTerms(question, "mixed"))];
  const read = documents.map(readDocument);
  const weigh = rarity(asked, read.flat());
  const worth = documentWorth(documents);
  const titles = documents.map((doc) => new Set(terms(doc.title, "mixed").map((term) => term.text)));
  const context: Asked = {
    asked,
    weigh,
    expectation: expectationOf(question),
    words: new Set(words(question).map((word) => word.text)),
  };
  const names = namesIn(question);
  const present = read.map((all, rank) => new Set([...titles[rank]!, ...all.flatMap((one) => [...one.counts])]));
  const named = present.map((terms) =>
    names.length === 0 ? 1 : names.reduce((sum, name) => sum + likeness(name, terms), 0) / names.length,
  );
  const found = documents.flatMap((doc, rank) =>
    read[rank]!.flatMap((one, at) => {
      if (one.heading) return [];
      const features = featuresOf(
        context,
        { all: read[rank]!, title: titles[rank]!, named: named[rank]!, worth: worth[rank]! },
        at,
      );
      return [{ doc, rank, sentence: one.sentence, features, score: scoreOf(features) }];
    }),
  );
  const everywhere = new Set(present.flatMap((terms) => [...terms]));
  const weight = (terms: readonly string[]) => terms.reduce((sum, term) => sum + weigh(term), 0);
  return {
    sentences: found.sort((a, b) => b.score - a.score || a.rank - b.rank || a.sentence.start - b.sentence.start),
    strangers: names.length > 0 && named.every((share) => share === 0),
    absent: weight(asked.filter((term) => likeness(term, everywhere) === 0)) / (weight(asked) || 1),
  };
}

/** The stems of capitalised words that do not begin the question: names, as far as writing tells. */
function namesIn(question: string): string[] {
  const named = [...question.matchAll(/(?<=[\p{L}\p{N},;:»"”’)] ["«“(]?)\p{Lu}[\p{L}\p{M}\p{N}'’-]+/gu)];
  return named.flatMap((match) => queryTerms(match[0], "mixed")).filter((term) => term.length > 3);
}

/** The weights: fitted on half of XQuAD's articles and half of a set of fact pages, in both languages, and rounded where the other halves agreed. */
export function scoreOf(features: Features): number {
  const { said, before, title, named, close, document, meets, fragment, code, length } = features;
  const about = 6.3 * said + 2 * before + 2 * title + 2 * named + 0.6 * close + 5.5 * document;
  return about + meets - 0.5 * fragment - 2 * code - 0.2 * length;
}

type Asked = {
  readonly asked: readonly string[];
  readonly weigh: (term: string) => number;
  readonly expectation: Expectation;
  readonly words: ReadonlySet<string>;
};

/** A document's sentences. Headings are none, but every sentence below one has it before it. */
function readDocument({ text }: Doc): Read[] {
  const all = sentences(text);
  const headings = all.map((sentence, i) => i + 1 < all.length && isHeading(text, sentence));
  // A document of headings alone is a list.
  const real = headings.some((heading, i) => !heading && i > 0);
  let section: ReadonlySet<string> = new Set();
  return all.map((sentence, i) => {
    const found = terms(sentence.text, "mixed");
    const heading = real && headings[i]!;
    const counts = new Set(found.map((term) => term.text));
    const read: Read = { sentence, terms: found, counts, heading, section };
    if (heading) section = counts;
    return read;
  });
}

/** A short paragraph of its own that ends like none: no full stop, no colon, no figures but its own number. */
function isHeading(text: string, { start, end, text: words }: Sentence): boolean {
  const alone =
    (start === 0 || /\n\r?\n\s*$/.test(text.slice(Math.max(0, start - 6), start))) &&
    /^\s*?\r?\n\r?\n/.test(text.slice(end, end + 6));
  return alone && words.length <= 80 && !/[.!?…:;,]["”»)]*$|:/u.test(words) && !/\d/.test(words.replace(/^[\d.]+\s/, ""));
}

/** A document's score against the best; by rank where there are none. */
function documentWorth(documents: Docs): number[] {
  const best = Math.max(...documents.map((doc) => doc.score ?? 0));
  return documents.map((doc, rank) => (best > 0 ? Math.max(0, doc.score ?? 0) / best : 1 / (1 + rank)));
}

/** As many sentences without any of the question are imagined besides: among a handful, what none says would outweigh everything else. */
const imagined = 10;

/** ln(1 + (N - n + 0.5) / (n + 0.5)) over the sentences at hand and the imagined ones. */
function rarity(asked: readonly string[], all: readonly Read[]): (term: string) => number {
  const weights = new Map(
    asked.map((term) => {
      const n = all.filter((one) => one.counts.has(term)).length;
      return [term, Math.log(1 + (all.length + imagined - n + 0.5) / (n + 0.5))] as const;
    }),
  );
  return (term) => weights.get(term) ?? 0;
}

/** Programs say much in the words of a question and answer none. Commands (`npm install x`) look like prose and do answer. */
function isCode(line: string): boolean {
  return (
    /[;{}]$|=>|^[})\]]|[\w\])]\(.*\)|\w\($|^(?:import|export|return|const|let|var|def|class|function|#include)\s|\s={1,3}\s.*\w/.test(
      line,
    ) && !/[.!?…]$/.test(line)
  );
}

type Surroundings = {
  readonly all: readonly Read[];
  readonly title: ReadonlySet<string>;
  readonly named: number;
  readonly worth: number;
};

function featuresOf(context: Asked, { all, title, named, worth }: Surroundings, at: number): Features {
  const { asked, weigh } = context;
  const total = asked.reduce((sum, term) => sum + weigh(term), 0) || 1;
  const here = all[at]!;
  const seen = asked.map((term) => {
    const said = likeness(term, here.counts);
    const before = Math.max(at > 0 ? likeness(term, all[at - 1]!.counts) : 0, likeness(term, here.section));
    const after = at + 1 < all.length ? likeness(term, all[at + 1]!.counts) : 0;
    return { weight: weigh(term) / total, said, before, after, title: likeness(term, title) };
  });
  const sum = (value: (one: (typeof seen)[number]) => number) => seen.reduce((whole, one) => whole + one.weight * value(one), 0);
  return {
    said: sum((one) => one.said),
    before: sum((one) => Math.max(0, one.before - one.said)),
    after: sum((one) => Math.max(0, one.after - Math.max(one.said, one.before))),
    title: sum((one) => Math.max(0, one.title - Math.max(one.said, one.before, one.after))),
    named,
    close: closeness(asked, here.terms, weigh),
    document: worth,
    meets: meets(context.expectation, here.sentence.text, context.words) ? 1 : 0,
    fragment: /[.!?…。！？]["'”’»)\]]*$/u.test(here.sentence.text) ? 0 : 1,
    code: isCode(here.sentence.text) ? 1 : 0,
    length: Math.log(Math.max(1, here.terms.length) / 20),
  };
}

/** 1 for the term itself, half for a word that shares most of its beginning (`norman` and `normandy`). */
function likeness(term: string, present: ReadonlySet<string>): number {
  if (present.has(term)) return 1;
  if (term.length < 5) return 0;
  const start = term.slice(0, Math.max(4, Math.ceil(term.length * 0.7)));
  for (const other of present) if (other.startsWith(start) && other.length <= term.length + 4) return 0.5;
  return 0;
}

/** The share of the question's neighbouring pairs that stand within five words of each other, weighted by the rarer of the two. */
function closeness(asked: readonly string[], here: readonly Term[], weigh: (term: string) => number): number {
  const places = new Map<string, number[]>();
  for (const [i, term] of here.entries())
    if (asked.includes(term.text)) places.set(term.text, [...(places.get(term.text) ?? []), i]);
  let whole = 0;
  let found = 0;
  for (let i = 0; i + 1 < asked.length; i++) {
    const weight = Math.max(weigh(asked[i]!), weigh(asked[i + 1]!));
    whole += weight;
    const others = places.get(asked[i + 1]!) ?? [];
    if ((places.get(asked[i]!) ?? []).some((a) => others.some((b) => Math.abs(a - b) <= 5))) found += weight;
  }
  return whole === 0 ? 0 : found / whole;
}
