/**
 * A file is read in segments: each is one item at its top with the space and the comments before it, and what is wrong in one never shows in another.
 * A segment begins right behind the last token of the one before, where neither scanner nor layout nor parser remembers anything, so it can be read alone.
 */
import type { Comment, Decl } from "./ast.ts";
import { Build } from "./build.ts";
import { depthOf } from "./depth.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { Faults } from "./faults.ts";
import { layout } from "./layout.ts";
import { reportSyntax } from "./parse-faults.ts";
import { NeuroParser } from "./parser.ts";
import { isText, type Lexeme, mostTokens, Scanner, tooLarge } from "./scan.ts";
import type { Span } from "./span.ts";

export type Segment = {
  /** Where it begins, and where the next does. */
  start: number;
  end: number;
  /** How far the text was looked at to read it; beyond the text where its end was seen. */
  reach: number;
  /** How many words and signs it has. */
  readonly tokens: number;
  readonly decls: readonly Decl[];
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
  /** Every span in it, so that it can be moved. */
  readonly spans: readonly Span[];
};

/** No tree is deeper, so that whoever walks it may recurse. */
const deepestTree = 600;
/** A chain of operators up to this long needs no check of the tree's depth: brackets are bounded by the layout. */
const longChain = 64;
/** Characters behind a token that decide where it ends: `"""`, `..`, the digits after a point. */
const beyondToken = 3;

let parser: NeuroParser | undefined;

/** All segments of a text, without gaps; a text without anything has one. The tokens go to `lexemes`, for whoever wants them. */
export function readSegments(text: string, file: string, lexemes?: Lexeme[]): Segment[] {
  const faults = new Faults(file);
  if (!isText(text, faults)) return [unread(0, text.length, faults)];
  const segments: Segment[] = [];
  let tokens = 0;
  for (let at = 0; at < text.length || segments.length === 0; at = segments.at(-1)!.end) {
    const segment = tokens < mostTokens ? readSegment(text, at, file, lexemes) : surplus(text, at, file);
    tokens += segment.tokens;
    segments.push(segment);
  }
  return segments;
}

/** The segment that begins at an offset: the start of the text, or the end of another segment. */
export function readSegment(text: string, start: number, file: string, lexemes: Lexeme[] = []): Segment {
  const faults = new Faults(file);
  const scanner = new Scanner(text, faults, start);
  const { lexemes: own, end } = layout(scanner, faults);
  for (const lexeme of own) lexemes.push(lexeme);
  const isLast = end === text.length;
  // What was seen ahead is read, and reported, by the segment that it is in.
  if (!isLast) faults.dropFrom(end);
  const comments = isLast ? scanner.comments : scanner.comments.filter((comment) => comment.span.start < end);
  const decls = declarationsOf(own, end, faults);
  const reach = isLast || scanner.at >= text.length ? Number.POSITIVE_INFINITY : scanner.at + beyondToken;
  return { start, end, reach, tokens: own.length, decls, comments, diagnostics: faults.sorted(), spans: faults.spans };
}

function declarationsOf(lexemes: readonly Lexeme[], end: number, faults: Faults): readonly Decl[] {
  parser ??= new NeuroParser();
  parser.build = new Build(faults);
  parser.length = end;
  parser.longest = 0;
  parser.strays = [];
  parser.input = lexemes as Lexeme[];
  const decls = parser.file();
  reportSyntax(parser.errors, parser.strays, lexemes, end, faults);
  return parser.longest > longChain ? decls.filter((decl) => shallow(decl, faults)) : decls;
}

/** Whether a declaration is shallow enough to be walked; reports it when not. */
function shallow(decl: Decl, faults: Faults): boolean {
  const depth = depthOf(decl, deepestTree);
  if (depth <= deepestTree) return true;
  faults.report({
    code: "too_deep",
    title: "This is nested too deeply",
    text: `An expression in this declaration joins more than ${deepestTree} parts, one inside the other; it was not read.`,
    hint: "Give inner parts names of their own, or use a list.",
    label: "in this declaration",
    start: decl.span.start,
    end: decl.span.end,
  });
  return false;
}

/** What stands behind the last token that is read of a file. */
function surplus(text: string, at: number, file: string): Segment {
  const faults = new Faults(file);
  tooLarge(at, faults);
  return unread(at, text.length, faults);
}

const unread = (start: number, end: number, faults: Faults): Segment => ({
  start,
  end,
  reach: Number.POSITIVE_INFINITY,
  tokens: 0,
  decls: [],
  comments: [],
  diagnostics: faults.sorted(),
  spans: faults.spans,
});
