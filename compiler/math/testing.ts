// For tests: text in, diagnostics out; a context over one or several files, with the rows that std declares.
import { type Decl, type Diagnostic, parse } from "../../grammar/index.ts";
import { unknown } from "../types.ts";
import type { Definition, MathContext } from "./door.ts";
import { isMathematical, openMath } from "./index.ts";

const rows = `
type Instruct = { prompt: Dialog, documents: Docs = [], answer: Answer }
type Preference = { prompt: Dialog, documents: Docs = [], chosen: Answer, rejected: Answer }
type Rollout = { prompt: Dialog, documents: Docs = [], answer: Answer, reward: Float, old: [token(answer)] of Prob,
                 anchor: [token(answer)] of Prob, values: [token(answer)] }
type Group = { prompt: Dialog, documents: Docs = [], answer: [sample] of Answer, reward: [sample] of Float,
               old: [sample, token(answer)] of Prob }
`;

/** A program of the texts given, whose names are all in sight of each other. */
export function program(...texts: string[]): { context: MathContext; decls: Decl[]; found: Diagnostic[] } {
  const files = new Map([rows, ...texts].map((text, i) => [`${i}.neuro`, text]));
  const found: Diagnostic[] = [];
  const decls = [...files].flatMap(([file, text]) => {
    const parsed = parse(text, file);
    found.push(...parsed.diagnostics);
    return parsed.tree.decls;
  });
  const named = (name: string) => decls.find((d) => d.kind !== "Use" && d.name.text === name);
  const context: MathContext = {
    value: (name) => {
      const d = named(name);
      return d && d.kind !== "TypeDecl" ? (d as Definition) : undefined;
    },
    type: (name) => {
      const d = named(name);
      return d?.kind === "TypeDecl" ? d : undefined;
    },
    names: () => decls.flatMap((d) => (d.kind === "Use" ? [] : [d.name.text])),
    text: (file) => files.get(file),
    model: () => unknown,
    report: (d) => found.push(d),
  };
  return { context, decls, found };
}

/** Every fault of a program, as `code: the text at its place`. */
export function faults(...texts: string[]): string[] {
  const { context, decls, found } = program(...texts);
  const math = openMath(context);
  for (const d of decls) {
    if (d.kind === "Architecture" || (d.kind === "Callable" && isMathematical(d))) math.check(d);
  }
  return found.map((d) => `${d.code}: ${context.text!(d.span.file)!.slice(d.span.start, d.span.end)} (${d.label})`);
}
