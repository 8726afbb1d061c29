/** Kernels that compute at the same places become one: a result that is read where it was made need not be read back. */
import { axisOf, type Node } from "../ir/node.ts";
import { type Decided, direct, insideOf, isBuffer, isLoop } from "./needs.ts";

/** Nodes that one kernel stores. */
export interface Group {
  readonly nodes: readonly Node[];
  /** What it reads from memory. */
  readonly reads: ReadonlySet<Node>;
  /** Loops that are computed where its places are, not inside another loop. */
  readonly loops: readonly Node[];
  /** The places of its first and last node in the program's order. */
  readonly first: number;
  readonly last: number;
}

const samePlaces = (a: Node, b: Node): boolean =>
  a.axes.length === b.axes.length && a.axes.every((x) => axisOf(b, x.name)?.size === x.size);

function union(a: Group, b: Group): Group {
  const nodes = [...a.nodes, ...b.nodes];
  return {
    nodes,
    reads: new Set([...a.reads, ...b.reads].filter((n) => !nodes.includes(n))),
    loops: [...a.loops, ...b.loops],
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
  };
}

/**
 * Groups the stored nodes. A kernel joins one that reads its result at the very same places, when at most one of them has a loop,
 * their buffers together are within the limit, and no third kernel stands between them.
 */
export function join(order: readonly Node[], { stored, needs }: Decided, limit: number): Group[] {
  const inMemory = (n: Node): boolean => stored.has(n) || isBuffer(n);
  const groups = new Map<Node, Group>();
  for (const [place, n] of order.entries()) {
    if (!stored.has(n)) continue;
    const { inside, reads } = insideOf(n, inMemory);
    const here = (x: Node): boolean => x === n || needs.get(x)!.some((need) => need.root === n && !need.inLoop);
    groups.set(n, { nodes: [n], reads, loops: inside.filter((x) => isLoop(x) && here(x)), first: place, last: place });
  }
  /** Whether `from` needs `goal` through another kernel. */
  const through = (from: Group, goal: Group): boolean => {
    const seen = new Set<Group>([from, goal]);
    const visit = (g: Group): boolean => {
      for (const n of g.reads) {
        const next = groups.get(n);
        if (next === goal && g !== from) return true;
        if (!next || seen.has(next) || next.last < goal.first) continue;
        seen.add(next);
        if (visit(next)) return true;
      }
      return false;
    };
    return visit(from);
  };
  const readsThere = (a: Group, b: Group): boolean =>
    a.nodes.every((n) => (needs.get(n) ?? []).every((need) => !b.nodes.includes(need.root) || direct(need)));
  for (const m of order.filter((n) => stored.has(n)).reverse())
    for (const root of new Set((needs.get(m) ?? []).map((n) => n.root))) {
      const [a, b] = [groups.get(m)!, groups.get(root)!];
      if (a === b || !samePlaces(m, root) || a.loops.length + b.loops.length > 1 || !readsThere(a, b)) continue;
      const both = union(a, b);
      if (both.reads.size + both.nodes.length > limit || through(b, a)) continue;
      for (const n of both.nodes) groups.set(n, both);
    }
  return ordered(groups);
}

/** Groups in an order in which each comes after those it reads. */
function ordered(groups: ReadonlyMap<Node, Group>): Group[] {
  const done = new Set<Group>();
  const visit = (g: Group): void => {
    if (done.has(g)) return;
    for (const n of g.reads) {
      const from = groups.get(n);
      if (from && from !== g) visit(from);
    }
    done.add(g);
  };
  for (const g of groups.values()) visit(g);
  return [...done];
}
