/**
 * Fusion: which nodes of a program are kernels of their own, and what each kernel computes on its way to memory.
 * A kernel stores one or more nodes over one set of places; whatever else it needs is computed inside it, place by place.
 * Knows no target language.
 */
import { join } from "./fuse/join.ts";
import { withinLimit } from "./fuse/limit.ts";
import { isBuffer, type Names } from "./fuse/needs.ts";
import { inReadersOrder } from "./fuse/order.ts";
import { placesAt } from "./fuse/put.ts";
import type { Axis, Node } from "./ir/node.ts";
import { type Output, type Program, topological } from "./ir/program.ts";

/** One tensor that a kernel writes: `axes` is its order in memory; an output when it has a name, else a temporary. */
export interface Store {
  readonly node: Node;
  readonly axes: readonly Axis[];
  /** The axes as the kernel names its places, where they are named otherwise. */
  readonly names: Names;
  readonly output?: string;
}

/** The axes of a store's places, in the order in which they lie in memory: of a replacement, the part that is replaced. */
export function placesOfStore({ node, axes }: Store): readonly Axis[] {
  const places = placesAt(node);
  return places === node.axes ? axes : axes.map((a) => places.find((p) => p.name === a.name)!);
}

/** Everything computed over one set of places. The first store's axes are the places in their order. */
export interface Kernel {
  readonly stores: readonly Store[];
  /** The loops computed where the places themselves are (not inside another loop): one or none, or products of the same few rows. */
  readonly loops: readonly Node[];
  /** The first of them, if there is one. */
  readonly loop: Node | undefined;
}

export interface Fused {
  /** In an order in which each may run after those before it. */
  readonly kernels: readonly Kernel[];
  /** Where each node that is read from memory lies: the first of its stores; an input with axes as it is given. */
  readonly memory: ReadonlyMap<Node, Store>;
}

/** Fuses a program whose nodes are all primitive. `limit` is how many storage buffers a kernel may bind. */
export function fuse(program: Program, limit = 8): Fused {
  const order = topological(program.outputs.map((o) => o.node));
  const place = new Map(order.map((n, i) => [n, i]));
  const outputs = new Map<Node, Output[]>();
  for (const o of program.outputs) outputs.set(o.node, [...(outputs.get(o.node) ?? []), o]);
  const decided = withinLimit(order, new Set(outputs.keys()), limit);
  const groups = join(order, decided, limit);
  const groupOf = new Map(groups.flatMap((g) => g.nodes.map((n) => [n, g] as const)));
  const kernels = groups.map((g): Kernel => {
    // A result that only its own kernel reads needs no memory.
    const seen = g.nodes.filter((n) => outputs.has(n) || decided.needs.get(n)!.some((need) => groupOf.get(need.root) !== g));
    const stores = seen
      .sort((a, b) => place.get(a)! - place.get(b)!)
      .flatMap((node): Store[] => {
        const named = outputs.get(node) ?? [];
        const names = g.names.get(node)!;
        return named.length === 0
          ? [{ node, axes: node.axes, names }]
          : named.map((o) => ({ node, axes: o.axes, names, output: o.name }));
      });
    return { stores, loops: g.loops, loop: g.loops[0] };
  });
  const copies = program.outputs
    .filter((o) => o.node.op === "input")
    .map(
      (o): Kernel => ({ stores: [{ node: o.node, axes: o.axes, names: new Map(), output: o.name }], loops: [], loop: undefined }),
    );
  const memory = new Map(
    order.filter(isBuffer).map((node): [Node, Store] => [node, { node, axes: node.axes, names: new Map() }]),
  );
  for (const store of kernels.flatMap((k) => k.stores)) if (!memory.has(store.node)) memory.set(store.node, store);
  return inReadersOrder([...kernels, ...copies], memory);
}
