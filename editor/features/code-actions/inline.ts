/**
 * A binding or a local `fn` is written out wherever it is read, and goes. Offered on its name, when nothing that it reads is bound anew in between, so
 * that it means the same where it comes to stand.
 */
import type { LocalEntity } from "../../../compiler/declarations.ts";
import type * as ast from "../../../grammar/index.ts";
import { editsOf } from "../../../grammar/index.ts";
import { nameAt } from "../../at.ts";
import type { View } from "../../service.ts";
import type { Edit, Range } from "../../words.ts";
import type { CodeAction } from "../code-actions.ts";
import { below, binds, namesIn, needsBrackets } from "./names.ts";

/** The offer for the name at a caret. */
export function inlining(view: View, { start }: Range): CodeAction[] {
  const found = nameAt(view.tree, start);
  const owner = found?.around[1];
  if (!found || !owner || (owner.kind !== "Callable" && owner.kind !== "Architecture") || !owner.body) return [];
  const entity = entityOf(view, found.name, found.around.at(-1));
  if (!entity || view.module.broken || isBoundAgain(owner, entity)) return [];
  const uses = usesOf(view, owner, entity, found.name.text);
  const edits =
    uses && (entity.node.kind === "LocalFn" ? writtenCalls(view, entity.node, uses) : writtenUses(view, entity.node, uses));
  if (!edits || edits.length === 0) return [];
  const removal = editsOf({ title: "", changes: [{ kind: "remove", span: entity.node.span }] }, view);
  if (!removal) return [];
  return [{ title: `Write out \`${entity.name}\``, kind: "refactor.inline", edits: [...removal, ...edits] }];
}

type Inlined = LocalEntity & { readonly node: ast.Bind | ast.LocalFn };

/** The binding of one name, or the local function, that a name makes or reads. */
function entityOf(view: View, name: ast.Name, parent: ast.Node | undefined): Inlined | undefined {
  const made = parent?.kind === "Bind" || parent?.kind === "LocalFn" ? view.checked.bound(parent)[0] : undefined;
  const entity = made ?? view.checked.resolved(name);
  if (entity?.entity !== "local" || entity.name !== name.text) return undefined;
  const { node } = entity;
  if (node.kind === "LocalFn") return entity as Inlined;
  return node.kind === "Bind" && node.names.length === 1 && node.span.file === view.path ? (entity as Inlined) : undefined;
}

/** Whether the name has another version, or what it reads gets one behind it. */
function isBoundAgain(owner: ast.Node, { node, name }: Inlined): boolean {
  const own = [...below(owner)].filter((each) => each.kind === "Bind" && each.names.some(({ text }) => text === name)).length;
  if (own > (node.kind === "Bind" ? 1 : 0)) return true;
  const read = new Set([...below(node.value)].flatMap((each) => (each.kind === "Name" ? [each.text] : [])));
  const later = [...below(owner)].filter((each) => each.span.start > node.span.end);
  return later.some(
    (each) =>
      (each.kind === "Bind" && each.names.some(({ text }) => read.has(text))) ||
      ((each.kind === "For" || each.kind === "Repeat") && each.name !== undefined && read.has(each.name.text)) ||
      (each.kind === "LocalFn" && each.params.some((param) => read.has(param.name.text))),
  );
}

interface Use {
  readonly name: ast.Name;
  readonly parent: ast.Node;
  readonly outer: ast.Node | undefined;
}

/** Where the name is read; undefined where it is read in a way that cannot be written out. */
function usesOf(view: View, owner: ast.Node, entity: Inlined, text: string): Use[] | undefined {
  const uses: Use[] = [];
  const walk = (node: ast.Node, parent: ast.Node, outer: ast.Node | undefined): void => {
    if (node.kind === "Name" && node.text === text && view.checked.resolved(node) === entity) {
      const makes =
        parent === entity.node && (parent.kind === "LocalFn" ? parent.name === node : (parent as ast.Bind).names.includes(node));
      if (!makes) uses.push({ name: node, parent, outer });
      return;
    }
    for (const child of [...below1(node)]) walk(child, node, parent);
  };
  walk(owner, owner, undefined);
  return uses.length > 0 ? uses : undefined;
}

function* below1(node: ast.Node): Generator<ast.Node> {
  for (const key in node) {
    const value: unknown = node[key as keyof ast.Node];
    for (const item of Array.isArray(value) ? value : [value])
      if (typeof item === "object" && item !== null && (item as { kind?: unknown }).kind !== undefined && key !== "docs")
        yield item as ast.Node;
  }
}

function writtenUses(view: View, node: ast.Bind, uses: readonly Use[]): Edit[] {
  const text = view.text.slice(node.value.span.start, node.value.span.end);
  return uses.map(({ name, parent }) => {
    const alone =
      parent.kind === "Arg" ||
      parent.kind === "Bind" ||
      parent.kind === "ExprStmt" ||
      parent.kind === "Entry" ||
      parent.kind === "List";
    const written = needsBrackets(node.value) && !alone ? `(${text})` : text;
    return { file: view.path, start: name.span.start, end: name.span.end, text: written };
  });
}

/** Each call as the body with the arguments in place of the parameters. */
function writtenCalls(view: View, node: ast.LocalFn, uses: readonly Use[]): Edit[] | undefined {
  const edits: Edit[] = [];
  for (const { name, parent, outer } of uses) {
    if (parent.kind !== "Call" || parent.callee !== name || parent.given || parent.over || parent.where) return undefined;
    const args = argumentsOf(node, parent);
    if (!args || [...args.values()].some((arg) => namesIn(view, arg).some(({ name: each }) => binds(node.value, each.text))))
      return undefined;
    const alone = outer?.kind === "Arg" || outer?.kind === "Bind" || outer?.kind === "ExprStmt";
    const body = substituted(view, node.value, args);
    const text = needsBrackets(node.value) && !alone ? `(${body})` : body;
    edits.push({ file: view.path, start: parent.span.start, end: parent.span.end, text });
  }
  // A call inside an argument of another would be written twice, once as it was.
  const nested = edits.some((a) => edits.some((b) => a !== b && a.start <= b.start && b.end <= a.end));
  return nested ? undefined : edits;
}

function argumentsOf({ params }: ast.LocalFn, { args }: ast.Call): Map<string, ast.Expr> | undefined {
  const found = new Map<string, ast.Expr>();
  args.forEach(({ label, value }, at) => {
    const param = label ? label.text : params[at]?.name.text;
    if (param !== undefined) found.set(param, value);
  });
  return params.every(({ name }) => found.has(name.text)) && found.size === args.length ? found : undefined;
}

function substituted(view: View, value: ast.Expr, args: ReadonlyMap<string, ast.Expr>): string {
  const { start, end } = value.span;
  const places = [...below(value)].flatMap((each) => {
    const arg = each.kind === "Name" && view.checked.resolved(each)?.entity === "parameter" ? args.get(each.text) : undefined;
    return arg ? [{ span: each.span, arg }] : [];
  });
  let text = view.text.slice(start, end);
  for (const { span, arg } of places.sort((a, b) => b.span.start - a.span.start)) {
    const written = view.text.slice(arg.span.start, arg.span.end);
    text = `${text.slice(0, span.start - start)}${needsBrackets(arg) ? `(${written})` : written}${text.slice(span.end - start)}`;
  }
  return text;
}
