/** The stage `generate`: a model's answer over a context, with footnotes that are real. */

import type { DecodingRecord } from "../decode/generate.ts";
import { wished } from "../decode/wishes.ts";
import type { Answer, Context, Dialog, StageContext } from "../types.ts";
import { answerOver } from "./footnotes.ts";
import type { LanguageModel } from "./model.ts";
import { saysUnknown } from "./unknown.ts";

/** Has the model write, and keeps the footnotes that name blocks of the context. */
export async function generate(
  model: LanguageModel,
  prompt: Dialog,
  context: Context,
  { with: decoding = {} }: { with?: DecodingRecord },
  at: StageContext,
): Promise<Answer> {
  const { text, tokens, cut, likely } = await model.write(prompt, context.blocks, wished(decoding, at.wishes), at);
  if (tokens !== undefined) at.note("tokens", tokens.length);
  const answer = answerOver(text, context.blocks, { known: !saysUnknown(text), ...(tokens ? { tokens } : {}) });
  at.note("footnotes", answer.footnotes.length);
  return { ...answer, ...(cut && { cut }), ...(likely && { likely }) };
}
