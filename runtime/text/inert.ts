/**
 * What documents and people say is shown to a model as words and nothing else: what would begin another block, or another turn of the chat, is spelled so that
 * it does not. Every text keeps its length, so that places in it stay what they are.
 */
import type { Tokenizer } from "./tokenizer.ts";

/** A document's own `[2]` would begin the second block, or be cited as it: it stands in round brackets. */
export const withoutMarks = (text: string): string => text.replace(/\[(\s*\d{1,4}\s*)\]/g, "($1)");

const spelled: Readonly<Record<string, string>> = { "<": "‹", "[": "［", "{": "｛" };
const known = new WeakMap<Tokenizer, RegExp | undefined>();

/** A text without the special tokens of a model: `<|im_start|>` in it begins no turn, because its first letter is another one. */
export function withoutTokens(tokenizer: Tokenizer, text: string): string {
  if (!known.has(tokenizer)) known.set(tokenizer, patternOf(tokenizer));
  const pattern = known.get(tokenizer);
  return pattern === undefined ? text : text.replace(pattern, (token) => (spelled[token[0]!] ?? "·") + token.slice(1));
}

/** Finds the tokens that no text is split into, the longest first; footnotes are words. */
function patternOf({ json }: Tokenizer): RegExp | undefined {
  const added = (json.added_tokens ?? []) as readonly { content?: string; special?: boolean }[];
  const tokens = added.flatMap(({ content = "", special }) =>
    special && content.length > 1 && !/^\[\d+\]$/.test(content) ? [content] : [],
  );
  if (tokens.length === 0) return undefined;
  const escaped = tokens.sort((a, b) => b.length - a.length).map((token) => token.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(escaped.join("|"), "g");
}
