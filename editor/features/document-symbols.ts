/** A file's outline: its declarations, and what they are made of. */
import type { Decl, Entry, File, Param, Stmt } from "../../grammar/index.ts";
import type { Place } from "../words.ts";

/** A named thing: `kind` is the word of the language that makes it, or `case`, `field`, `parameter`, `variable`, `enum`. */
export interface Symbol {
  readonly name: string;
  readonly kind: string;
  /** What stands beside the name: a model's architecture, an extern's file. */
  readonly detail?: string;
  /** The name. */
  readonly place: Place;
  /** All of it. */
  readonly range: Place;
  readonly children?: readonly Symbol[];
}

/** The symbols of a file, in the order of the text; of a broken one, those that were understood. */
export function documentSymbols(tree: File): Symbol[] {
  return tree.decls.flatMap((decl) => (decl.kind === "Use" ? [] : [symbolOf(decl)]));
}

/** A declaration with what is below it. */
function symbolOf(decl: Exclude<Decl, { kind: "Use" }>): Symbol {
  const made = { name: decl.name.text, place: decl.name.span, range: decl.span };
  switch (decl.kind) {
    case "TypeDecl": {
      const cases = decl.body.kind === "Cases" ? decl.body.cases : undefined;
      if (cases) return { ...made, kind: "enum", children: cases.map((name) => leaf(name.text, "case", name, name)) };
      return { ...made, kind: "type", children: decl.body.kind === "RecordType" ? decl.body.fields.map(field) : [] };
    }
    case "Model":
      return { ...made, kind: "model", detail: decl.architecture.text, children: decl.fields.entries.map(entry) };
    case "Architecture":
      return { ...made, kind: "architecture", children: [...decl.params.map(parameter), ...decl.body.stmts.flatMap(statement)] };
    case "Setting":
      return { ...made, kind: decl.word, ...(decl.value?.kind === "Record" && { children: decl.value.entries.map(entry) }) };
    case "Callable":
      return {
        ...made,
        kind: decl.word,
        ...(decl.extern && { detail: "extern" }),
        children: [...(decl.params ?? []).map(parameter), ...(decl.body?.stmts ?? []).flatMap(statement)],
      };
  }
}

const leaf = (name: string, kind: string, at: { readonly span: Place }, all: { readonly span: Place }): Symbol => ({
  name,
  kind,
  place: at.span,
  range: all.span,
});
const parameter = (node: Param): Symbol => leaf(node.name.text, "parameter", node.name, node);
const field = (node: Param): Symbol => leaf(node.name.text, "field", node.name, node);
const entry = (node: Entry): Symbol => leaf(node.label.text, "field", node.label, node);

/** What a statement makes: a loop holds what it repeats. */
function statement(node: Stmt): Symbol[] {
  switch (node.kind) {
    case "Bind":
      return node.names.map((name) => leaf(name.text, "variable", name, node));
    case "Weight":
      return [leaf(node.name.text, "weight", node.name, node)];
    case "LocalFn":
      return [leaf(node.name.text, "fn", node.name, node)];
    case "Repeat":
      return node.body.stmts.flatMap(statement);
    default:
      return [];
  }
}
