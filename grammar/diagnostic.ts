/** A diagnostic is a value: a stable code, what is wrong, where, and what to do. It knows no source text; `render.ts` draws it. */
import type { Span } from "./span.ts";

export type Severity = "error" | "warning";

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
  readonly span: Span;
  /** Stands beside the carets. */
  readonly label: string;
  /** Other places that matter, as an opening bracket or a first declaration; they may be in other files. */
  readonly more?: readonly { readonly span: Span; readonly label: string }[];
};
