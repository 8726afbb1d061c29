/** Kernels that compute at the same places become one: a result that is read where it was made need not be read back. */
import { bits } from "../ir/dtype.ts";
import type { Node } from "../ir/node.ts";
import { type Decided, direct, insideOf, isBuffer, isLoop, type Names, type Need } from "./needs.ts";
import { isPut, placesAt } from "./put.ts";

/** Nodes that one kernel stores. */
export interface Group {
  readonly nodes: readonly Node[];
  /** For each node its axes as the kernel names its places. */
  readonly names: ReadonlyMap<Node, Names>;
  /** What it reads from memory. */
  readonly reads: ReadonlySet<Node>;
  /** Loops that are computed where its places are, not inside another loop. */
  readonly loops: readonly Node[];
  /** The places of its first and last node in the program's order. */
  readonly first: number;
  readonly last: number;
}

const sameNames: Names = new Map();
const nameIn = (names: Names, name: string): string => names.get(name) ?? name;

function samePlaces(m: Node, { root, names }: Need): boolean {
  const [own, theirs] = [placesAt(m), placesAt(root)];
  return own.length === theirs.length && own.every((x) => theirs.find((y) => y.name === nameIn(names, x.name))?.size === x.size);
}

/** Whether several values share a word of memory, so that its kernel goes by words rather than by places. */
const narrow = (n: Node): boolean => n.dtype !== "bool" && bits(n.dtype) < 32;

/** How kernel `b` names the places of kernel `a`, when `b` needs a node of `a` at its own places. */
function between(a: Group, b: Group, node: Node, need: Need): Names {
  const [inner, outer] = [a.names.get(node)!, b.names.get(need.root)!];
  return new Map(node.axes.map(({ name }) => [nameIn(inner, name), nameIn(outer, nameIn(need.names, name))]));
}

function union(a: Group, b: Group, names: Names): Group {
  const nodes = [...a.nodes, ...b.nodes];
  const renamed = a.nodes.map((n): [Node, Names] => {
    const own = a.names.get(n)!;
    return [n, new Map(n.axes.map(({ name }) => [name, nameIn(names, nameIn(own, name))]))];
  });
  return {
    nodes,
    names: new Map([...renamed, ...b.names]),
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
    const here = (x: Node): boolean => x === n || needs.get(x)!.some((need) => need.root === n && !need.loop);
    groups.set(n, {
      nodes: [n],
      names: new Map([[n, sameNames]]),
      reads,
      loops: inside.filter((x) => isLoop(x) && here(x)),
      first: place,
      last: place,
    });
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
  /** Whether all that `b` needs of `a` is at its own places, under the same names. */
  const readsThere = (a: Group, b: Group, names: Names): boolean =>
    a.nodes.every((n) =>
      (needs.get(n) ?? []).every((need) => {
        if (!b.nodes.includes(need.root)) return true;
        return direct(need) && [...between(a, b, n, need)].every(([from, to]) => nameIn(names, from) === to);
      }),
    );
  for (const m of order.filter((n) => stored.has(n)).reverse())
    for (const need of needs.get(m) ?? []) {
      const [a, b] = [groups.get(m)!, groups.get(need.root)!];
      if (
        a === b ||
        isPut(m) ||
        [...a.nodes, ...b.nodes].some(narrow) ||
        a.loops.length + b.loops.length > 1 ||
        !direct(need) ||
        !samePlaces(m, need)
      )
        continue;
      const names = between(a, b, m, need);
      if (!readsThere(a, b, names)) continue;
      const both = union(a, b, names);
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
