/** Builtins of mathematics in host code: `log`, `mean`, `soft`. Their rules are the mathematics' own; only texts and axes are read here. */
import type * as ast from "../../grammar/index.ts";
import { int, type Type, unknown } from "../types.ts";
import { softType } from "./soft.ts";
import type { Walker } from "./walker.ts";

/** The type of a builtin's call; its arguments are inferred first, and nothing follows from one that is wrong. */
export function mathematicalCall(node: ast.Call, name: string, walker: Walker): Type {
  if (name === "soft") return softType(node, walker);
  const args = node.args.map((arg) => ({
    ...(arg.label ? { label: arg.label.text } : {}),
    type: walker.infer(arg.value),
    value: arg.value,
  }));
  for (const arg of node.given ?? []) walker.infer(arg.value);
  if (name === "count" && args.length === 1 && isCounted(args[0]!.type)) return int();
  if (node.where) walker.infer(node.where);
  if (args.some((arg) => arg.type.kind === "unknown")) return unknown;
  return walker.program.mathematics.builtin(name, args, node);
}

/** Lists of anything have a length; what lists of numbers have besides is mathematics. */
const isCounted = (type: Type): boolean => type.kind === "list" || (type.kind === "host" && type.name === "Docs");
