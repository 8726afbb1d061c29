/** What a loop goes over, one element at a time. */
import type * as ast from "../../grammar/index.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { hostElement } from "../hosts.ts";
import { describe } from "../show.ts";
import { type Type, unknown } from "../types.ts";
import type { Walker } from "./walker.ts";

/** Gives the variable of a `for` or `repeat` its type. */
export function bindVariable(node: ast.For | ast.Repeat, type: Type, walker: Walker): void {
  const [entity] = walker.program.bound.get(node) ?? [];
  if (entity) walker.program.entityTypes.set(entity, type);
}

/** What one round of a walk over a value sees. */
export function elementType(over: Type, node: ast.Expr, walker: Walker): Type {
  if (over.kind === "unknown" || over.kind === "var") return unknown;
  if (over.kind === "range") return over.of;
  if (over.kind === "list") return over.of;
  if (over.kind === "rows") return over.row;
  const element = over.kind === "host" ? hostElement(over.name) : undefined;
  if (element) return element;
  walker.report(wrongType, node.span, { found: describe(over), expected: "a range or a list", what: "What `for` goes over" });
  return unknown;
}
