/** Values that are known while compiling: numbers in base units, texts, cases with their arguments, and names of declarations. */
import type * as ast from "../grammar/index.ts";
import type { Constant } from "./checked.ts";
import type { Entity } from "./declarations.ts";
import type { Program } from "./program.ts";
import { isNumber } from "./types.ts";
import { units } from "./units.ts";

/** The value of an expression; undefined when it is known only later. */
export function constantOf(node: ast.Expr, program: Program): Constant | undefined {
  switch (node.kind) {
    case "Number":
      return { kind: "number", value: node.value * ((node.unit && units.get(node.unit.text)?.factor) ?? 1) };
    case "Bool":
      return { kind: "bool", value: node.value };
    case "Text":
      return node.parts.some((part) => part.kind === "Hole")
        ? undefined
        : { kind: "text", value: node.parts.map((part) => (part.kind === "Chunk" ? part.text : "")).join("") };
    case "List":
      return listOf(node, program);
    case "Range":
      return rangeOf(node, program);
    case "Name":
      return named(program.names.get(node));
    case "Call":
      return callOf(node, program);
    default: {
      const type = program.exprTypes.get(node);
      return type && isNumber(type) && type.value !== undefined ? { kind: "number", value: type.value } : undefined;
    }
  }
}

function listOf(node: ast.List, program: Program): Constant | undefined {
  const items = node.items.map((item) => constantOf(item, program));
  return items.every((item) => item !== undefined) ? { kind: "list", items } : undefined;
}

/** The unit of the last end serves both. */
function rangeOf(node: ast.Range, program: Program): Constant | undefined {
  const low = constantOf(node.from, program);
  const high = constantOf(node.to, program);
  if (low?.kind !== "number" || high?.kind !== "number") return undefined;
  const shared = node.from.kind === "Number" && !node.from.unit && node.to.kind === "Number" && node.to.unit;
  const factor = shared ? (units.get(shared.text)?.factor ?? 1) : 1;
  return { kind: "range", low: low.value * factor, high: high.value };
}

function named(entity: Entity | undefined): Constant | undefined {
  if (entity?.entity === "case") return { kind: "case", name: entity.name, args: new Map() };
  if (entity?.entity === "declaration") return { kind: "declaration", declaration: entity };
  return undefined;
}

/** A case, or a function of the library, with every argument that is constant; a call with another argument is none. */
function callOf(node: ast.Call, program: Program): Constant | undefined {
  const bound = program.calls.get(node);
  const callee = bound?.callee;
  if (!bound || !(callee?.entity === "case" || callee?.entity === "declaration")) return undefined;
  const args = new Map<string, Constant>();
  for (const [name, arg] of bound.args) {
    const value = constantOf(arg.value, program);
    if (!value) return undefined;
    args.set(name, value);
  }
  return { kind: "case", name: callee.name, args };
}
