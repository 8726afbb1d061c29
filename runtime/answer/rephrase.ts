/** The stage `rephrase`: a dialog as questions that stand alone, for a search that knows no dialog. */

import { type Dialog, last, type StageContext } from "../types.ts";
import type { LanguageModel } from "./model.ts";
import { standalone } from "./standalone.ts";
import { saysUnknown } from "./unknown.ts";

const task = (most: number) =>
  `Write the search queries that find what the user's last message asks for: at most ${most}, each understandable without the conversation ` +
  "(pronouns replaced by what they mean, names and dates kept), in the user's language. Compare things with one query for each. " +
  "Answer with a JSON list of strings and nothing else.";

/** So many turns of a dialog are looked at. */
const turns = 12;

/**
 * At most `most` questions in the user's language: by std's rules, or by a model that is told the task. One that cannot be told (a model of one's own, trained
 * on dialogs and their questions) writes them as lines, and the last turn is asked besides. What a model writes that is no questions is worth nothing: then
 * it goes by rules.
 */
export async function rephrase(
  prompt: Dialog,
  by: LanguageModel | { readonly kind: "rules" },
  { most }: { most: number },
  context: StageContext,
): Promise<string[]> {
  const question = last(prompt).trim();
  if (question === "") return [];
  const queries = "write" in by ? await written(prompt, by, most, context) : [];
  if ("write" in by && queries.length === 0) context.note("by rules", true);
  const told = queries.length > 0 ? queries : standalone(prompt, most);
  context.note("queries", told.length);
  return told;
}

async function written(prompt: Dialog, by: LanguageModel, most: number, context: StageContext): Promise<string[]> {
  const { text, untold } = await by.write(
    prompt.slice(-turns),
    [],
    { strategy: { kind: "greedy" }, most: 64 * most },
    context,
    task(most),
  );
  if (!untold) return queriesIn(text).slice(0, most);
  const lines = distinct(text.split("\n")).filter((line) => !saysUnknown(line));
  return lines.length === 0 ? [] : distinct([...lines.slice(0, Math.max(1, most - 1)), last(prompt)]).slice(0, most);
}

/** The questions in what a model wrote: a JSON list of strings, also inside other words, or lines of a list. */
export function queriesIn(text: string): string[] {
  const list = /\[[\s\S]*\]/.exec(text)?.[0];
  return distinct((list === undefined ? undefined : parsed(list)) ?? linesOf(text));
}

/** Texts that can be asked, each once. */
function distinct(found: readonly string[]): string[] {
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
