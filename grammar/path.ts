/** The way from a file to a place in it: which nodes stand around an offset or a range. It knows no names and no types. */
import type { File, Node } from "./ast.ts";

type Spanned = { readonly kind: string; readonly span: { readonly start: number; readonly end: number } };

const isNode = (value: unknown): value is Spanned =>
  typeof value === "object" && value !== null && "kind" in value && "span" in value;

/** The nodes directly inside one, in the order of the text; comments and documentation are none. */
export function children(node: Node): Node[] {
  const found: Node[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (key === "comments" || key === "docs") continue;
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) found.push(item as Node);
    } else if (isNode(value)) found.push(value as Node);
  }
  return found;
}

/** The nodes around a range, the file first, each inside the one before; of two that touch at a caret the one that ends there. */
export function pathTo(tree: File, start: number, end = start): Node[] {
  const path: Node[] = [tree];
  for (let node: Node | undefined = tree; node; ) {
    const inside: Node | undefined = children(node).find(({ span }) => span.start <= start && end <= span.end);
    if (inside) path.push(inside);
    node = inside;
  }
  return path;
}

/** The outermost node that stands at exactly this place, with those around it; empty where there is none. */
export function pathToNode(tree: File, start: number, end: number): Node[] {
  const path = pathTo(tree, start, end);
  const at = path.findIndex(({ span }, i) => i > 0 && span.start === start && span.end === end);
  return at < 0 ? [] : path.slice(0, at + 1);
}
