// `--set policy.width=64`: a field of a declaration, or a named argument of the calls of a recipe (`--set neuro.steps=60`), changed in the text
// before it is checked, so that a wrong value is refused like any other.
import { type Decl, type Expr, parse, type Stmt } from "../grammar/index.ts";
import { NeuroError } from "../runtime/error.ts";

type Edit = { readonly start: number; readonly end: number; readonly text: string };

/** The text with every setting applied. */
export function applySettings(text: string, file: string, settings: readonly string[]): string {
  return settings.reduce((now, setting) => applyOne(now, file, setting), text);
}

function applyOne(text: string, file: string, setting: string): string {
  const found = /^([\p{L}\p{N}_]+)\.([\p{L}\p{N}_]+)=(.+)$/su.exec(setting);
  if (!found)
    throw new NeuroError("usage", `--set ${setting} is not name.field=value`, {
      hint: "for example --set policy.width=64, or --set neuro.steps=60 for the fits of `train neuro`",
    });
  const [, name, field, value] = found as unknown as [string, string, string, string];
  const { tree } = parse(text, file);
  const declaration = tree.decls.find((decl) => "name" in decl && decl.name.text === name);
  if (!declaration)
    throw new NeuroError("usage", `--set ${setting}: ${file} declares no ${name}`, {
      hint: `it declares ${tree.decls.flatMap((d) => ("name" in d ? [d.name.text] : [])).join(", ")}`,
    });
  const edits =
    declaration.kind === "Callable" ? argumentEdits(declaration, field, value) : fieldEdits(declaration, field, value);
  if (edits.length === 0)
    throw new NeuroError("usage", `--set ${setting}: ${name} has no ${field}`, {
      hint: "--set changes fields of records, and arguments that a recipe's calls name",
    });
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((now, edit) => now.slice(0, edit.start) + edit.text + now.slice(edit.end), text);
}

function fieldEdits(declaration: Decl, field: string, value: string): Edit[] {
  const record =
    declaration.kind === "Model"
      ? declaration.fields
      : declaration.kind === "Setting" && declaration.value?.kind === "Record"
        ? declaration.value
        : undefined;
  if (!record) return declaration.kind === "Setting" && declaration.value ? callEdits(declaration.value, field, value) : [];
  const entry = record.entries.find((e) => e.label.text === field);
  if (entry) return [{ ...entry.value.span, text: value }];
  return [
    {
      start: record.span.start + 1,
      end: record.span.start + 1,
      text: ` ${field}: ${value}${record.entries.length > 0 ? "," : ""}`,
    },
  ];
}

function argumentEdits(declaration: Extract<Decl, { kind: "Callable" }>, field: string, value: string): Edit[] {
  const parameter = declaration.params?.find((param) => param.name.text === field);
  if (parameter?.default) return [{ ...parameter.default.span, text: value }];
  return (declaration.body?.stmts ?? []).flatMap((stmt) => statementEdits(stmt, field, value));
}

function statementEdits(stmt: Stmt, field: string, value: string): Edit[] {
  if (stmt.kind === "Repeat") return stmt.body.stmts.flatMap((inner) => statementEdits(inner, field, value));
  if (stmt.kind === "Bind" || stmt.kind === "ExprStmt") return callEdits(stmt.value, field, value);
  return [];
}

/** Named arguments of a call, and of the calls among its arguments. */
function callEdits(expr: Expr, field: string, value: string): Edit[] {
  if (expr.kind === "For") return expr.body.stmts.flatMap((inner) => statementEdits(inner, field, value));
  if (expr.kind !== "Call") return [];
  return expr.args.flatMap((arg) =>
    arg.label?.text === field ? [{ ...arg.value.span, text: value }] : callEdits(arg.value, field, value),
  );
}
