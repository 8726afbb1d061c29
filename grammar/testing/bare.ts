/** Trees as tests compare them: without places, and with a walk over every node. */
import type { Expr, File, Node } from "../ast.ts";

/** The tree without spans, comments and absent fields. Adjacent meaning only: what a formatter must not change. */
export function bare(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(bare);
  if (typeof node !== "object" || node === null) return node;
  const kept = Object.entries(node).filter(([key, value]) => {
    return value !== undefined && !/span$/i.test(key) && key !== "comments" && key !== "path" && key !== "raw";
  });
  const path = "relative" in node ? { path: (node as unknown as { path: unknown }).path } : {};
  return { ...Object.fromEntries(kept.map(([key, value]) => [key, bare(value)])), ...path };
}

/** Every node of a tree, the root first. */
export function* nodes(root: File | Node): Generator<Node> {
  yield root;
  for (const value of Object.values(root).flat()) {
    if (typeof value === "object" && value !== null && "kind" in value) yield* nodes(value as Node);
  }
}

/** An expression with every operator in parentheses, so that a test can say how it was read. */
export function explicit(expr: Expr): string {
  switch (expr.kind) {
    case "Number":
      return `${expr.value}${expr.unit ? ` ${expr.unit.text}` : ""}`;
    case "Name":
      return expr.text;
    case "Bool":
      return String(expr.value);
    case "Binary":
    case "Compare":
      return `(${explicit(expr.left)} ${expr.op} ${explicit(expr.right)})`;
    case "Range":
      return `(${explicit(expr.from)} .. ${explicit(expr.to)})`;
    case "Unary":
      return `(${expr.op} ${explicit(expr.operand)})`;
    case "If":
      return `(if ${explicit(expr.condition)} then ${explicit(expr.yes)} else ${explicit(expr.no)})`;
    case "Call":
      return `${explicit(expr.callee)}(${expr.args.map((arg) => explicit(arg.value)).join(", ")})`;
    case "Field":
      return `${explicit(expr.object)}.${expr.name.text}`;
    case "Index":
      return `${explicit(expr.object)}[${explicit(expr.value)}]`;
    case "List":
      return `[${expr.items.map(explicit).join(", ")}]`;
    default:
      return expr.kind;
  }
}
