/** Parsing never fails: any text gives a tree and diagnostics, and every span lies inside the text. */
import type { File } from "./ast.ts";
import { Build } from "./build.ts";
import { depthOf } from "./depth.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { Faults } from "./faults.ts";
import { layout } from "./layout.ts";
import { reportSyntax } from "./parse-faults.ts";
import { NeuroParser } from "./parser.ts";
import { type Lexeme, scan } from "./scan.ts";

export type Parsed = { readonly tree: File; readonly diagnostics: readonly Diagnostic[] };

/** With the tokens as the parser saw them, for the printer. */
export type ParsedTokens = Parsed & { readonly lexemes: readonly Lexeme[] };

/** No tree is deeper, so that whoever walks it may recurse. */
const deepestTree = 600;
/** A chain of operators up to this long needs no check of the tree's depth: brackets are bounded by the layout. */
const longChain = 64;

let parser: NeuroParser | undefined;

/** Reads `text`; `file` is the path that spans carry. Never throws, whatever the text. */
export function parse(text: string, file: string): Parsed {
  const { tree, diagnostics } = parseTokens(text, file);
  return { tree, diagnostics };
}

/** `parse`, with tokens. */
export function parseTokens(text: string, file: string): ParsedTokens {
  const faults = new Faults(file);
  const { lexemes: raw, comments } = scan(text, faults);
  const lexemes = layout(text, raw, faults);
  parser ??= new NeuroParser();
  parser.build = new Build(faults);
  parser.length = text.length;
  parser.longest = 0;
  parser.strays = [];
  parser.input = lexemes;
  const decls = parser.file();
  reportSyntax(parser.errors, parser.strays, lexemes, text.length, faults);
  const kept = parser.longest > longChain ? decls.filter((decl) => shallow(decl, faults)) : decls;
  const span = faults.span(0, text.length);
  return { tree: { kind: "File", path: file, decls: kept, comments, span }, diagnostics: faults.sorted(), lexemes };
}

/** Whether a declaration is shallow enough to be walked; reports it when not. */
function shallow(decl: File["decls"][number], faults: Faults): boolean {
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
