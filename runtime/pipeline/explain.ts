/**
 * Where each sentence of an answer comes from: the blocks that its footnotes name, and what each stage thought of them and of their documents.
 * Made from the answer and its trace alone, so that an answer that was kept can be explained later. It judges nothing.
 */

import { sentences } from "../retrieve/analysis/sentences.ts";
import type { Answer, AnswerSource, Ranked, Trace } from "../types.ts";

/** What one stage thought of a block or its document: the place among the stage's results (from 1) and the score, where there is one. */
export type StageScore = { readonly stage: string; readonly where: string; readonly rank: number; readonly score?: number };

/** A block behind a sentence. `start..end` are of the document's text. */
export type ExplainedBlock = {
  readonly number: number;
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** In the order of the stages; a stage that did not have it is absent. */
  readonly scores: readonly StageScore[];
};

/** A sentence of an answer (`start..end` of its text) with the blocks that it names, or none. */
export type Explained = {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly blocks: readonly ExplainedBlock[];
};

/** The sentences of an answer, each with its blocks. A footnote behind the end of a sentence belongs to it. */
export function explain({
  text,
  sources,
  footnotes,
  trace,
}: Pick<Answer, "text" | "sources" | "footnotes" | "trace">): Explained[] {
  return spans(text).map(([start, end]) => {
    const numbers = new Set(footnotes.filter(({ at }) => at >= start && at < end).map(({ number }) => number));
    const blocks = sources.filter(({ number }) => numbers.has(number)).map((source) => blockOf(source, trace));
    return { start, end, text: text.slice(start, end), blocks };
  });
}

/** Sentences from their first character to the next one's, without the space at their end. */
function spans(text: string): [start: number, end: number][] {
  const marks = /^(?:\s*\[\d{1,4}\])+/;
  const found: [number, number][] = [];
  for (const { start, end } of sentences(text)) {
    const last = found.at(-1);
    const leading = last ? (marks.exec(text.slice(start, end))?.[0].length ?? 0) : 0;
    if (last && leading > 0) last[1] = start + leading;
    const rest = text.slice(start + leading, end);
    const from = start + leading + (rest.length - rest.trimStart().length);
    if (rest.trim() !== "") found.push([from, end - (rest.length - rest.trimEnd().length)]);
  }
  return found;
}

function blockOf({ number, doc, start, end, text }: AnswerSource, trace: Trace): ExplainedBlock {
  const scores = trace.spans.flatMap(({ stage, where, ranked = [] }): StageScore[] => {
    const at = ranked.findIndex((one) => isOf(one, doc.id, start, end));
    if (at < 0) return [];
    const { score } = ranked[at]!;
    return [{ stage, where, rank: at + 1, ...(score === undefined ? {} : { score }) }];
  });
  return { number, id: doc.id, title: doc.title, url: doc.url, start, end, text, scores };
}

/** Whether a result is the block, or the document that it was cut from. */
const isOf = ({ id, start, end }: Ranked, doc: string, from: number, to: number): boolean =>
  id === doc && (start === undefined || end === undefined || (start === from && end === to));
