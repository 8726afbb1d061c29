/** Parsing never fails: any text gives a tree and diagnostics, and every span lies inside the text. */
import type { File } from "./ast.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { mostFaults } from "./faults.ts";
import type { Lexeme } from "./scan.ts";
import { readSegments, type Segment } from "./segment.ts";

export type Parsed = { readonly tree: File; readonly diagnostics: readonly Diagnostic[] };

/** With the tokens as the parser saw them, for the printer. */
export type ParsedTokens = Parsed & { readonly lexemes: readonly Lexeme[] };

/** Reads `text`; `file` is the path that spans carry. Never throws, whatever the text. */
export function parse(text: string, file: string): Parsed {
  return joined(readSegments(text, file), text.length, file);
}

/** `parse`, with tokens. */
export function parseTokens(text: string, file: string): ParsedTokens {
  const lexemes: Lexeme[] = [];
  const segments = readSegments(text, file, lexemes);
  return { ...joined(segments, text.length, file), lexemes };
}

/** The tree of a file whose segments these are. */
export function joined(segments: readonly Segment[], length: number, file: string): Parsed {
  const decls = segments.flatMap((segment) => segment.decls);
  const comments = segments.flatMap((segment) => segment.comments);
  const diagnostics = segments.flatMap((segment) => segment.diagnostics).slice(0, mostFaults);
  return { tree: { kind: "File", path: file, decls, comments, span: { file, start: 0, end: length } }, diagnostics };
}
