/**
 * Diagnostics as they are shown: the syntax's with each keystroke, beside what the last check found, moved with the text; the check's after
 * a pause, of open documents first and then of the workspace's other specs, one at a time, so that a keystroke never waits long.
 */
import {
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  DiagnosticTag,
  type Diagnostic as Shown,
} from "vscode-languageserver";
import { diagnostics } from "../features/diagnostics.ts";
import type { Change, Diagnostic } from "../words.ts";
import type { Session } from "./session.ts";

/** Publishes what is wrong, and remembers what it published. */
export class Diagnosing {
  private readonly session: Session;
  private readonly rooted: () => readonly string[];
  /** What a check found in a file, as places of its present text. */
  private readonly checks = new Map<string, readonly Diagnostic[]>();
  /** What the client shows, as JSON: nothing is sent twice. */
  private readonly shown = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private round = 0;
  /** Called when a round is over: what is slow and waits for quiet may go on as long as nothing changed. */
  onQuiet: (unchanged: () => boolean) => void = () => {};

  /** `roots` are the folders of the workspace; messages name files below them from there. */
  constructor(session: Session, roots: () => readonly string[]) {
    this.session = session;
    this.rooted = roots;
  }

  /** A document was opened or the world around it changed: everything is looked at again, soon. */
  soon(delay = this.session.settings.check.delay): void {
    this.round++;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.everything(++this.round), delay);
  }

  /** A document was typed in: what is known of it moves with the text, and its syntax is looked at now. */
  typed(path: string, changes: readonly Change[]): void {
    const moved = changes.reduce(
      (found, change) => found.flatMap((one) => shifted(one, path, change)),
      this.checks.get(path) ?? [],
    );
    this.checks.set(path, moved);
    this.publish(path, this.session.service.parsed(path).diagnostics, moved);
    this.soon();
  }

  /** Shows the syntax errors of a document that was just opened. */
  opened(path: string): void {
    this.publish(path, this.session.service.parsed(path).diagnostics, this.checks.get(path) ?? []);
    this.soon(0);
  }

  /** A file is gone: nothing is wrong with it any more. */
  forget(path: string): void {
    this.checks.delete(path);
    this.send(path, []);
    this.shown.delete(path);
  }

  stop(): void {
    this.round++;
    clearTimeout(this.timer);
  }

  private async everything(round: number): Promise<void> {
    const { service, documents } = this.session;
    const open = documents.paths;
    const others = service.specs().filter((path) => !documents.isOpen(path) && !path.startsWith("std/"));
    for (const path of [...open, ...others]) {
      if (round !== this.round) return;
      this.look(path);
      await new Promise(setImmediate);
    }
    const all = new Set([...open, ...others]);
    for (const path of this.shown.keys()) if (!all.has(path)) this.forget(path);
    if (round === this.round) this.onQuiet(() => round === this.round);
  }

  private look(path: string): void {
    try {
      const { syntax, checks } = diagnostics(this.session.service, path);
      this.checks.set(path, checks);
      this.publish(path, syntax, checks);
    } catch (error) {
      this.session.fault(`${path} could not be checked`, error);
    }
  }

  private publish(path: string, syntax: readonly Diagnostic[], checks: readonly Diagnostic[]): void {
    this.send(
      path,
      [...syntax, ...checks].map((one) => shownAs(this.session, one, this.rooted())),
    );
  }

  private send(path: string, found: readonly Shown[]): void {
    const version = this.session.documents.version(path);
    const text = JSON.stringify(found);
    if ((this.shown.get(path) ?? "[]") === text) return;
    this.shown.set(path, text);
    const params = { uri: this.session.uris.uri(path), diagnostics: [...found], ...(version === null ? {} : { version }) };
    void this.session.connection.sendDiagnostics(params);
  }
}

/** A diagnostic after a change of its text; none where the change touches what it marks. */
function shifted(diagnostic: Diagnostic, file: string, { start, end, text }: Change): readonly Diagnostic[] {
  const by = text.length - (end - start);
  const moved = (at: { file: string; start: number; end: number }) =>
    at.file !== file || at.end <= start ? at : { ...at, start: at.start + by, end: at.end + by };
  const touched = diagnostic.span.start < end && diagnostic.span.end > start;
  if (touched || (start === end && diagnostic.span.start < start && diagnostic.span.end > start)) return [];
  const more = diagnostic.more?.map((place) => ({ ...place, span: moved(place.span) }));
  return [{ ...diagnostic, span: moved(diagnostic.span), ...(more ? { more } : {}) }];
}

/** A diagnostic as the protocol shows it. What the text says of absolute paths is said from the workspace's folder. */
export function shownAs(session: Session, diagnostic: Diagnostic, roots: readonly string[] = []): Shown {
  const { code, severity, title, text, hint, span, more, label } = diagnostic;
  const near = (said: string) => roots.reduce((out, root) => out.replaceAll(`${root}/`, ""), said);
  const related: DiagnosticRelatedInformation[] = (more ?? []).map((place) => ({
    location: session.documents.location(place.span),
    message: place.label,
  }));
  return {
    range: session.documents.lines(span.file).range(span),
    severity: severity === "error" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    code,
    source: "neuro",
    ...(code.startsWith("unused") ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    message: [near(text || label || title), ...(hint === undefined ? [] : [near(hint)])].join("\n"),
    ...(related.length > 0 ? { relatedInformation: related } : {}),
  };
}
