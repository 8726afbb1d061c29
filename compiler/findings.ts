/**
 * What a check found of one declaration, and the questions it asked to find it. Findings hold as long as every question has the answer it had, and
 * every declaration that was an answer has findings that hold: then checking the declaration again would find the same.
 */
import type { Diagnostic, Name, Span } from "../grammar/index.ts";
import type { Declaration, Module } from "./declarations.ts";
import type { Measured, OpenMeasure } from "./measured.ts";

/** A name where it is made. */
export interface Defined {
  readonly name: Name;
  readonly what: "declaration" | "type" | "case" | "import" | "parameter" | "binding" | "weight" | "function" | "variable";
  /** The declaration around it; absent for imports. */
  readonly inside?: Declaration;
  readonly module: Module;
}

/** Something outside of the declaration that was asked. */
interface Asked {
  readonly question: () => unknown;
  readonly answer: unknown;
}

export class Findings {
  /** The declarations that it mentions, with the first place of each. */
  mentions = new Map<Declaration, Name>();
  /** Every name that it makes, itself included. */
  readonly defined: Defined[] = [];
  /** Bindings that nothing reads, where it depends on their type whether that is a fault. */
  readonly unread: Defined[] = [];
  /** Where its host code asks models. */
  measured: readonly Measured[] = [];
  open: readonly OpenMeasure[] = [];
  /** Imports that it used: the module and the name there. */
  readonly uses = new Set<string>();
  /** How far the check has come. */
  isBound = false;
  isChecked = false;
  isRuled = false;
  /** What was in sight of the whole program when something was reported: hints guess from it. */
  sight: string | undefined;
  private readonly asked = new Map<string, Asked>();
  private readonly said = new Map<string, { readonly diagnostic: Diagnostic; readonly ifWhole: boolean }>();

  /** The number of faults so far. */
  get faults(): number {
    return this.said.size;
  }

  /** Asks, and remembers that it was asked. */
  ask<T>(key: string, question: () => T): T {
    const known = this.asked.get(key);
    if (known) return known.answer as T;
    const answer = question();
    this.asked.set(key, { question, answer });
    return answer;
  }

  /** Keeps a diagnostic, once per code and place. `ifWhole` ones count only where the file was understood to the end. */
  add(diagnostic: Diagnostic, sight: string, ifWhole = false): void {
    this.sight ??= sight;
    const { file, start, end } = diagnostic.span;
    const key = `${diagnostic.code} ${start} ${end} ${file}`;
    if (!this.said.has(key)) this.said.set(key, { diagnostic, ifWhole });
  }

  /** What was said, of a file that was understood to the end or not. */
  *diagnostics(isWhole: (file: string) => boolean): Iterable<Diagnostic> {
    for (const { diagnostic, ifWhole } of this.said.values()) if (!ifWhole || isWhole(diagnostic.span.file)) yield diagnostic;
  }

  /** Whether every question still has its answer, as far as this declaration alone can tell. */
  holds(sight: string): boolean {
    if (this.sight !== undefined && this.sight !== sight) return false;
    for (const { question, answer } of this.asked.values()) if (question() !== answer) return false;
    return true;
  }

  /** The declarations among the answers. */
  *needs(): Iterable<Declaration> {
    for (const { answer } of this.asked.values()) if (isDeclaration(answer)) yield answer;
  }
}

const isDeclaration = (answer: unknown): answer is Declaration =>
  typeof answer === "object" && answer !== null && (answer as { entity?: unknown }).entity === "declaration";

/** A diagnostic with every place in it told anew. */
export function mapPlaces(diagnostic: Diagnostic, place: (span: Span) => Span): Diagnostic {
  const map = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(map);
    if ("start" in value && "end" in value && "file" in value) return place(value as Span);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, map(inner)]));
  };
  return map(diagnostic) as Diagnostic;
}
