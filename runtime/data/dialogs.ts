/**
 * The ways in which the world writes dialogs, as one: messages with role and content (OpenAI, TRL), with from and value (ShareGPT), contents in
 * parts, and transcripts of "Human:" and "Assistant:" (HH-RLHF). Knows nothing of rows.
 */
import type { Dialog, Message } from "../types.ts";

const roles: Readonly<Record<string, Message["role"]>> = {
  user: "user",
  human: "user",
  assistant: "assistant",
  gpt: "assistant",
  system: "system",
  developer: "system",
};

/** Whether a value is a list of messages, well made or not. */
export const isMessages = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.some((one) => isRecord(one) && ("role" in one || "from" in one));

/** Messages as a dialog, or the number (from 1) of the first that is none. */
export function dialogOf(messages: readonly unknown[]): { readonly dialog?: Dialog; readonly wrong?: number } {
  const dialog = messages.map(messageOf);
  const wrong = dialog.indexOf(undefined);
  return wrong < 0 ? { dialog: dialog as Message[] } : { wrong: wrong + 1 };
}

function messageOf(value: unknown): Message | undefined {
  if (!isRecord(value)) return undefined;
  const role = roles[String(value.role ?? value.from)];
  const content = textOf(value.content ?? value.value);
  return role === undefined || content === undefined ? undefined : { role, content };
}

/** A content that is a text, or parts that all are. */
function textOf(content: unknown): string | undefined {
  if (typeof content === "string") return content;
  if (
    !Array.isArray(content) ||
    !content.every((part) => isRecord(part) && part.type === "text" && typeof part.text === "string")
  )
    return undefined;
  return content.map((part: { text: string }) => part.text).join("");
}

/**
 * A transcript as a dialog: "\n\nHuman: ..\n\nAssistant: ..". Neighbouring turns of one speaker are one turn, which is what they were before
 * somebody wrote such a mark within a text. Undefined where the text is no transcript.
 */
export function transcribed(text: string): Dialog | undefined {
  if (!/^\s*Human:/.test(text) || !text.includes("\n\nAssistant:")) return undefined;
  const turns: { role: Message["role"]; content: string }[] = [];
  const [, ...parts] = `\n\n${text.trimStart()}`.split(/\n\n(Human|Assistant):/);
  for (let i = 0; i < parts.length; i += 2) {
    const [speaker, said] = [parts[i], parts[i + 1]];
    const role = speaker === "Human" ? "user" : "assistant";
    const last = turns.at(-1);
    if (last?.role === role) last.content += `\n\n${said!.trim()}`;
    else turns.push({ role, content: said!.trim() });
  }
  return turns;
}

/** A dialog as what is asked and, where its last turn is the assistant's, what is answered. */
export function parted(dialog: Dialog): { readonly prompt: Dialog; readonly answer?: string } {
  const final = dialog.at(-1);
  return final?.role === "assistant" ? { prompt: dialog.slice(0, -1), answer: final.content } : { prompt: dialog };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);
