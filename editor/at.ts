/** What stands at a place: the nodes around an offset, the name under it, and what that name means. */
import type { Declaration, Entity } from "../compiler/declarations.ts";
import { children, contains, type File, type Name, type Node } from "../grammar/index.ts";
import type { View } from "./service.ts";

export { children } from "../grammar/index.ts";

/** Every node around an offset, the file first and the smallest last; an offset at the end of a node is in it. */
export function trail(tree: File, offset: number): readonly Node[] {
  const found: Node[] = [];
  let node: Node | undefined = tree;
  while (node) {
    found.push(node);
    node = innermost(node, offset);
  }
  return found;
}

/** The child at an offset; of two that touch there the one that is a name, then the later. */
function innermost(node: Node, offset: number): Node | undefined {
  let best: Node | undefined;
  for (const child of children(node)) {
    if (!contains(child.span, offset)) continue;
    if (best && (best as { kind: string }).kind === "Name" && (child as { kind: string }).kind !== "Name") continue;
    best = child;
  }
  return best;
}

/** The name at an offset, with the nodes around it, the file first. */
export interface NameAt {
  readonly name: Name;
  readonly around: readonly Node[];
}

/** The name under the caret. */
export function nameAt(tree: File, offset: number): NameAt | undefined {
  const nodes = trail(tree, offset);
  const last: Node | undefined = nodes.at(-1);
  return last && (last as { kind: string }).kind === "Name"
    ? { name: last as unknown as Name, around: nodes.slice(0, -1) }
    : undefined;
}

/** What the name means: where it is made, that which it makes. */
export function entityAt(view: View, offset: number): Entity | undefined {
  const found = nameAt(view.tree, offset);
  return found && (view.checked.resolved(found.name) ?? declarationNamed(view, found.name));
}

/** The declaration whose own name this is. */
function declarationNamed(view: View, name: Name): Declaration | undefined {
  for (const declaration of view.module.declarations.values()) if (declaration.node.name === name) return declaration;
  return undefined;
}

/** The declaration around an offset. */
export function declarationAt(view: View, offset: number): Declaration | undefined {
  for (const declaration of view.module.declarations.values()) if (contains(declaration.node.span, offset)) return declaration;
  return undefined;
}
