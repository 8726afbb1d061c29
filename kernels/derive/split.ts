/**
 * A program is cut in two: what depends on the source alone is computed once (`encode`), the rest takes it as inputs. The
 * two together are the program.
 */
import { type Node, namesOf } from "../ir/node.ts";
import { inputOf, nodesOf, type Output, output, type Program, program, topological } from "../ir/program.ts";
import { rebuilt } from "../ir/rewrite.ts";
import { symbolsOf } from "../ir/size.ts";
import { input } from "../ir/source.ts";
import { beforeGradients, optimized, through } from "../rules/passes.ts";
import { isPointwise } from "../rules/pointwise.ts";
import { weight } from "../rules/sums.ts";

/** Where to cut a program. */
export interface Split {
  /** Names of the derived programs. */
  readonly names: { readonly encode: string; readonly rest: string };
  /** Which inputs are the source's, by name. Weights belong to both. */
  readonly on: (name: string) => boolean;
}

const movers = new Set(["rename", "split", "merge", "expand", "squeeze", "cast"]);

/** Nodes that the source alone decides: they depend on it, on nothing else but weights, and have no other sizes. */
function decided(p: Program, on: Split["on"]): Set<Node> {
  const source = p.inputs.filter((i) => on(inputOf(i).name));
  const sizes = new Set(source.flatMap((i) => i.axes.flatMap((a) => symbolsOf(a.size))));
  const alone = new Set<Node>();
  const touched = new Set<Node>(source);
  for (const node of nodesOf(p)) {
    const own =
      node.op === "input" ? on(inputOf(node).name) || inputOf(node).role === "weight" : node.inputs.every((i) => alone.has(i));
    const known = node.op === "size" ? symbolsOf(node.attrs.size as string) : node.axes.flatMap((a) => symbolsOf(a.size));
    if (own && known.every((s) => sizes.has(s))) alone.add(node);
    if (node.inputs.some((i) => touched.has(i))) touched.add(node);
  }
  return alone.intersection(touched);
}

/** What the rest must be given: what it reads of the source's nodes, drawn back past cheap steps to what is smaller. */
function frontier(p: Program, alone: ReadonlySet<Node>): Node[] {
  const found = new Set<Node>();
  const need = (node: Node): void => {
    const from = node.inputs.filter((i) => alone.has(i));
    const cheap = movers.has(node.op) || (isPointwise(node.op) && from.reduce((n, i) => n + weight(i), 0) < weight(node));
    if (node.op !== "input" && cheap) from.forEach(need);
    else found.add(node);
  };
  for (const node of nodesOf(p)) if (!alone.has(node)) for (const i of node.inputs) if (alone.has(i)) need(i);
  for (const o of p.outputs) if (alone.has(o.node)) need(o.node);
  return topological([...found]).filter((n) => found.has(n));
}

/** Axes as products with what is kept want them: the long axis of a text stands before the last, as in `[b, h, s, k]`. */
function memoryOrder(node: Node): string[] {
  const names = namesOf(node.axes);
  const long = node.axes.findLastIndex((a, i) => i > 0 && typeof a.size !== "number");
  if (long < 0 || long >= names.length - 2) return names;
  const [text] = names.splice(long, 1);
  return [...names.slice(0, -1), text!, ...names.slice(-1)];
}

/**
 * Cuts a program. `encode` gives `encoded.1`, `encoded.2`, ... and, under their own names, source inputs that the rest still
 * reads; `rest` takes them, and gives the program's outputs.
 */
export function splitByDependence(given: Program, { names, on }: Split): { encode: Program; rest: Program } {
  const p = through(given, beforeGradients);
  const cut = frontier(p, decided(p, on));
  const handed = new Map<Node, Node>();
  const outputs: Output[] = [];
  let count = 0;
  for (const node of cut) {
    if (node.op === "input") {
      outputs.push(output(inputOf(node).name, "value", node));
      handed.set(node, node);
      continue;
    }
    const kept = output(`encoded.${++count}`, "value", node, memoryOrder(node));
    outputs.push(kept);
    handed.set(node, input(kept.name, "data", node.dtype, kept.axes));
  }
  const become = rebuilt(
    p.outputs.map((o) => o.node),
    (now, was) => handed.get(was) ?? now,
  );
  const rest = p.outputs.map((o) => ({ ...o, node: become.get(o.node)! }));
  return {
    encode: optimized(program(names.encode, outputs, p.inputs)),
    // The rest keeps its markers: a decoding step may yet be derived from it.
    rest: through(program(names.rest, rest, [...p.inputs, ...handed.values()]), beforeGradients),
  };
}
