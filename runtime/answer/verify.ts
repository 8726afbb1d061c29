/** The stage `verify`: an answer that is there already is checked as `generate` checks its own, against the blocks of a context. */

import type { Answer, AnswerSource, Block, Context, Dialog, StageContext } from "../types.ts";
import { Checked } from "./checked.ts";
import { type Checking, checkerOf, type Unsupported } from "./checker.ts";
import { answerOver } from "./footnotes.ts";
import { noteChecks } from "./generate.ts";
import { saysUnknown } from "./unknown.ts";

/** Checks each sentence against what it cites; footnotes may move to any block of the context. */
export async function verify(
  answer: Answer,
  context: Context,
  given: Dialog,
  { by, least, unsupported }: { by: Checking; least: number; unsupported: Unsupported },
  at: StageContext,
): Promise<Answer> {
  const checker = checkerOf(by);
  if (checker === undefined || !answer.known) {
    at.onText?.(answer.text);
    return answer;
  }
  const blocks = blocksBehind(answer.sources, context.blocks);
  const facts = { checker, least, unsupported: unsupported.kind, prompt: given, blocks };
  const { text, checks } = await new Checked(facts, at.onText).finish(answer.text);
  noteChecks(checks, at);
  const { tokens, likely: _, ...rest } = answer;
  const same = text === answer.text;
  const made = answerOver(text, blocks, { known: !saysUnknown(text), ...(tokens && same ? { tokens } : {}) });
  return { ...rest, ...made, ...(same && answer.likely && { likely: answer.likely }), ...(checks && { checks }) };
}

/** The answer's sources under their numbers, and the blocks that it does not cite under numbers that are free. */
function blocksBehind(sources: readonly AnswerSource[], blocks: readonly Block[]): Block[] {
  const isOf = (source: AnswerSource, { doc, start, end }: Block) =>
    source.doc.id === doc.id && source.start === start && source.end === end;
  const scoreOf = (source: AnswerSource) => blocks.find((block) => isOf(source, block))?.score ?? 0;
  const cited = sources.map((source): Block => ({ ...source, score: scoreOf(source) }));
  const others = blocks.filter((block) => !sources.some((source) => isOf(source, block)));
  const taken = new Set(sources.map(({ number }) => number));
  const apart = others.every(({ number }) => !taken.has(number));
  const last = Math.max(0, ...taken);
  return [...cited, ...(apart ? others : others.map((block, i) => ({ ...block, number: last + 1 + i })))];
}
