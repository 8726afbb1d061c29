/**
 * Fusion: which nodes of a program are kernels of their own, and what each kernel computes on its way to memory.
 * A kernel stores one or more nodes over one set of places; whatever else it needs is computed inside it, place by place.
 * A node is computed inside when that is done once, or is cheaper than reading it back. Knows no target language.
 */
import { type Axis, axisOf, hasAxis, type Node } from "./ir/node.ts";
import { type Output, type Program, topological } from "./ir/program.ts";

/** One tensor that a kernel writes: `axes` is its order in memory; an output when it has a name, else a temporary. */
export interface Store {
  readonly node: Node;
  readonly axes: readonly Axis[];
  readonly output?: string;
}

/** Everything computed over one set of places. The first store's axes are the places in their order. */
export interface Kernel {
  readonly stores: readonly Store[];
  /** The one loop computed where the places themselves are (not inside another loop), if there is one. */
  readonly loop: Node | undefined;
}

export interface Fused {
  /** In an order in which each may run after those before it. */
  readonly kernels: readonly Kernel[];
  /** Where each node that is read from memory lies: the first of its stores; an input with axes as it is given. */
  readonly memory: ReadonlyMap<Node, Store>;
}

const loops = new Set(["sum", "reduceMax", "reduceMin", "argmax", "contract", "scatterAdd", "cumsum", "topValues", "topIndices"]);
const views = new Set(["split", "merge", "rename", "expand", "slice", "squeeze"]);
const leaves = new Set(["input", "const", "tensor", "iota", "size"]);
const dear = new Set(["exp", "expm1", "log", "log1p", "sqrt", "rsqrt", "tanh", "erf", "sin", "cos", "acos", "pow", "div", "mod"]);

/** Whether computing the node takes a loop. */
export const isLoop = (node: Node): boolean => loops.has(node.op);

/** Above this, a node that many places need is stored rather than computed again by each (a load costs 1). */
const cheap = 3;
/** Above this, repeating a node in several kernels costs more than storing it. */
const worth = 6;

/** The axes over which a loop or an elementwise node visits its operands. */
export function placesOf(node: Node): readonly Axis[] {
  const all = new Map(node.axes.map((a) => [a.name, a]));
  if (node.op === "contract") for (const a of node.inputs.flatMap((i) => i.axes)) all.set(a.name, a);
  else if (isLoop(node)) return node.inputs[0]!.axes;
  return [...all.values()];
}

/** How a kernel comes to need a node: the way from the stored node, and whether one value is needed at many places. */
interface Need {
  readonly root: Node;
  /** The same way means the same coordinates, so the value is computed once. */
  readonly way: string;
  readonly repeated: boolean;
  readonly inLoop: boolean;
}

const direct = (need: Need): boolean => need.way === `${need.root.id}` && !need.repeated && !need.inLoop;

/** What an operand is needed for, given what its consumer is needed for. */
function passed(consumer: Node, operand: number, need: Need): Need {
  const x = consumer.inputs[operand]!;
  const lacks = placesOf(consumer).some((a) => a.size !== 1 && !hasAxis(x, a.name));
  const { op } = consumer;
  if (op === "expand") return { ...need, way: `${need.way}/${consumer.id}`, repeated: true };
  if (views.has(op)) return { ...need, way: `${need.way}/${consumer.id}` };
  if (op === "concat" || op === "pad") return { ...need, way: `${need.way}/${consumer.id}.${operand}`, repeated: true };
  if (op === "gather")
    return operand === 0
      ? { ...need, way: `${need.way}/${consumer.id}`, repeated: true }
      : { ...need, repeated: need.repeated || lacks };
  if (!isLoop(consumer)) return { ...need, repeated: need.repeated || lacks };
  const again = op === "cumsum" || op.startsWith("top") || (op === "scatterAdd" ? operand === 1 : lacks);
  return { ...need, way: `${need.way}/${consumer.id}`, repeated: need.repeated || again, inLoop: true };
}

/** What it costs to compute a node at one place, loops counted as loads (a repeated loop is stored). */
function costs(order: readonly Node[]): Map<Node, number> {
  const cost = new Map<Node, number>();
  for (const n of order) {
    const operands = n.inputs.reduce((total, i) => total + cost.get(i)!, 0);
    if (n.op === "const" || n.op === "iota" || n.op === "size" || (n.op === "input" && n.axes.length === 0)) cost.set(n, 0);
    else if (leaves.has(n.op) || isLoop(n)) cost.set(n, 1);
    else if (views.has(n.op) || n.op === "cast") cost.set(n, operands);
    else if (n.op === "philox") cost.set(n, 40);
    else cost.set(n, Math.min(1000, operands + (dear.has(n.op) ? 4 : 1)));
  }
  return cost;
}

/** Whether a node is stored, by what it is needed for. `looped` holds the stored nodes whose kernel has its loop already. */
function isStored(node: Node, needs: readonly Need[], cost: number, looped: Set<Node>): boolean {
  if (leaves.has(node.op) || views.has(node.op)) return false;
  if (isLoop(node)) {
    const [only] = needs;
    if (needs.length !== 1 || only!.repeated || only!.inLoop || looped.has(only!.root)) return true;
    looped.add(only!.root);
    return false;
  }
  if (cost > cheap && needs.some((n) => n.repeated)) return true;
  return cost * (needs.length - 1) > worth;
}

/** Decides from the outputs down which nodes are stored; `forced` are stored whatever they cost. Gives each its needs. */
function decide(
  order: readonly Node[],
  outputs: ReadonlySet<Node>,
  forced: ReadonlySet<Node>,
): { stored: Set<Node>; needs: Map<Node, Need[]> } {
  const needs = new Map<Node, Map<string, Need>>();
  const stored = new Set<Node>();
  const looped = new Set<Node>();
  const cost = costs(order);
  for (const node of [...order].reverse()) {
    const mine = [...(needs.get(node)?.values() ?? [])];
    const root = outputs.has(node) || forced.has(node) || isStored(node, mine, cost.get(node)!, looped);
    if (root) {
      if (node.op !== "input") stored.add(node);
      if (isLoop(node)) looped.add(node);
    }
    const from: Need[] = root ? [{ root: node, way: `${node.id}`, repeated: false, inLoop: false }] : mine;
    for (const [i, input] of node.inputs.entries())
      for (const need of from) {
        const next = passed(node, i, need);
        const known = needs.get(input) ?? new Map<string, Need>();
        const same = known.get(next.way);
        known.set(
          next.way,
          same ? { ...same, repeated: same.repeated || next.repeated, inLoop: same.inLoop || next.inLoop } : next,
        );
        needs.set(input, known);
      }
  }
  return { stored, needs: new Map([...needs].map(([n, m]) => [n, [...m.values()]])) };
}

/** The tensors in memory that computing `node` reads, itself not counted. */
export function readsOf(node: Node, inMemory: (n: Node) => boolean): Set<Node> {
  const reads = new Set<Node>();
  const seen = new Set<Node>();
  const visit = (n: Node): void => {
    for (const i of n.inputs) {
      if (seen.has(i)) continue;
      seen.add(i);
      if (inMemory(i)) reads.add(i);
      else visit(i);
    }
  };
  visit(node);
  return reads;
}

const isBuffer = (n: Node): boolean => n.op === "input" && n.axes.length > 0;

/** A node inside the kernel of `root` that takes most of its buffers with it when stored, leaving the kernel fewer. */
function breaking(root: Node, limit: number, inMemory: (n: Node) => boolean): Node | undefined {
  const inside = topological([root]).filter((n) => n !== root && !inMemory(n) && !leaves.has(n.op));
  const counted = inside.map((n) => [n, readsOf(n, inMemory).size] as const).filter(([, count]) => count > 1 && count <= limit);
  const best = Math.max(...counted.map(([, count]) => count));
  return counted.find(([, count]) => count === best)?.[0];
}

/** Stores more nodes until every kernel reads and writes at most `limit` buffers. */
function withinLimit(order: readonly Node[], outputs: ReadonlySet<Node>, limit: number): ReturnType<typeof decide> {
  const forced = new Set<Node>();
  for (;;) {
    const decided = decide(order, outputs, forced);
    const inMemory = (n: Node): boolean => decided.stored.has(n) || isBuffer(n);
    const wide = [...decided.stored].filter((root) => readsOf(root, inMemory).size >= limit);
    if (wide.length === 0) return decided;
    for (const root of wide) {
      const part = breaking(root, limit - 1, inMemory);
      if (!part) throw new Error(`a kernel for ${root.op} needs more than ${limit} buffers and cannot be cut`);
      forced.add(part);
    }
  }
}

/** A kernel while kernels are being joined. */
interface Group {
  nodes: Node[];
  loops: number;
}

const samePlaces = (a: Node, b: Node): boolean =>
  a.axes.length === b.axes.length && a.axes.every((x) => axisOf(b, x.name)?.size === x.size);

/** Joins a kernel to one that reads its result at the very same places, when no third kernel stands between them. */
function join(stored: readonly Node[], needs: Map<Node, Need[]>, limit: number): Group[] {
  const has = new Set(stored);
  const inMemory = (n: Node): boolean => has.has(n) || isBuffer(n);
  const reads = new Map(stored.map((n) => [n, readsOf(n, inMemory)]));
  const ownLoops = (n: Node): number =>
    Number(
      topological([n]).some(
        (x) => isLoop(x) && (x === n || (!has.has(x) && needs.get(x)?.some((need) => need.root === n && !need.inLoop))),
      ),
    );
  const groups = new Map<Node, Group>(stored.map((n) => [n, { nodes: [n], loops: ownLoops(n) }]));
  const groupReads = (g: Group): Set<Node> =>
    new Set(g.nodes.flatMap((n) => [...reads.get(n)!]).filter((n) => !g.nodes.includes(n)));
  const reaches = (from: Group, goal: Group, skip: boolean, seen = new Set<Group>()): boolean => {
    for (const n of groupReads(from)) {
      const g = groups.get(n);
      if (!g || g === from || seen.has(g)) continue;
      if (g === goal) {
        if (!skip) return true;
        continue;
      }
      seen.add(g);
      if (reaches(g, goal, false, seen)) return true;
    }
    return false;
  };
  for (const m of [...stored].reverse())
    for (const root of new Set((needs.get(m) ?? []).map((n) => n.root))) {
      const [a, b] = [groups.get(m)!, groups.get(root)!];
      const mine = needs.get(m)!.filter((n) => b.nodes.includes(n.root));
      if (a === b || !mine.every(direct) || !samePlaces(m, root) || a.loops + b.loops > 1) continue;
      const both: Group = { nodes: [...a.nodes, ...b.nodes], loops: a.loops + b.loops };
      if (groupReads(both).size + both.nodes.length > limit || reaches(b, a, true)) continue;
      for (const n of both.nodes) groups.set(n, both);
    }
  return [...new Set(groups.values())];
}

/** Kernels in an order in which each comes after those it reads. */
function ordered(groups: readonly Group[], stored: ReadonlySet<Node>): Group[] {
  const of = new Map(groups.flatMap((g) => g.nodes.map((n) => [n, g] as const)));
  const done = new Set<Group>();
  const result: Group[] = [];
  const visit = (g: Group): void => {
    if (done.has(g)) return;
    done.add(g);
    for (const n of g.nodes) for (const r of readsOf(n, (x) => stored.has(x))) visit(of.get(r)!);
    result.push(g);
  };
  for (const g of groups) visit(g);
  return result;
}

/** Fuses a program whose nodes are all primitive. `limit` is how many storage buffers a kernel may bind. */
export function fuse(program: Program, limit = 8): Fused {
  const order = topological(program.outputs.map((o) => o.node));
  const outputs = new Map<Node, Output[]>();
  for (const o of program.outputs) outputs.set(o.node, [...(outputs.get(o.node) ?? []), o]);
  const { stored, needs } = withinLimit(order, new Set(outputs.keys()), limit);
  const place = new Map(order.map((n, i) => [n, i]));
  const groups = ordered(
    join(
      order.filter((n) => stored.has(n)),
      needs,
      limit,
    ),
    stored,
  );
  const groupOf = new Map(groups.flatMap((g) => g.nodes.map((n) => [n, g] as const)));
  for (const g of groups)
    for (const n of g.nodes) if (!outputs.has(n) && needs.get(n)!.every((need) => groupOf.get(need.root) === g)) stored.delete(n);
  const loopOf = (g: Group): Node | undefined =>
    topological(g.nodes).find(
      (n) =>
        isLoop(n) &&
        (g.nodes.includes(n) || (!stored.has(n) && needs.get(n)?.some((need) => g.nodes.includes(need.root) && !need.inLoop))),
    );
  const kernels = groups.map((g) => {
    const nodes = g.nodes.filter((n) => stored.has(n)).sort((a, b) => place.get(a)! - place.get(b)!);
    const stores = nodes.flatMap((node): Store[] => {
      const named = outputs.get(node) ?? [];
      return named.length === 0 ? [{ node, axes: node.axes }] : named.map((o) => ({ node, axes: o.axes, output: o.name }));
    });
    return { stores, loop: loopOf(g) };
  });
  const copies = program.outputs
    .filter((o) => o.node.op === "input")
    .map((o) => ({ stores: [{ node: o.node, axes: o.axes, output: o.name }], loop: undefined }));
  const memory = new Map(order.filter(isBuffer).map((node): [Node, Store] => [node, { node, axes: node.axes }]));
  for (const store of kernels.flatMap((k) => k.stores)) if (!memory.has(store.node)) memory.set(store.node, store);
  return { kernels: [...kernels, ...copies], memory };
}
