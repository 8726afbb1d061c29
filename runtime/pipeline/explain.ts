/**
 * Where each sentence of an answer comes from: the blocks that its footnotes name, and what each stage thought of them and of their documents.
 * Made from the answer and its trace alone, so that an answer that was kept can be explained later. It judges nothing.
 */

import { citedSentences } from "../answer/sentences.ts";
import type { Answer, AnswerSource, CheckedSentence, Ranked, Trace } from "../types.ts";

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

/**
 * A sentence of an answer (`start..end` of its text) with the blocks that it names, or none. Where the answer was checked, what became of it; one that was
 * dropped is told where it would stand, its text as it was written.
 */
export type Explained = {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly blocks: readonly ExplainedBlock[];
  readonly check?: Pick<CheckedSentence, "outcome" | "written" | "cited" | "cites" | "support">;
};

/** The sentences of an answer, each with its blocks and its check. A footnote behind the end of a sentence belongs to it. */
export function explain({
  text,
  sources,
  trace,
  checks,
}: Pick<Answer, "text" | "sources" | "trace"> & Pick<Partial<Answer>, "checks">): Explained[] {
  const told = citedSentences(text).map(({ start, end, text: sentence, cites }): Explained => {
    const blocks = sources.filter(({ number }) => cites.includes(number)).map((source) => blockOf(source, trace));
    const check = checks?.sentences.find((one) => one.outcome !== "dropped" && one.start <= start && start < one.end);
    return { start, end, text: sentence, blocks, ...(check && { check: checkOf(check) }) };
  });
  const dropped = (checks?.sentences ?? [])
    .filter(({ outcome }) => outcome === "dropped")
    .map((one): Explained => ({ start: one.start, end: one.end, text: one.written, blocks: [], check: checkOf(one) }));
  // One that was dropped stands behind what was told before it.
  return [...told, ...dropped].sort((a, b) => a.start - b.start || a.end - b.end);
}

const checkOf = ({ outcome, written, cited, cites, support }: CheckedSentence) => ({ outcome, written, cited, cites, support });

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
