/** Collects syntax diagnostics of one file: in order of place, one per place, and never more than a person can read. */
import type { Change, Diagnostic } from "./diagnostic.ts";
import type { Span } from "./span.ts";

/** After so many syntax errors the rest is noise. */
export const mostFaults = 100;

/** A fault as the scanner, the layout and the parser report it: offsets instead of a span. */
export type Fault = {
  readonly code: string;
  readonly title: string;
  readonly text: string;
  readonly hint?: string;
  readonly label: string;
  readonly start: number;
  readonly end: number;
  readonly more?: readonly { readonly start: number; readonly end: number; readonly label: string }[];
  /** What mends it, where that is determined. */
  readonly fix?: { readonly title: string; readonly changes: readonly FaultChange[] };
};

/** A change by offsets: a stretch written anew, a stretch repeated elsewhere, or a bracket behind the last word. */
export type FaultChange =
  | { readonly start: number; readonly end: number; readonly text: string }
  | { readonly start: number; readonly end: number; readonly to: number; readonly before: string; readonly after: string }
  | { readonly at: number; readonly close: string };

export class Faults {
  readonly file: string;
  /** Every span that was made for the tree and the faults. */
  readonly spans: Span[] = [];
  #found: Diagnostic[] = [];

  constructor(file: string) {
    this.file = file;
  }

  /** Whether nothing has been reported. */
  get none(): boolean {
    return this.#found.length === 0;
  }

  /** Whether more reports would be dropped anyway. */
  get full(): boolean {
    return this.#found.length >= mostFaults;
  }

  /** Where faults have been reported. */
  get places(): readonly number[] {
    return this.#found.map(({ span }) => span.start);
  }

  /** Whether `code` has been reported between two offsets. */
  has(code: string, from: number, to: number): boolean {
    return this.#found.some((found) => found.code === code && found.span.start >= from && found.span.start < to);
  }

  report(fault: Fault): void {
    if (this.full) return;
    const { start, end, more, code, title, text, hint, label, fix } = fault;
    const places = more?.map((place) => ({ span: this.span(place.start, place.end), label: place.label }));
    this.#found.push({
      code,
      severity: "error",
      title,
      text,
      ...(hint === undefined ? {} : { hint }),
      ...(fix === undefined ? {} : { fix: { title: fix.title, changes: fix.changes.map((change) => this.change(change)) } }),
      span: this.span(start, end),
      label,
      ...(places === undefined ? {} : { more: places }),
    });
  }

  private change(change: FaultChange): Change {
    if ("close" in change) return { kind: "close", at: this.span(change.at, change.at), text: change.close };
    const span = this.span(change.start, change.end);
    if ("text" in change) return { kind: "replace", span, text: change.text };
    return { kind: "copy", span, to: this.span(change.to, change.to), before: change.before, after: change.after };
  }

  /** Forgets what was reported at an offset or behind it. */
  dropFrom(offset: number): void {
    this.#found = this.#found.filter(({ span }) => span.start < offset);
  }

  span(start: number, end: number): Span {
    const span = { file: this.file, start, end };
    this.spans.push(span);
    return span;
  }

  /** All faults by place; of several at one place only the first reported. */
  sorted(): Diagnostic[] {
    const taken = new Set<number>();
    return this.#found
      .filter(({ span }) => !taken.has(span.start) && taken.add(span.start))
      .sort((a, b) => a.span.start - b.span.start);
  }
}
