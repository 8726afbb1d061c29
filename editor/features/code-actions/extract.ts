/** An expression that is selected gets a name: a binding, a local `fn`, or one of the file. Offered when the result checks as before. */
import { check } from "../../../compiler/check.ts";
import { show } from "../../../compiler/show.ts";
import type { Type } from "../../../compiler/types.ts";
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
  const { expr, owner, statement } = found;
  const offers = [...(statement ? inBody(view, expr, statement, owner) : []), ...declared(view, expr, owner)];
  return offers.filter(({ edits }) => checksAsBefore(view, edits));
}

const offer = (title: string, edits: readonly Edit[]): CodeAction => ({ title, kind: "refactor.extract", edits });
const sourceOf = (view: View, { span }: ast.Node): string => view.text.slice(span.start, span.end);

/** A binding, and a local function, before the statement. */
function inBody(view: View, expr: ast.Expr, statement: ast.Node, owner: ast.Node): CodeAction[] {
  const text = sourceOf(view, expr);
  const indent = /[^\S\r\n]*$/.exec(view.text.slice(0, statement.span.start))![0];
  const put = (line: string, use: string): Edit[] => [
    { file: view.path, start: statement.span.start, end: statement.span.start, text: `${line}\n${indent}` },
    { file: view.path, start: expr.span.start, end: expr.span.end, text: use },
  ];
  const name = freeName(view, owner, "value");
  const binding = offer(`Extract a binding \`${name}\``, put(`${name} = ${text}`, name));
  const parameters = parametersOf(view, expr).filter(({ kind }) => !["model", "record", "rows"].includes(kind));
  if (parameters.length === 0 || expr.kind === "Number" || expr.kind === "Text") return [binding];
  const fn = freeName(view, owner, "part");
  const names = parameters.map((each) => each.name).join(", ");
  return [binding, offer(`Extract a local function \`${fn}\``, put(`fn ${fn}(${names}) = ${text}`, `${fn}(${names})`))];
}

/** A function of the file, before the declaration, with the types of what it takes. */
function declared(view: View, expr: ast.Expr, owner: ast.Node): CodeAction[] {
  const parameters = parametersOf(view, expr);
  if (expr.kind === "Number" || expr.kind === "Text" || parameters.some(({ type }) => type === undefined)) return [];
  const fn = freeName(view, owner, "part");
  const result = typeOf(view.checked, expr);
  const gives = ["int", "float", "bool", "text", "host"].includes(result.kind) ? ` -> ${show(result)}` : "";
  const line = `fn ${fn}(${parameters.map(({ name, type }) => `${name}: ${type}`).join(", ")})${gives} = ${sourceOf(view, expr)}`;
  const at = "docs" in owner && owner.docs ? Math.min(owner.docs.span.start, owner.span.start) : owner.span.start;
  return [
    offer(`Extract a function \`${fn}\` of this file`, [
      { file: view.path, start: at, end: at, text: `${line}\n\n` },
      {
        file: view.path,
        start: expr.span.start,
        end: expr.span.end,
        text: `${fn}(${parameters.map(({ name }) => name).join(", ")})`,
      },
    ]),
  ];
}

/** The expression that a selection covers, blanks aside, with its declaration and the statement of a body that it stands in. */
function selected(view: View, { start, end }: Range) {
  if (end - start < 2) return undefined;
  const text = view.text.slice(start, end);
  const from = start + /^\s*/.exec(text)![0].length;
  const to = end - /\s*$/.exec(text)![0].length;
  const path = pathTo(view.tree, from, to);
  const at = path.findIndex(({ span, kind }) => span.start === from && span.end === to && expressions.has(kind));
  const owner = path[1];
  const body = path.findLastIndex(({ kind }) => kind === "Body");
  if (at < 0 || owner?.kind !== "Callable" || path.some(({ kind }) => kind === "LocalFn" || kind === "Param")) return undefined;
  return { expr: path[at] as ast.Expr, owner, statement: body < 0 ? undefined : path[body + 1] };
}

interface Read {
  readonly name: string;
  readonly kind: Type["kind"];
  /** As it is written in a signature; absent where that is not known. */
  readonly type: string | undefined;
}

/** The names of the body that an expression reads and that have values. */
function parametersOf(view: View, expr: ast.Expr): Read[] {
  const found = new Map<string, Read>();
  for (const { name, entity } of namesIn(view, expr)) {
    if ((entity.entity !== "local" && entity.entity !== "parameter") || binds(expr, name.text)) continue;
    if (entity.entity === "local" && (entity.node.kind === "LocalFn" || entity.node.kind === "Weight")) continue;
    const type = typeOf(view.checked, name);
    if (type.kind === "axis" || type.kind === "fn") continue;
    const stated = entity.entity === "parameter" && entity.node.type ? sourceOf(view, entity.node.type) : undefined;
    found.set(name.text, {
      name: name.text,
      kind: type.kind,
      type: stated ?? (type.kind === "unknown" ? undefined : show(type)),
    });
  }
  return [...found.values()];
}

/** Whether the file says no more that is wrong than before. */
function checksAsBefore(view: View, edits: readonly Edit[]): boolean {
  const text = applied(view.text, edits);
  const host = { ...view.host, read: (path: string) => (path === view.path ? text : view.host.read(path)) };
  return check(host, view.path).diagnostics.length <= view.checked.diagnostics.length;
}
