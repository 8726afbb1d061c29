/**
 * A model behind an OpenAI-compatible server: it is shown numbered blocks, asked for footnotes, and every way in which a server can fail becomes
 * one sentence with what to do. The npm package `openai` speaks the protocol; it is loaded with the first request.
 */

import { steadyText } from "../answer/footnotes.ts";
import type { Draft, LanguageModel } from "../answer/model.ts";
import { type DecodingRecord, settingsOf } from "../decode/generate.ts";
import { NeuroError } from "../error.ts";
import type { Block, Dialog, StageContext } from "../types.ts";
import { bounded, clientOf, patienceOf, type RemoteSettings } from "./client.ts";
import { remoteError } from "./errors.ts";
import { messagesOf } from "./prompt.ts";

/** The model. Nothing is contacted before it writes. Throws `remote_url` for an address that is none. */
export function remoteModel(settings: RemoteSettings): LanguageModel {
  if (!/^https?:\/\/[^\s/]+/.test(settings.url)) {
    throw new NeuroError("remote_url", `The model ${settings.name} is at "${settings.url}", which is no address of a server.`, {
      hint: 'Write `remote: "https://host/v1"`.',
    });
  }
  return {
    name: settings.name,
    async write(prompt, blocks, decoding, context, task) {
      try {
        return await ask(settings, prompt, blocks, decoding, context, task);
      } catch (error) {
        context.signal.throwIfAborted();
        throw error instanceof NeuroError ? error : await remoteError(error, settings);
      }
    },
  };
}

async function ask(
  settings: RemoteSettings,
  prompt: Dialog,
  blocks: readonly Block[],
  decoding: DecodingRecord,
  context: StageContext,
  task: string | undefined,
): Promise<Draft> {
  const left = Math.max(1, Math.min(patienceOf(settings), context.deadline - Date.now()));
  const client = await clientOf(settings, left, 2);
  const { strategy, most, stop } = settingsOf(decoding);
  const request = {
    model: settings.model,
    messages: messagesOf(prompt, blocks, task),
    ...bounded(settings, most),
    temperature: strategy.kind === "sample" ? (strategy.temperature ?? 1) : 0,
    ...(strategy.kind === "sample" && strategy.top_p !== undefined ? { top_p: strategy.top_p } : {}),
    ...(stop.length > 0 ? { stop: [...stop] } : {}),
    seed: context.seed,
  };
  const options = { signal: context.signal };
  const { onText } = context;
  if (onText === undefined || task !== undefined) {
    const reply = await client.chat.completions.create(request, options);
    note(context, reply.usage);
    return { text: textOf(reply.choices?.[0]?.message?.content, settings), ...ended(reply.choices?.[0]?.finish_reason) };
  }
  let text = "";
  let reason: string | null | undefined;
  for await (const chunk of await client.chat.completions.create({ ...request, stream: true as const }, options)) {
    text += chunk.choices?.[0]?.delta?.content ?? "";
    reason = chunk.choices?.[0]?.finish_reason ?? reason;
    onText(steadyText(spoken(text), (number) => number >= 1 && number <= blocks.length));
  }
  return { text: textOf(text, settings), ...ended(reason) };
}

/** Whether the model was stopped by its longest answer. */
const ended = (reason: string | null | undefined): Pick<Draft, "cut"> => (reason === "length" ? { cut: true } : {});

function note(context: StageContext, usage: { prompt_tokens?: number; completion_tokens?: number } | null | undefined): void {
  if (typeof usage?.prompt_tokens === "number") context.note("tokens read", usage.prompt_tokens);
  if (typeof usage?.completion_tokens === "number") context.note("tokens written", usage.completion_tokens);
}

/** What is said after the thoughts that some servers leave in the text; nothing while they, or their mark, are still being written. */
function spoken(text: string): string {
  const [open, close] = ["<think>", "</think>"];
  const begun = text.trimStart();
  if (!begun.startsWith(open)) return begun !== "" && open.startsWith(begun) ? "" : text;
  const end = begun.indexOf(close);
  return end < 0 ? "" : begun.slice(end + close.length).trimStart();
}

function textOf(content: unknown, settings: RemoteSettings): string {
  const text = typeof content === "string" ? spoken(content).trim() : "";
  if (text !== "") return text;
  throw new NeuroError("remote_empty", `The model ${settings.name} at ${settings.url} answered without text.`, {
    hint: "Give it more tokens with `most:`, or look at the server's log.",
  });
}
