/**
 * A request of OpenAI's chat completions API, read: every field that is understood is checked, and one that would change the answer and cannot be
 * honoured is refused rather than ignored. It answers nothing.
 */

import type { Dialog, Message, Wishes } from "../types.ts";
import { BadRequest } from "./errors.ts";
import { type Fields, numberIn, objectOf, textIn, textOf, textsIn, truth } from "./fields.ts";
import { standard } from "./service.ts";

/** What a request asks for. */
export type ChatRequest = {
  readonly model: string;
  readonly prompt: Dialog;
  readonly count: number;
  readonly seed: number | undefined;
  readonly wishes: Wishes;
  readonly stream: boolean;
  /** Whether a stream ends with the numbers of tokens. */
  readonly usage: boolean;
  /** Whether a stream tells each stage as it ends, under `neuro.stage`. */
  readonly stages: boolean;
};

/** Reads a body. Throws {@link BadRequest}. */
export function chatRequest(body: unknown): ChatRequest {
  const fields = objectOf(body);
  refuseUnsupported(fields);
  const likely = truth(fields, "logprobs") ? (numberIn(fields, "top_logprobs", 0, 20, true) ?? 0) : undefined;
  if (likely === undefined && (fields.top_logprobs ?? 0) !== 0)
    throw new BadRequest("`top_logprobs` needs `logprobs: true`.", { param: "top_logprobs" });
  const most = numberIn(fields, "max_completion_tokens", 1, 2 ** 31, true) ?? numberIn(fields, "max_tokens", 1, 2 ** 31, true);
  const stop = textsIn(fields, "stop", 4)?.filter((text) => text !== "");
  const sampling = {
    temperature: numberIn(fields, "temperature", 0, 2),
    top_p: numberIn(fields, "top_p", 0, 1),
    // -1 is what clients of vLLM say for all of them.
    top_k: fields.top_k === -1 ? 0 : numberIn(fields, "top_k", 0, 2 ** 31, true),
    min_p: numberIn(fields, "min_p", 0, 1),
  };
  const given = Object.entries({ most, stop, likely, ...sampling }).filter(([, value]) => value !== undefined);
  const streaming = fields.stream_options == null ? {} : objectOf(fields.stream_options, "stream_options");
  return {
    model: textOf(fields, "model"),
    prompt: dialogOf(fields.messages),
    count: numberIn(fields, "n", 1, standard.count, true) ?? 1,
    seed: numberIn(fields, "seed", -(2 ** 53), 2 ** 53, true),
    wishes: Object.fromEntries(given),
    stream: truth(fields, "stream"),
    usage: truth(streaming, "include_usage"),
    stages: truth(streaming, "include_stages"),
  };
}

/** Fields that ask for something else than text from the spec's documents, and the values of them that ask for nothing. */
const unsupported: readonly (readonly [field: string, none: (value: unknown) => boolean])[] = [
  ["tools", (value) => Array.isArray(value) && value.length === 0],
  ["functions", (value) => Array.isArray(value) && value.length === 0],
  ["tool_choice", (value) => value === "none" || value === "auto"],
  ["function_call", (value) => value === "none" || value === "auto"],
  ["response_format", (value) => (value as { type?: unknown }).type === "text"],
  ["logit_bias", (value) => typeof value === "object" && Object.keys(value as object).length === 0],
  ["presence_penalty", (value) => value === 0],
  ["frequency_penalty", (value) => value === 0],
  ["modalities", (value) => Array.isArray(value) && value.every((one) => one === "text")],
  ["audio", () => false],
  ["prediction", () => false],
];

function refuseUnsupported(fields: Fields): void {
  for (const [param, none] of unsupported) {
    const value = fields[param];
    if (value == null || none(value)) continue;
    throw new BadRequest(`\`${param}\` is not supported here.`, {
      param,
      code: "unsupported_parameter",
      hint: "Leave it out: the server answers from its documents, in text.",
    });
  }
}

const roles: Readonly<Record<string, Message["role"]>> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
};

function dialogOf(messages: unknown): Dialog {
  const param = "messages";
  if (!Array.isArray(messages) || messages.length === 0)
    throw new BadRequest("`messages` must be a list of at least one message.", { param, code: "missing_required_parameter" });
  if (messages.length > 1000) throw new BadRequest("`messages` may have 1000 messages at most.", { param, code: "out_of_range" });
  const dialog = messages.map((message, i): Message => {
    const fields = objectOf(message, `messages[${i}]`);
    const role = Object.hasOwn(roles, String(fields.role)) ? roles[String(fields.role)] : undefined;
    if (role === undefined)
      throw new BadRequest(`The role of messages[${i}] must be system, user or assistant.`, { param: `messages[${i}].role` });
    return { role, content: contentOf(fields.content, i) };
  });
  if (dialog.findLast(({ role }) => role === "user")?.content.trim()) return dialog;
  throw new BadRequest("`messages` has no question: a message of the role user with text in it.", { param });
}

/** A text, or parts that are all texts. */
function contentOf(content: unknown, i: number): string {
  const param = `messages[${i}].content`;
  if (typeof content === "string") return content;
  if (content == null) return "";
  if (!Array.isArray(content)) throw new BadRequest(`\`${param}\` must be a text.`, { param, code: "invalid_type" });
  return content
    .map((part, at) => {
      const fields = objectOf(part, `${param}[${at}]`);
      if (fields.type === "text") return textIn(fields, "text") ?? "";
      throw new BadRequest(`\`${param}[${at}]\` is no text; nothing else can be read here.`, {
        param,
        code: "unsupported_content",
      });
    })
    .join("");
}
