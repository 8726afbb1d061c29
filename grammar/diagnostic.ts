/** A diagnostic is a value: a stable code, what is wrong, where, and what to do. It knows no source text; `render.ts` draws it, `fix.ts` applies it. */
import type { Span } from "./span.ts";

export type Severity = "error" | "warning";

/**
 * One change of a text, told by places of its tree; `fix.ts` makes edits of it.
 * `replace` writes over a place, or inserts where it is empty. `copy` repeats what stands at `span` elsewhere, between two texts.
 * `remove` takes away the item at a place (an import, an argument, an entry, a statement), or the item whose name stands there, with its comma or line.
 * `move` puts a statement before another. `give` adds entries to a record, arguments to a call, or both brackets and arguments to a name.
 * `close` puts a bracket behind the last word before a place. `rename` changes a name wherever the file writes it, or a place does. `use` imports a name.
 */
export type Change =
  | { readonly kind: "replace"; readonly span: Span; readonly text: string }
  | { readonly kind: "copy"; readonly span: Span; readonly to: Span; readonly before: string; readonly after: string }
  | { readonly kind: "remove"; readonly span: Span }
  | { readonly kind: "move"; readonly span: Span; readonly before: Span }
  | { readonly kind: "give"; readonly span: Span; readonly items: readonly string[] }
  | { readonly kind: "close"; readonly at: Span; readonly text: string }
  | { readonly kind: "rename"; readonly from: string; readonly to: string; readonly within?: Span }
  | { readonly kind: "use"; readonly module: string; readonly name: string };

/** What mends a fault, where that is determined. All changes are of the file that the diagnostic is in, or of those that their spans name. */
export type Fix = { readonly title: string; readonly changes: readonly Change[] };

export type Diagnostic = {
  /** Stable, in lower snake case; `neuroc explain <code>` has its page. */
  readonly code: string;
  readonly severity: Severity;
  /** Names the fault in a few words. */
  readonly title: string;
  /** One or two sentences about this very place. */
  readonly text: string;
  /** What to type instead. */
  readonly hint?: string;
  /** The hint as changes of the text, where it can be typed for the author. */
  readonly fix?: Fix;
  readonly span: Span;
  /** Stands beside the carets. */
  readonly label: string;
  /** Other places that matter, as an opening bracket or a first declaration; they may be in other files. */
  readonly more?: readonly { readonly span: Span; readonly label: string }[];
};
