/**
 * Where a program multiplies by its weights: a product sees a weight under other names, behind markers, or times numbers of the summed
 * axes (a norm's scale that was drawn into it). Rewrites of weights (adapters, quantization) stand at these products.
 */
import { type Axis, type Node, namesOf } from "../ir/node.ts";
import { inputOf, nodesOf, type Program } from "../ir/program.ts";

/** A weight as a product sees it. */
export interface View {
  readonly weight: Node;
  /** The weight's own axis of each name that it is seen under. */
  readonly own: ReadonlyMap<string, string>;
  /** Whether gradients are cut on the way. */
  readonly stopped: boolean;
  /** Factors without axes that the product keeps. */
  readonly scales: readonly Node[];
}

/** A product with a weight: the node, the other operand, and the weight's own axes that are summed. */
export interface Use {
  readonly node: Node;
  readonly other: Node;
  readonly view: View;
  readonly over: readonly string[];
}

/** The weight behind a node, or undefined. */
export function viewOf(node: Node): View | undefined {
  if (node.op === "input") {
    if (inputOf(node).role !== "weight") return undefined;
    return { weight: node, own: new Map(node.axes.map((a) => [a.name, a.name])), stopped: false, scales: [] };
  }
  if (node.op === "stop") {
    const view = viewOf(node.inputs[0]!);
    return view && { ...view, stopped: true };
  }
  if (node.op === "rename") {
    const view = viewOf(node.inputs[0]!);
    const [from, to] = [node.attrs.from as string[], node.attrs.to as string[]];
    const now = (name: string) => to[from.indexOf(name)] ?? name;
    // Factors keep the names they had: a view through both is not followed.
    if (!view || view.scales.length > 0) return undefined;
    return { ...view, own: new Map([...view.own].map(([name, own]) => [now(name), own])) };
  }
  if (node.op !== "mul") return undefined;
  for (const [a, b] of [node.inputs, node.inputs.toReversed()] as [Node, Node][]) {
    const view = a.axes.length === node.axes.length && a.axes.length > 1 ? viewOf(a) : undefined;
    if (view) return { ...view, scales: [...view.scales, b] };
  }
  return undefined;
}

/** How a product uses a weight, if it does; a product of two weights is none. */
export function useOf(node: Node): Use | undefined {
  if (node.op !== "contract") return undefined;
  const [a, b] = node.inputs.map(viewOf);
  if ((a === undefined) === (b === undefined)) return undefined;
  const view = (a ?? b)!;
  const other = node.inputs[a ? 1 : 0]!;
  const over = node.attrs.over as string[];
  const outside = view.scales.flatMap((s) => namesOf(s.axes)).some((name) => !over.includes(name));
  if (outside) return undefined;
  return { node, other, view, over: over.map((name) => view.own.get(name)!) };
}

/** What becomes of each weight: its products, and whether something else reads it, too. */
export function usesOfWeights(
  p: Program,
): ReadonlyMap<Node, { readonly products: readonly Use[]; readonly others: readonly Node[] }> {
  const found = new Map<Node, { products: Use[]; others: Node[] }>();
  const views = new Set<Node>();
  for (const node of nodesOf(p)) {
    const use = useOf(node);
    if (use) {
      const known = found.get(use.view.weight) ?? { products: [], others: [] };
      known.products.push(use);
      found.set(use.view.weight, known);
    }
    if (viewOf(node)) views.add(node);
  }
  const note = (node: Node, reader: Node) => {
    const { weight } = viewOf(node)!;
    const known = found.get(weight) ?? { products: [], others: [] };
    known.others.push(reader);
    found.set(weight, known);
  };
  for (const node of nodesOf(p))
    for (const i of node.inputs)
      if (views.has(i) && !views.has(node) && (!useOf(node) || useOf(node)!.other === i)) note(i, node);
  for (const o of p.outputs) if (views.has(o.node)) note(o.node, o.node);
  return found;
}

/** A weight's own axes in the order of memory, without or with those summed. */
export const partOf = (weight: Node, over: readonly string[], inside: boolean): Axis[] =>
  weight.axes.filter((a) => over.includes(a.name) === inside);
