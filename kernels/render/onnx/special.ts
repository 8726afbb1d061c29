/**
 * Several operations that onnxruntime computes as one: a table of forms, each in a file of its own. A form says what it reads,
 * so what it takes in is written only where something else needs it.
 */
import type { Node } from "../../ir/node.ts";
import { nodesOf, type Program } from "../../ir/program.ts";
import { decomposedNode, type Keep } from "../../ops/decompose.ts";
import type { Keeps } from "../../rules/passes.ts";
import type { Emitter, Placed } from "./emitter.ts";
import { ontoScatter, scaledNorm, scaledProduct, squares } from "./folded.ts";
import { grouped } from "./grouped.ts";
import { apart, weighted } from "./products.ts";
import { put } from "./put.ts";
import { rotary } from "./rotary.ts";

/** How a node is written otherwise than by its own form. */
export interface Special {
  /** The nodes whose values it needs, in place of the node's inputs. */
  readonly reads: readonly Node[];
  readonly write: (e: Emitter) => Placed;
}

/** What a form may ask of the program. */
export interface Surroundings {
  /** Inputs by name that are known when the graph is loaded. */
  readonly constants: ReadonlySet<string>;
  /** A composed node in operations that have forms. */
  readonly lowered: (node: Node) => Node;
  /** Which nodes are known to follow from constants alone. */
  readonly known: Map<Node, boolean>;
  /** Whether nothing but one node reads a node. */
  readonly once: (node: Node) => boolean;
  /** The nodes that read a node; an output counts as a node. */
  readonly readers: (node: Node) => readonly Node[];
}

/** Sees whether a node begins a form; may give more than one node at once. */
export type Finder = (node: Node, around: Surroundings) => ReadonlyMap<Node, Special> | Special | undefined;

/** The forms by the operation at which they end. */
const finders: Readonly<Record<string, readonly Finder[]>> = {
  mul: [scaledProduct, scaledNorm],
  add: [ontoScatter],
  sum: [squares],
  attention: [grouped],
  contract: [weighted],
  dequantize: [apart],
  put: [put],
  merge: [rotary],
  rotary: [rotary],
};

function surroundings(p: Program, constants: ReadonlySet<string>, kept: Keep): Surroundings {
  const readers = new Map<Node, Node[]>();
  const read = (node: Node, by: Node) => {
    const list = readers.get(node);
    if (list) list.push(by);
    else readers.set(node, [by]);
  };
  for (const n of nodesOf(p)) for (const i of n.inputs) read(i, n);
  for (const o of p.outputs) read(o.node, o.node);
  const of = (node: Node): readonly Node[] => readers.get(node) ?? [];
  return {
    constants,
    lowered: (node) => decomposedNode(node, kept),
    known: new Map(),
    readers: of,
    once: (node) => of(node).length === 1,
  };
}

/** Which attentions of a program have a form; they are kept when the others become products and softmaxes. */
export function attentionsKept(p: Program, constants: ReadonlySet<string>): Keeps {
  const around = surroundings(p, constants, () => true);
  return (node) => (finders[node.op] ?? []).some((find) => find(node, around) !== undefined);
}

/** The special forms of a program. Of two that would take one node, the later in order has it. */
export function specials(p: Program, constants: ReadonlySet<string>, kept: Keep): Map<Node, Special> {
  const around = surroundings(p, constants, kept);
  const found = new Map<Node, Special>();
  for (const node of nodesOf(p).toReversed())
    for (const find of found.has(node) ? [] : (finders[node.op] ?? [])) {
      const form = find(node, around);
      if (!form) continue;
      for (const [n, f] of form instanceof Map ? form : new Map([[node, form as Special]])) found.set(n, f);
      break;
    }
  return found;
}

/** The nodes that are written, each after what it reads. */
export function inOrder(p: Program, special: ReadonlyMap<Node, Special>): Node[] {
  const reads = (node: Node): readonly Node[] => special.get(node)?.reads ?? node.inputs;
  const order: Node[] = [];
  const seen = new Set<Node>();
  const stack: { node: Node; next: number }[] = [];
  const enter = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    stack.push({ node, next: 0 });
  };
  for (const root of [...p.inputs, ...p.outputs.map((o) => o.node)]) {
    enter(root);
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const child = reads(top.node)[top.next++];
      if (child) enter(child);
      else order.push(stack.pop()!.node);
    }
  }
  return order;
}
