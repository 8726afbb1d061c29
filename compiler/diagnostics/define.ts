/**
 * A diagnostic is one record in one file: its code, the facts it speaks about, what it says, and a wrong and a right example that a test runs.
 * Nothing here knows when a diagnostic is reported.
 */
import { type Diagnostic, didYouMean, type Fix, type Severity, type Span } from "../../grammar/index.ts";

/** A whole small file, or several by path; the entry is then `main.neuro`. */
export type Example = string | Readonly<{ [path: string]: string }>;

export interface DiagnosticRecord<Facts> {
  /** Stable, lower snake case, equal to the file's name. */
  readonly code: string;
  readonly severity: Severity;
  /** Names the fault in a few words. */
  readonly title: string;
  /** Stands beside the carets. */
  label(facts: Facts): string;
  /** One or two sentences about this very place. */
  text(facts: Facts): string;
  /** What to type instead. */
  hint?(facts: Facts): string | undefined;
  /** The hint as changes of the text, where one thing is meant; `at` is the place that is reported. */
  fix?(facts: Facts, at: Span): Fix | undefined;
  /** Yields exactly this code and no other error. */
  readonly wrong: Example;
  /** Yields nothing. */
  readonly right: Example;
  /** Why the rule exists and what to do, for `neuroc explain`. */
  readonly page: string;
}

/** A record as a frozen value; the type of its facts is that of `text`'s parameter. */
export function defineDiagnostic<Facts>(record: DiagnosticRecord<Facts>): DiagnosticRecord<Facts> {
  return Object.freeze(record);
}

/** Another place that matters, with what stands beside it. */
export interface Related {
  readonly span: Span;
  readonly label: string;
}

/** The value that is reported: a record told about one place. */
export function diagnose<Facts>(
  record: DiagnosticRecord<Facts>,
  span: Span,
  facts: Facts,
  more: readonly Related[] = [],
): Diagnostic {
  const hint = record.hint?.(facts);
  const fix = record.fix?.(facts, span);
  return {
    code: record.code,
    severity: record.severity,
    title: record.title,
    text: record.text(facts),
    ...(hint === undefined ? {} : { hint }),
    ...(fix === undefined ? {} : { fix }),
    span,
    label: record.label(facts),
    ...(more.length === 0 ? {} : { more }),
  };
}

/** A fix that writes over a place. */
export const write = (at: Span, text: string, title = `Write \`${text}\``): Fix => ({
  title,
  changes: [{ kind: "replace", span: at, text }],
});

/** A fix that puts a place between two texts. */
export const wrap = (at: Span, before: string, after: string, title = `Write ${before}..${after}`): Fix => ({
  title,
  changes: [
    { kind: "replace", span: { ...at, end: at.start }, text: before },
    { kind: "replace", span: { ...at, start: at.end }, text: after },
  ],
});

/** A fix that takes away the item at a place. */
export const remove = (at: Span, title: string): Fix => ({ title, changes: [{ kind: "remove", span: at }] });

/** A fix that adds entries to the record, or arguments to the call, at a place. */
export const give = (at: Span, items: readonly string[]): Fix => ({
  title: `Add ${items.join(", ")}`,
  changes: [{ kind: "give", span: at, items }],
});

/** A fix that writes the nearest of the known words; undefined when none is near. */
export function nearest(word: string, known: readonly string[], at: Span): Fix | undefined {
  const near = didYouMean(word, known);
  return near === undefined ? undefined : write(at, near);
}

/** A fix that imports a name. */
export const imported = (module: string, name: string): Fix => ({
  title: `Import ${name} from ${module}`,
  changes: [{ kind: "use", module, name }],
});

/** "Did you mean" with the nearest of the known words, or undefined when none is near. */
export function guess(word: string, known: readonly string[]): string | undefined {
  const near = didYouMean(word, known);
  return near === undefined ? undefined : `Did you mean \`${near}\`?`;
}
