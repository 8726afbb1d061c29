/**
 * While an answer is written, a footnote `[n]` can only name a block that was shown: tokens that would complete, or could only lead to,
 * another number are not allowed. It works for any tokenizer, whether marks are one token or spelled in pieces.
 */
import type { Tokenizer } from "../text/tokenizer.ts";
import type { Allowed } from "./choose.ts";

/**
 * Makes the filter for an answer over `blocks` blocks: from the ids written so far to the tokens that may come next, undefined where all
 * may. Equal states give the same function.
 */
export type FootnoteFilter = (blocks: number) => (written: readonly number[]) => Allowed | undefined;

/** The filter of a tokenizer; the tokens that can touch a footnote are found once. */
export function footnoteFilter(tokenizer: Tokenizer): FootnoteFilter {
  const opening = new Map<number, string>();
  const following = new Map<number, string>();
  // Decoded behind a letter, so that a token's leading space stays.
  const letter = tokenizer.encode("a");
  const before = tokenizer.decode(letter).length;
  for (let id = 0; id < tokenizer.size; id++) {
    const text = tokenizer.decode([...letter, id]).slice(before);
    if (text.includes("[")) opening.set(id, text);
    else if (/^[\d\]]/.test(text)) following.set(id, text);
  }
  const made = new Map<string, Allowed | undefined>();
  return (blocks) => (written) => {
    // A bracket is open only behind a token that opens one, and few texts have any there.
    const recent = written.slice(-12);
    const open = recent.some((id) => opening.has(id)) ? /\[\d*$/.exec(tokenizer.decode(recent))?.[0] : undefined;
    const name = `${blocks} ${open}`;
    if (!made.has(name)) made.set(name, after(open, blocks, opening, following));
    return made.get(name);
  };
}

/** What may follow an open bracket, or text without one; undefined where everything may. */
function after(
  open: string | undefined,
  blocks: number,
  opening: ReadonlyMap<number, string>,
  following: ReadonlyMap<number, string>,
): Allowed | undefined {
  const never = new Set([...opening].filter(([, text]) => !possible(text, blocks)).map(([id]) => id));
  if (open === undefined) return never.size === 0 ? undefined : (id) => !never.has(id);
  return (id) => {
    const text = opening.get(id) ?? following.get(id);
    if (never.has(id)) return false;
    // After `[` and digits, anything but a digit or `]` leaves a bracket that is no footnote; that is only fine while no digit is open.
    return text === undefined ? open === "[" : possible(open + text, blocks);
  };
}

/** Whether every complete mark in a text names a block and an open one at its end can still become one that does. */
function possible(text: string, blocks: number): boolean {
  for (const [, digits] of text.matchAll(/\[(\d+)\]/g)) if (!isBlock(Number(digits), blocks)) return false;
  const open = /\[(\d+)$/.exec(text)?.[1];
  if (open === undefined) return true;
  return prefixes(blocks).has(open);
}

function isBlock(number: number, blocks: number): boolean {
  return number >= 1 && number <= blocks;
}

const known = new Map<number, ReadonlySet<string>>();

/** All beginnings of the numbers 1 .. blocks. */
function prefixes(blocks: number): ReadonlySet<string> {
  const found = known.get(blocks);
  if (found !== undefined) return found;
  const made = new Set<string>();
  for (let n = 1; n <= blocks; n++) for (let i = 1; i <= `${n}`.length; i++) made.add(`${n}`.slice(0, i));
  known.set(blocks, made);
  return made;
}
