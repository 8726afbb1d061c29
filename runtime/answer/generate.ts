/** The stage `generate`: a model's answer over a context, with footnotes that are real and, where the spec has a checker, hold. */

import type { DecodingRecord } from "../decode/generate.ts";
import { wished } from "../decode/wishes.ts";
import type { Answer, Context, Dialog, StageContext } from "../types.ts";
import { Checked } from "./checked.ts";
import { type Checking, checkerOf, type Unsupported } from "./checker.ts";
import { answerOver, repairFootnotes } from "./footnotes.ts";
import type { LanguageModel } from "./model.ts";
import { saysUnknown } from "./unknown.ts";

/** How an answer is written and checked. */
export type GenerateOptions = {
  readonly with?: DecodingRecord;
  readonly checked?: Checking;
  /** From which value of the checker on a sentence is borne out. */
  readonly least?: number;
  readonly unsupported?: Unsupported;
};

/** Has the model write, and keeps the footnotes that name blocks of the context; with a checker, those that hold. */
export async function generate(
  model: LanguageModel,
  prompt: Dialog,
  context: Context,
  { with: decoding = {}, checked = { kind: "none" }, least = 0.5, unsupported = { kind: "repair" } }: GenerateOptions,
  at: StageContext,
): Promise<Answer> {
  const { blocks } = context;
  const checker = checkerOf(checked);
  const check = checker && new Checked({ checker, least, unsupported: unsupported.kind, prompt, blocks }, at.onText);
  // For who watches, sentences are checked while the next ones are written.
  const watched = check && at.onText ? { ...at, onText: (soFar: string) => check.written(soFar) } : at;
  const { text, tokens, cut, likely } = await model.write(prompt, blocks, wished(decoding, at.wishes), watched);
  if (tokens !== undefined) at.note("tokens", tokens.length);
  if (check === undefined) {
    const answer = answerOver(text, blocks, { known: !saysUnknown(text), ...(tokens ? { tokens } : {}) });
    at.note("footnotes", answer.footnotes.length);
    return { ...answer, ...(cut && { cut }), ...(likely && { likely }) };
  }
  const written = repairFootnotes(text, (number) => blocks.some((block) => block.number === number)).trim();
  const said = await check.finish(written);
  const same = said.text === written;
  const answer = answerOver(said.text, blocks, { known: !saysUnknown(said.text), ...(tokens && same ? { tokens } : {}) });
  noteChecks(said.checks, at);
  at.note("footnotes", answer.footnotes.length);
  // Tokens and what was thought of them belong to the text that was written.
  return { ...answer, ...(cut && { cut }), ...(likely && same && { likely }), ...(said.checks && { checks: said.checks }) };
}

/** What a trace tells of the checks. */
export function noteChecks(checks: Answer["checks"], at: StageContext): void {
  if (checks === undefined) return;
  at.note("checked by", checks.by);
  for (const outcome of ["supported", "repaired", "unsupported", "dropped"] as const) {
    const count = checks.sentences.filter((one) => one.outcome === outcome).length;
    if (count > 0) at.note(outcome, count);
  }
}
