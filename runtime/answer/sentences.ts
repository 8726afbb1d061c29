/**
 * The sentences of an answer, each with the footnotes that belong to it: those inside it and those right behind its end. One cut for all who
 * look at sentences: what is checked, scored, explained and shown are the same pieces. It judges nothing.
 */

import { sentences } from "../retrieve/analysis/sentences.ts";
import { footnotesIn } from "./footnotes.ts";
import { saysUnknown } from "./unknown.ts";

/** A sentence `start..end` of the text that it was cut from. */
export type CitedSentence = {
  readonly start: number;
  readonly end: number;
  /** As it stands there, footnotes included. */
  readonly text: string;
  /** What it says: without footnotes. */
  readonly claim: string;
  /** The numbers that it names, in order, as often as they stand. */
  readonly cites: readonly number[];
};

/** All sentences, in order; every character that is not space belongs to exactly one. */
export function citedSentences(text: string): CitedSentence[] {
  const notes = footnotesIn(text);
  return spans(text).map(([start, end]) => {
    const own = notes.filter(({ at }) => at >= start && at < end);
    const claim = withoutNotes(
      text.slice(start, end),
      own.map(({ at }) => at - start),
    ).trim();
    return { start, end, text: text.slice(start, end), claim, cites: own.map(({ number }) => number) };
  });
}

/** Whether a sentence claims something: marks alone do not, nor does one that only says that something is not known. */
export const isClaim = (sentence: Pick<CitedSentence, "claim">): boolean => hasWords(sentence) && !saysUnknown(sentence.claim);

/** Whether there is anything to read in it. */
export const hasWords = ({ claim }: Pick<CitedSentence, "claim">): boolean => /[\p{L}\p{N}]/u.test(claim);

/** A text without the footnotes that stand at these places, and without the space before them. */
export function withoutNotes(text: string, places: readonly number[]): string {
  let left = "";
  let done = 0;
  for (const at of places) {
    left += text.slice(done, at).trimEnd();
    done = at + /^\[\d{1,4}\]/.exec(text.slice(at))![0].length;
  }
  return left + text.slice(done);
}

/** Sentences from their first character to the next one's, without the space at their end; footnotes behind a sentence belong to it. */
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

/** How many of the sentences of a text that still grows stand as they will: those behind which a whole word of the next has come. */
export function settled(text: string, cut: readonly CitedSentence[]): number {
  return cut.filter(({ end }) => /^\s*(?:[^\s\p{L}\p{N}[]\s*)*[\p{L}\p{N}]+[^\p{L}\p{N}]/u.test(text.slice(end))).length;
}
