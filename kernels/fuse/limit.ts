/** No kernel binds more buffers than a device allows: what would is cut, and the cut stored. */
import type { Node } from "../ir/node.ts";
import { tabled } from "./alone.ts";
import { type Decided, decide, insideOf, isBuffer, leaves } from "./needs.ts";
import { readsOf } from "./put.ts";

/** Nodes inside the kernel of `root` that must be stored so that neither it nor any of them reads more than `most` buffers. */
function cuts(root: Node, most: number, inMemory: (n: Node) => boolean): Set<Node> {
  const cut = new Set<Node>();
  const { inside } = insideOf(root, inMemory);
  for (;;) {
    const reads = new Map<Node, Set<Node>>();
    const of = (n: Node): Set<Node> => (inMemory(n) || cut.has(n) ? new Set([n]) : reads.get(n)!);
    const wide = inside.find((n) => {
      reads.set(n, new Set(readsOf(n).flatMap((i) => [...of(i)])));
      return reads.get(n)!.size > most;
    });
    if (!wide) return cut;
    const open = (n: Node): boolean => !inMemory(n) && !cut.has(n) && !leaves.has(n.op) && of(n).size > 1;
    const widest = (nodes: readonly Node[]): Node => nodes.reduce((a, b) => (of(b).size > of(a).size ? b : a));
    // What says which places exist is smaller than what is computed at them.
    const within = insideOf(wide, (n) => inMemory(n) || cut.has(n)).inside;
    const masks = within.filter((n) => n !== wide && n.dtype === "bool" && open(n));
    const operands = readsOf(wide).filter(open);
    if (masks.length + operands.length === 0)
      throw new Error(`a kernel for ${wide.op} reads ${reads.get(wide)!.size} buffers and cannot be cut`);
    cut.add(widest(masks.length > 0 ? masks : operands));
  }
}

/** Decides what is stored, and stores more until every kernel reads and writes at most `limit` buffers. */
export function withinLimit(order: readonly Node[], outputs: ReadonlySet<Node>, limit: number): Decided {
  const forced = new Set<Node>(order.flatMap((n) => (tabled.has(n.op) ? n.inputs.filter((x) => !isBuffer(x)) : [])));
  for (;;) {
    const decided = decide(order, outputs, forced);
    const inMemory = (n: Node): boolean => decided.stored.has(n) || isBuffer(n);
    const wide = [...decided.stored].filter((root) => !tabled.has(root.op) && insideOf(root, inMemory).reads.size >= limit);
    if (wide.length === 0) return decided;
    for (const root of wide) for (const n of cuts(root, limit - 1, inMemory)) forced.add(n);
  }
}
