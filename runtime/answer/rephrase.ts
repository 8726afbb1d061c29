/** The stage `rephrase`: a dialog as questions that stand alone, for a search that knows no dialog. */

import { type Dialog, last, type StageContext } from "../types.ts";
import type { LanguageModel } from "./model.ts";

const task = (most: number) =>
  `Write the search queries that find what the user's last message asks for: at most ${most}, each understandable without the conversation ` +
  "(pronouns replaced by what they mean, names and dates kept), in the user's language. Compare things with one query for each. " +
  "Answer with a JSON list of strings and nothing else.";

/**
 * At most `most` questions in the user's language. What a model writes that is no list of questions is worth nothing: then, and for an empty
 * dialog, it is the last user turn as it stands.
 */
export async function rephrase(
  prompt: Dialog,
  by: LanguageModel,
  { most }: { most: number },
  context: StageContext,
): Promise<string[]> {
  const question = last(prompt).trim();
  if (question === "") return [];
  const { text } = await by.write(prompt, [], { strategy: { kind: "greedy" }, most: 64 * most }, context, task(most));
  const queries = queriesIn(text).slice(0, most);
  context.note("queries", queries.length);
  return queries.length > 0 ? queries : [question];
}

/** The questions in what a model wrote: a JSON list of strings, also inside other words, or lines of a list. */
export function queriesIn(text: string): string[] {
  const list = /\[[\s\S]*\]/.exec(text)?.[0];
  const found = (list === undefined ? undefined : parsed(list)) ?? linesOf(text);
  const seen = new Set<string>();
  return found
    .map((query) => query.replace(/\s+/g, " ").trim())
    .filter((query) => /[\p{L}\p{N}]/u.test(query) && query.length <= 400)
    .filter((query) => !seen.has(query.toLowerCase()) && seen.add(query.toLowerCase()));
}

function parsed(list: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(list);
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : undefined;
  } catch {
    return undefined;
  }
}

/** Lines that are marked as items. */
function linesOf(text: string): string[] {
  const marker = /^\s*(?:[-*•]|\d+[.)])\s+/;
  return text
    .split("\n")
    .filter((line) => marker.test(line))
    .map((line) => line.replace(marker, "").replace(/^["«“]|["»”]$/g, ""));
}
