/** What extracting and inlining ask of a body: its statements, the names in it, what is bound where. */
import type { Entity } from "../../../compiler/declarations.ts";
import type * as ast from "../../../grammar/index.ts";
import { children } from "../../at.ts";
import type { View } from "../../service.ts";

/** Every node below one, itself first. */
export function* below(node: ast.Node): Generator<ast.Node> {
  yield node;
  for (const child of children(node)) yield* below(child);
}

/** The names in an expression that stand for something, labels and fields left out. */
export function namesIn(view: View, node: ast.Node): { readonly name: ast.Name; readonly entity: Entity }[] {
  return [...below(node)].flatMap((each) => {
    const entity = each.kind === "Name" ? view.checked.resolved(each) : undefined;
    return each.kind === "Name" && entity ? [{ name: each, entity }] : [];
  });
}

/** Whether a name is bound, by a statement, a loop or a parameter, anywhere in a node. */
export const binds = (node: ast.Node, name: string): boolean =>
  [...below(node)].some(
    (each) =>
      (each.kind === "Bind" && each.names.some(({ text }) => text === name)) ||
      ((each.kind === "Weight" ||
        each.kind === "LocalFn" ||
        each.kind === "Param" ||
        each.kind === "Repeat" ||
        each.kind === "For") &&
        each.name?.text === name),
  );

/** A name that nothing in a declaration has. */
export function freeName(view: View, around: ast.Node, wanted: string): string {
  const taken = new Set([...below(around)].flatMap((each) => (each.kind === "Name" ? [each.text] : [])));
  const declared = (name: string) => view.module.declarations.has(name) || view.module.imports.has(name);
  for (let at = 1; ; at++) {
    const name = at === 1 ? wanted : `${wanted}_${at}`;
    if (!taken.has(name) && !declared(name)) return name;
  }
}

/** How tightly an expression binds: one that binds looser than a call is put in brackets where it takes the place of a name. */
export const needsBrackets = ({ kind }: ast.Expr): boolean => ["Binary", "Compare", "Range", "Unary", "If", "For"].includes(kind);
