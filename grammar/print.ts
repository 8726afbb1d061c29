/** Printing gives the one canonical text; printing it again changes nothing, and reading it gives the same tree. */
import type { File } from "./ast.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { alignments } from "./format/align.ts";
import { type Atom, atomsOf } from "./format/atoms.ts";
import { settleBreaks } from "./format/breaks.ts";
import { type Line, linesOf } from "./format/lines.ts";
import { wrap } from "./format/wrap.ts";
import { type ParsedTokens, parseTokens } from "./parse.ts";
import { unparse } from "./unparse.ts";

export type Formatted = { readonly text: string; readonly diagnostics: readonly Diagnostic[] };

/** Aligning and breaking can follow from one another; in practice one round is enough, and two prove it. */
const mostRounds = 8;

/** The canonical text of `text` with all its comments; unchanged, with the diagnostics, when it has syntax errors. */
export function format(text: string, file = "input.neuro"): Formatted {
  let parsed = parseTokens(text, file);
  if (parsed.diagnostics.some((diagnostic) => diagnostic.severity === "error")) return { text, diagnostics: parsed.diagnostics };
  let current = text;
  for (let round = 0; round < mostRounds; round++) {
    const next = pass(current, parsed);
    if (next === current) break;
    current = next;
    parsed = parseTokens(current, file);
  }
  return { text: current, diagnostics: [] };
}

/** The canonical text of a tree, with its documentation but without its other comments. Trees with equal text mean the same. */
export function print(tree: File): string {
  return format(unparse(tree), tree.path).text;
}

function pass(text: string, parsed: ParsedTokens): string {
  let atoms = settleBreaks(atomsOf(text, parsed));
  let lines = linesOf(atoms, alignments(atoms));
  while (wrap(atoms, lines)) {
    atoms = settleBreaks(atoms);
    lines = linesOf(atoms, alignments(atoms));
  }
  const comments = commentGaps(atoms, lines);
  const rows = lines.map((line, i) => {
    const blank = atoms[line.from]!.breaks > 1 ? "\n" : "";
    return blank + (line.comment ? line.code + " ".repeat(comments[i]!) + line.comment.text : line.code);
  });
  return rows.length === 0 ? "" : `${rows.join("\n")}\n`;
}

/** Spaces before the comment at the end of each line: one, or a common column where the author began one. */
function commentGaps(atoms: readonly Atom[], lines: readonly Line[]): number[] {
  const gaps = lines.map(() => 1);
  for (let from = 0; from < lines.length; from++) {
    let to = from;
    while (lines[to]?.comment && (to === from || atoms[lines[to]!.from]!.breaks === 1)) to++;
    const run = lines.slice(from, to);
    if (run.length > 1 && run.some((line) => line.comment!.gap > 1)) {
      const column = Math.max(...run.map((line) => line.width)) + 1;
      for (let i = from; i < to; i++) gaps[i] = column - lines[i]!.width;
    }
    if (to > from) from = to - 1;
  }
  return gaps;
}
