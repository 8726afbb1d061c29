/** What the page and its worker say to each other: calls with answers. Plain data; places are offsets in a file. */
import type { Severity } from "../../grammar/index.ts";
import type { Edits } from "../words.ts";

/** A fault as the page shows it. */
export interface Problem {
  readonly code: string;
  readonly severity: Severity;
  readonly title: string;
  readonly text: string;
  readonly hint?: string;
  readonly label: string;
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly more: readonly { readonly file: string; readonly start: number; readonly end: number; readonly label: string }[];
}

/** What can be shown beside a spec. */
export type FormKind = "typescript" | "wgsl" | "onnx" | "plan";

/** The words that the language keeps, and those that open a declaration. */
export interface Words {
  readonly reserved: readonly string[];
  readonly kinds: readonly string[];
  /** What names are told apart by. */
  readonly tokens: { readonly types: readonly string[]; readonly modifiers: readonly string[] };
}

/** What can be done where the caret is. */
export interface Action {
  readonly title: string;
  readonly kind: string;
  readonly edits: Edits;
  /** It is what a hint says. */
  readonly preferred: boolean;
  /** The code of the fault that it mends. */
  readonly fixes?: string;
}

/** A program and the spec lines that it came from, as `main.neuro:12`. */
export interface ProgramName {
  readonly name: string;
  readonly lines: readonly string[];
}

/** A text beside the spec, or why there is none; `fixable` where errors of the spec are why. */
export type Form = { readonly text: string } | { readonly missing: string; readonly fixable?: boolean };

/** A call from the page: a method of `Session` and its arguments. */
export interface Asked {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** Its answer; `fault` is a bug of ours. */
export type Answered = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly fault: string };
