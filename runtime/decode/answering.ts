/**
 * One prompt and its blocks become an answer in the running batch of their model, together with whatever else is asked of it at the moment; beams,
 * and builds whose rows cannot come and go, are written alone. The answer is the same either way. Knows nothing of pipelines.
 */
import type { Device } from "../device/device.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import type { Likely } from "../types.ts";
import { batchOf, type WrittenRow } from "./batching.ts";
import {
  cut,
  type DecodingRecord,
  footnotesOf,
  type Generated,
  type GenerateOptions,
  generateWith,
  type Request,
  settingsOf,
  sourceFor,
} from "./generate.ts";
import { whileUsed } from "./in-use.ts";
import type { LocalModel } from "./local-model.ts";
import type { QuantizationRecord } from "./quantization.ts";
import type { Model } from "./writer.ts";

/** An answer, what its model thought of each token where that was asked for, and how many tokens of its source had been read before. */
export type Answered = Generated & { readonly likely?: readonly Likely[]; readonly reused: number };

/** What a caller decides: how many alternatives are told with each token (none at all where undefined), and who watches. */
export type AnsweringOptions = Pick<GenerateOptions, "seed" | "signal"> & {
  readonly likely?: number | undefined;
  readonly onText?: (text: string) => void;
};

/** Answers with a model's published weights, or those that it is opened with instead. Throws what loading them throws, and the signal's reason. */
export async function answerPrompt(
  model: Pick<LocalModel, "open" | "tokenizer" | "window">,
  device: Device,
  request: Request,
  record: DecodingRecord,
  options: AnsweringOptions,
): Promise<Answered> {
  const opened = await model.open(device, (record.quantize ?? undefined) as QuantizationRecord | undefined);
  return whileUsed(opened, () => answerWith(opened, model, request, record, options));
}

async function answerWith(
  opened: Model,
  model: Pick<LocalModel, "tokenizer" | "window">,
  request: Request,
  record: DecodingRecord,
  { likely, onText, ...options }: AnsweringOptions,
): Promise<Answered> {
  const tokenizer = await model.tokenizer();
  const { strategy, most, stop, repetition } = settingsOf(record);
  const batch = batchOf(opened);
  if (strategy.kind === "beam" || batch === undefined) {
    const watched = { ...options, ...(onText && { onText: (_row: number, text: string) => onText(text) }) };
    const [alone] = await generateWith(opened, tokenizer, model.window, [request], record, watched);
    const told = { ...alone!, alternatives: [], reused: 0 };
    return { ...told, ...(likely !== undefined && { likely: likelyOf(tokenizer, told) }) };
  }
  const source = sourceFor(opened, tokenizer, model.window, most, request);
  const { begin, end } = tokenizer.special;
  const textOf = (ids: readonly number[]) => cut(tokenizer.decode(ids), stop);
  const row = await batch.write({
    source: source.ids,
    strategy,
    most,
    begin,
    end,
    repetition,
    allow: footnotesOf(tokenizer, source),
    ...options,
    ...(likely && { alternatives: likely }),
    ...(stop.length > 0 && { stops: (ids: readonly number[]) => stop.some((text) => tokenizer.decode(ids).includes(text)) }),
    // A character whose bytes have come in part is not shown yet.
    ...(onText && { onToken: (ids: readonly number[]) => onText(cut(tokenizer.decode(ids).replace(/\uFFFD+$/u, ""), stop)) }),
  });
  const answered = { ...row, text: textOf(row.tokens), source };
  return { ...answered, ...(likely !== undefined && { likely: likelyOf(tokenizer, row) }) };
}

/** Tokens as text. Each is decoded behind those before it, because a token's text depends on them. */
function likelyOf(
  tokenizer: Tokenizer,
  { tokens, logps, alternatives }: Pick<WrittenRow, "tokens" | "logps" | "alternatives">,
): Likely[] {
  const ids = tokens.filter((id) => id !== tokenizer.special.end);
  return ids.map((id, i) => {
    const near = ids.slice(Math.max(0, i - 4), i);
    const before = tokenizer.decode(near).length;
    const text = (one: number) => tokenizer.decode([...near, one]).slice(before);
    const instead = (alternatives[i] ?? []).map((other) => ({ token: text(other.id), logp: other.logp }));
    return { token: text(id), logp: logps[i]!, instead };
  });
}
