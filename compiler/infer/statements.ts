/** Bodies of host code, statement by statement: each binding gives its names their types, the last value is the body's. */
import type * as ast from "../../grammar/index.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { describe } from "../show.ts";
import { nothing, type Type, unknown } from "../types.ts";
import { bindVariable, elementType } from "./elements.ts";
import { expandLocal } from "./expand.ts";
import type { Walker } from "./walker.ts";

/** Walks a body and gives the type of its last value. `each` is told about every binding, in order. */
export function walkBody(
  body: ast.Body,
  walker: Walker,
  expected: Type = unknown,
  each?: (node: ast.Bind, type: Type) => void,
): Type {
  let last: Type = nothing;
  body.stmts.forEach((statement, at) => {
    last = walkStatement(statement, walker, at === body.stmts.length - 1 ? expected : unknown, each);
  });
  checkUnusedFunctions(body, walker);
  return last;
}

function walkStatement(node: ast.Stmt, walker: Walker, expected: Type, each?: (node: ast.Bind, type: Type) => void): Type {
  switch (node.kind) {
    case "Bind": {
      const type = walker.infer(node.value, expected);
      bindNames(node, type, walker);
      each?.(node, type);
      return type;
    }
    case "ExprStmt":
      return walker.infer(node.value, expected);
    case "Repeat":
      walkRepeat(node, walker);
      return nothing;
    case "LocalFn":
      return nothing;
    default:
      walker.report(wrongType, node.span, {
        found: node.kind === "Weight" ? "a weight" : "a goal",
        expected: "a binding or a value",
        what: `An item of ${walker.where.declaration?.word ?? "this body"}`,
      });
      return nothing;
  }
}

/** One name takes the value, several take a result each. */
function bindNames(node: ast.Bind, type: Type, walker: Walker): void {
  const entities = walker.program.bound.get(node) ?? [];
  const items = type.kind === "tuple" ? type.items : undefined;
  if (entities.length > 1 && type.kind !== "unknown" && items?.length !== entities.length)
    walker.report(wrongType, node.value.span, {
      found: items ? `${items.length} results` : describe(type),
      expected: `${entities.length} results`,
      what: "The value of these names",
    });
  entities.forEach((entity, at) => {
    walker.program.entityTypes.set(entity, entities.length === 1 ? type : (items?.[at] ?? unknown));
  });
}

function walkRepeat(node: ast.Repeat, walker: Walker): void {
  const over = walker.infer(node.over);
  const counted = over.kind === "int" || over.kind === "float";
  if (counted && over.kind === "float") {
    walker.report(wrongType, node.over.span, { found: describe(over), expected: "Int", what: "The count of `repeat`" });
  }
  bindVariable(node, counted ? { kind: "int", units: {} } : elementType(over, node.over, walker), walker);
  walkBody(node.body, walker);
  if (!node.until) return;
  const until = walker.infer(node.until);
  if (until.kind !== "bool" && until.kind !== "unknown" && until.kind !== "var")
    walker.report(wrongType, node.until.span, { found: describe(until), expected: "Bool", what: "What follows `until`" });
}

/** A local function that was never used is still read once, so that a wrong name in it is said. */
function checkUnusedFunctions(body: ast.Body, walker: Walker): void {
  for (const node of body.stmts) {
    if (node.kind !== "LocalFn" || walker.program.exprTypes.has(node.value)) continue;
    const [entity] = walker.program.bound.get(node) ?? [];
    if (entity?.entity === "local") expandLocal(entity, [], walker);
  }
}
