/**
 * The words of the language service: places, edits, changes. A place is a file and UTF-16 offsets in it; whoever speaks a protocol turns
 * them into lines and characters, and nothing here knows one.
 */
import type { Span } from "../grammar/index.ts";

export type { Diagnostic, Severity, Span } from "../grammar/index.ts";

/** Where something stands; the same as grammar's span. */
export type Place = Span;

/** One replacement: what stands from `start` to `end` becomes `text`. */
export interface Edit extends Place {
  readonly text: string;
}

/** Edits of any number of files; their places are of the texts before any of them, and no two overlap. */
export type Edits = readonly Edit[];

/** What was typed in one document: a replacement in the text as it was before it. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A range in one document. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A request that cannot be met, and why, in words for a person: a rename that would capture a name. */
export interface Refusal {
  readonly refused: string;
}

/** The text after the edits of one file. */
export function applied(text: string, edits: readonly Change[]): string {
  const ordered = edits.map((edit, at) => ({ edit, at })).sort((a, b) => a.edit.start - b.edit.start || a.at - b.at);
  let out = "";
  let from = 0;
  for (const { edit } of ordered) {
    out += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return out + text.slice(from);
}
