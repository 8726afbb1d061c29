/** An expression that is selected gets a name: a binding before its statement, or a local `fn` of the names in it. Offered when the result checks as before. */
import { check } from "../../../compiler/check.ts";
import type * as ast from "../../../grammar/index.ts";
import { pathTo } from "../../../grammar/path.ts";
import type { View } from "../../service.ts";
import { applied, type Edit, type Range } from "../../words.ts";
import type { CodeAction } from "../code-actions.ts";
import { typeOf } from "../typing.ts";
import { binds, freeName, namesIn } from "./names.ts";

const expressions = new Set<string>([
  "Binary",
  "Compare",
  "Unary",
  "If",
  "Call",
  "Select",
  "Index",
  "List",
  "Field",
  "Text",
  "Number",
]);

/** The offers for a selection; none for a caret. */
export function extraction(view: View, range: Range): CodeAction[] {
  const found = selected(view, range);
  if (!found) return [];
  const { expr, statement, owner } = found;
  const text = view.text.slice(expr.span.start, expr.span.end);
  const indent = /[^\S\r\n]*$/.exec(view.text.slice(0, statement.span.start))![0];
  const put = (line: string, use: string): Edit[] => [
    { file: view.path, start: statement.span.start, end: statement.span.start, text: `${line}\n${indent}` },
    { file: view.path, start: expr.span.start, end: expr.span.end, text: use },
  ];
  const name = freeName(view, owner, "value");
  const fn = freeName(view, owner, "part");
  const parameters = parametersOf(view, expr);
  const offers: CodeAction[] = [
    { title: `Extract a binding \`${name}\``, kind: "refactor.extract", edits: put(`${name} = ${text}`, name) },
  ];
  if (parameters.length > 0 && expr.kind !== "Number" && expr.kind !== "Text")
    offers.push({
      title: `Extract a function \`${fn}(${parameters.join(", ")})\``,
      kind: "refactor.extract",
      edits: put(`fn ${fn}(${parameters.join(", ")}) = ${text}`, `${fn}(${parameters.join(", ")})`),
    });
  return offers.filter(({ edits }) => checksAsBefore(view, edits));
}

/** The expression that a selection covers, blanks aside, and the statement of a body that it stands in. */
function selected(view: View, { start, end }: Range) {
  if (end - start < 2) return undefined;
  const text = view.text.slice(start, end);
  const from = start + /^\s*/.exec(text)![0].length;
  const to = end - /\s*$/.exec(text)![0].length;
  const path = pathTo(view.tree, from, to);
  const at = path.findIndex(({ span, kind }) => span.start === from && span.end === to && expressions.has(kind));
  const body = path.findLastIndex(({ kind }) => kind === "Body");
  const inFn = path.some(({ kind }) => kind === "LocalFn");
  const statement = path[body + 1];
  const owner = path[1];
  if (at < 0 || body < 0 || !statement || !owner || inFn) return undefined;
  return { expr: path[at] as ast.Expr, statement, owner };
}

/** The names of the body that an expression reads and that have values; models and rows are in sight of a local function anyway. */
function parametersOf(view: View, expr: ast.Expr): string[] {
  const names = namesIn(view, expr).flatMap(({ name, entity }) => {
    if (entity.entity !== "local" && entity.entity !== "parameter") return [];
    if (entity.entity === "local" && (entity.node.kind === "LocalFn" || entity.node.kind === "Weight")) return [];
    const { kind } = typeOf(view.checked, name);
    return binds(expr, name.text) || ["model", "record", "axis", "fn", "rows"].includes(kind) ? [] : [name.text];
  });
  return [...new Set(names)];
}

/** Whether the file says no more that is wrong than before. */
function checksAsBefore(view: View, edits: readonly Edit[]): boolean {
  const text = applied(view.text, edits);
  const host = { ...view.host, read: (path: string) => (path === view.path ? text : view.host.read(path)) };
  return check(host, view.path).diagnostics.length <= view.checked.diagnostics.length;
}
