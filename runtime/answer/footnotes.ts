/**
 * Footnotes `[n]` in an answer: found, written in one form, limited to the sources that were shown, and mapped to them. Works on any text
 * and on text that is still being written. It does not judge whether a source says what the sentence says.
 */

import type { Answer, AnswerSource, Block, Footnote } from "../types.ts";

/** The forms in which models write them: `[3]`, `[1, 2]`, `[^3]`, `[ 3 ]`, `【3】`, `[block 3]`, `[источник 3]`. */
const written =
  /(?:\[|【)[ \t]{0,3}\^?(?:(?:blocks?|sources?|documents?|docs?|блоки?|источники?|документы?)[ \t]{0,3})?(?:№|#)?(\d{1,4}(?:[ \t]{0,3}[,;][ \t]{0,3}\^?\d{1,4}){0,9})(?:†[^\]】\n]{0,20})?[ \t]{0,3}(?:\]|】)/giu;
/** What may still become a footnote, or code, when more text comes; longer than any footnote that `written` knows. */
const unfinished = /\s*(?:(?:\[|【)[^\]】\n]{0,160}|`[^`\n]*)$/u;
const codeSpan = /(```[\s\S]*?(?:```|$)|`[^`\n]*`)/;

/** The footnotes of a text, in order: what stands there, real or not. Text in backquotes holds none. */
export function footnotesIn(text: string): Footnote[] {
  return outsideCode(text).flatMap(({ part, at }) =>
    [...part.matchAll(/\[(\d{1,4})\]/g)].map((match) => ({ number: Number(match[1]), at: at + match.index })),
  );
}

/** The text with every footnote as `[n]` and those that are no number of a source taken out with the space before them. */
export function repairFootnotes(text: string, isSource: (number: number) => boolean): string {
  return text
    .split(codeSpan)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(written, (_, list: string) => marks(list, isSource))))
    .join("")
    .replace(/\s+(?=\u{e000})/gu, "")
    .replaceAll("\u{e000}", "");
}

function marks(list: string, isSource: (number: number) => boolean): string {
  const numbers = [...new Set(list.match(/\d+/g)!.map(Number))].filter(isSource);
  // A private mark, so that the space before an unreal footnote goes too.
  return numbers.length === 0 ? "\u{e000}" : numbers.map((number) => `[${number}]`).join("");
}

function outsideCode(text: string): { part: string; at: number }[] {
  let at = 0;
  return text.split(codeSpan).map((part, i) => {
    const here = { part: i % 2 === 1 ? "" : part, at };
    at += part.length;
    return here;
  });
}

/**
 * Repairs a text that comes in pieces: each call takes all of the text so far and returns as much of the repaired text as later pieces cannot
 * change. What was returned before is always its beginning.
 */
export function steadyText(soFar: string, isSource: (number: number) => boolean): string {
  const open = unfinished.exec(soFar);
  return repairFootnotes((open === null ? soFar : soFar.slice(0, open.index)).trimEnd(), isSource);
}

/** Facts of an answer besides its text. */
export type AnswerFacts = { readonly known: boolean; readonly tokens?: readonly number[] };

/** An answer over the blocks that were shown: its footnotes limited to them, and the sources that it cites. */
export function answerOver(text: string, blocks: readonly Block[], facts: AnswerFacts): Answer {
  const byNumber = new Map(blocks.map((block) => [block.number, block]));
  const repaired = repairFootnotes(text, (number) => byNumber.has(number)).trim();
  const footnotes = footnotesIn(repaired);
  const cited = [...new Set(footnotes.map((footnote) => footnote.number))].sort((a, b) => a - b);
  const sources: AnswerSource[] = cited.map((number) => {
    const { doc, start, end, text: shown } = byNumber.get(number)!;
    return { number, doc, start, end, text: shown };
  });
  const { known, tokens } = facts;
  return { text: repaired, ...(tokens ? { tokens } : {}), sources, footnotes, known, missing: [], trace: { spans: [] } };
}
