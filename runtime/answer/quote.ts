/**
 * `quote` of the language: a generator without weights. It answers with the documents' own sentences, each with a footnote, and says that
 * it does not know when no sentence is about the question. It never writes a word of its own otherwise.
 */

import {
  type Answer,
  type AnswerSource,
  type Context,
  type Dialog,
  type Doc,
  type Docs,
  last,
  type StageContext,
} from "../types.ts";
import { type Evidence, evidence } from "./evidence.ts";
import { footnotesIn } from "./footnotes.ts";
import { doNotKnow } from "./unknown.ts";

/** Below this share of the question (weighted by rarity) a sentence with its neighbours and title is about something else. */
const leastSaid = 0.22;
/** When more of the question than this occurs nowhere, what remains of it is another question. */
const mostAbsent = 0.7;
/** A further sentence is quoted when its score is at most this much below the best. */
const margin = 4;

/** Answers the dialog's last question from documents, or from a context's blocks, in ranked order, with at most `most` sentences. */
export function quote(prompt: Dialog, documents: Docs | Context, { most }: { most: number }, context?: StageContext): Answer {
  const question = last(prompt);
  const shown = shownOf(documents);
  const {
    sentences: found,
    strangers,
    absent,
  } = evidence(
    question,
    shown.map(({ doc, text, score }) => ({ ...doc, text, ...(score === undefined ? {} : { score }) })),
  );
  const best = found[0];
  context?.note("sentences", found.length);
  if (best === undefined || strangers || absent > mostAbsent || aboutness(best) < leastSaid) return unknown(question);
  const good = distinct(found).filter((one) => one.score >= best.score - margin);
  const chosen = good.slice(0, Math.max(1, most));
  const answer = shortened(write(chosen, shown), context);
  context?.note("quoted", chosen.length);
  context?.onText?.(answer.text);
  return answer;
}

/** A text to quote from: a whole document, or the part of it from `offset` on. */
type Shown = { readonly doc: Doc; readonly text: string; readonly offset: number; readonly score?: number };

function shownOf(documents: Docs | Context): Shown[] {
  if (!("blocks" in documents))
    return documents.map((doc) => ({ doc, text: doc.text, offset: 0, ...(doc.score === undefined ? {} : { score: doc.score }) }));
  return documents.blocks.map(({ doc, text, start, score }) => ({ doc, text, offset: start, score }));
}

function aboutness({ features }: Evidence): number {
  return features.said + features.before + features.after + features.title;
}

/** Without sentences that say again what a better one said. */
function distinct(found: readonly Evidence[]): Evidence[] {
  const seen = new Set<string>();
  return found.filter((one) => {
    const plain = one.sentence.text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ");
    return !seen.has(plain) && seen.add(plain);
  });
}

/** Sentences of one document in its order, documents in the order of their best sentences; a document is one source. */
function write(chosen: readonly Evidence[], shown: readonly Shown[]): Answer {
  const ranks = [...new Set(chosen.map((one) => one.rank))];
  const parts: string[] = [];
  const sources = ranks.map((rank, at): AnswerSource => {
    const own = chosen.filter((one) => one.rank === rank).sort((a, b) => a.sentence.start - b.sentence.start);
    parts.push(...own.map((one) => `${withoutMarks(one.sentence.text)} [${at + 1}]`));
    const { doc, text, offset } = shown[rank]!;
    const { start } = own[0]!.sentence;
    const { end } = own.at(-1)!.sentence;
    return { number: at + 1, doc, start: offset + start, end: offset + end, text: text.slice(start, end) };
  });
  const text = parts.join(" ");
  return { text, sources, footnotes: footnotesIn(text), known: true, missing: [], trace: { spans: [] } };
}

/** As short as the caller wishes: before the first of its stops, and of so many tokens at most. What is cited no more is no source. */
function shortened(answer: Answer, context: StageContext | undefined): Answer {
  const { stop = [], most } = context?.wishes ?? {};
  const stops = stop.map((text) => answer.text.indexOf(text)).filter((at) => at >= 0);
  const stopped = Math.min(answer.text.length, ...stops);
  const full = most === undefined ? undefined : context!.offsets(answer.text)[most];
  const cut = full !== undefined && full < stopped;
  const end = cut ? full : stopped;
  if (end === answer.text.length) return answer;
  const text = answer.text.slice(0, end).trimEnd();
  const footnotes = footnotesIn(text);
  const sources = answer.sources.filter(({ number }) => footnotes.some((note) => note.number === number));
  return { ...answer, text, footnotes, sources, ...(cut && { cut }) };
}

/** A document's own `[12]` would read as a footnote of the answer; backquotes would hide the answer's. */
function withoutMarks(sentence: string): string {
  return sentence.replace(/\s*\[\d{1,4}\]/g, "").replaceAll("`", "'");
}

function unknown(question: string): Answer {
  return { text: doNotKnow(question), sources: [], footnotes: [], known: false, missing: [], trace: { spans: [] } };
}
