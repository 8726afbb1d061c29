/** A walk over any tree, parents before children, in the order of the text. It knows no kind of node. */
import type { Node } from "../grammar/index.ts";

/** Calls `each` for a node and everything below it; where `each` gives false, what is below is passed over. */
export function visit(node: Node, each: (node: Node) => unknown): void {
  if (each(node) === false) return;
  for (const key in node) {
    const value: unknown = node[key as keyof Node];
    if (typeof value !== "object" || value === null || key === "span") continue;
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) visit(item, each);
    } else if (isNode(value)) visit(value, each);
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && (value as { kind?: unknown }).kind !== undefined;
