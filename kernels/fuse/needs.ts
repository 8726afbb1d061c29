/**
 * What each node is needed for, from the outputs down, and by that which nodes are stored. A node is computed inside a kernel when
 * that happens once, or is cheaper than reading it back.
 */
import { bits } from "../ir/dtype.ts";
import { type Axis, hasAxis, type Node } from "../ir/node.ts";
import { times } from "../ir/size.ts";
import { alone, scoring } from "./alone.ts";
import { remade } from "./chain.ts";
import { fewRows, many, samePlan } from "./product.ts";
import { isPut, readsOf } from "./put.ts";
import { topsOf } from "./tops.ts";

const loops = new Set(["sum", "reduceMax", "reduceMin", "argmax", "contract", ...alone]);
const views = new Set(["split", "merge", "rename", "expand", "slice", "squeeze"]);
export const leaves = new Set(["input", "const", "tensor", "iota", "size"]);
const dear = new Set(["exp", "expm1", "log", "log1p", "sqrt", "rsqrt", "tanh", "erf", "sin", "cos", "acos", "pow", "div", "mod"]);

const others = new Set([...loops, ...views, ...leaves, "concat", "pad", "gather", "philox"]);
/** Whether the value at a place follows from the operands' values at that place. */
const pointwise = (op: string): boolean => !others.has(op);

const countOf = (axes: readonly Axis[]) => times(...axes.map((a) => a.size));

/** Whether computing the node takes a loop. */
export const isLoop = (node: Node): boolean => loops.has(node.op);

/** Above this, a node that many places need is stored rather than computed again by each (a load costs 1). */
const cheap = 3;
/** Above this, what is needed at more places than it has is stored, outside of loops; and a part of a concatenation. */
const spare = 40;
/** Above this, repeating a node in several kernels costs more than storing it. */
const worth = 10;

/** The axes over which a loop or an elementwise node visits its operands. */
export function placesOf(node: Node): readonly Axis[] {
  const all = new Map(node.axes.map((a) => [a.name, a]));
  if (node.op === "contract") for (const a of node.inputs.flatMap((i) => i.axes)) all.set(a.name, a);
  else if (scoring.has(node.op)) for (const a of node.inputs.flatMap((i) => i.axes)) all.set(a.name, a);
  else if (isLoop(node)) return node.inputs[0]!.axes;
  return [...all.values()];
}

/** Axis names of one node as another names the same places; what is not in it keeps its name. */
export type Names = ReadonlyMap<string, string>;

/** How a kernel comes to need a node: the way from the stored node, and whether one value is needed at many places. */
export interface Need {
  readonly root: Node;
  /** What lies between that changes coordinates other than by name. */
  readonly way: string;
  /** The node's axes as the root names them. */
  readonly names: Names;
  readonly repeated: boolean;
  /** Whether it is computed at places where only another part of a concatenation, or padding, is asked for. */
  readonly wasted: boolean;
  /** The innermost loop that needs it; undefined when it is needed where the kernel's places are. */
  readonly loop: Node | undefined;
}

/** Whether a need is for the very places that its kernel computes, under whatever names. */
export const direct = (need: Need): boolean => need.way === `${need.root.id}` && !need.repeated && !need.wasted && !need.loop;

const none: Names = new Map();
const namesText = (names: Names): string => [...names].map(([from, to]) => ` ${from}=${to}`).join("");

/** The same key means the same coordinates, so that the value is computed once. */
const keyOf = (need: Need): string => need.way + namesText(need.names);

const sameName = (name: string): string => name;

/** The names for an operand, whose axes its consumer calls by `outer`. */
function namesFor(x: Node, need: Need, outer: (name: string) => string = sameName): Names {
  if (need.names.size === 0 && outer === sameName) return none;
  const changed = x.axes.flatMap(({ name }): [string, string][] => {
    const at = need.names.get(outer(name)) ?? outer(name);
    return at === name ? [] : [[name, at]];
  });
  return changed.length === 0 ? none : new Map(changed);
}

/** Whether a consumer visits an operand at more places than that has, so that each of its values is used many times. */
const reused = (consumer: Node, x: Node): boolean => {
  if (x.axes.length === consumer.axes.length && !isLoop(consumer)) return false;
  return placesOf(consumer).some((a) => a.size !== 1 && !hasAxis(x, a.name));
};

/** What an operand is needed for, given what its consumer is needed for. `lacks`: see `reused`. */
function passed(consumer: Node, operand: number, lacks: boolean, need: Need): Need {
  const { op, attrs } = consumer;
  const x = consumer.inputs[operand]!;
  if (pointwise(op)) return { ...need, names: namesFor(x, need), repeated: need.repeated || lacks };
  const away: Need = { ...need, way: `${keyOf(need)}/${consumer.id}`, names: none };
  if (op === "rename") {
    const [from, to] = [attrs.from as readonly string[], attrs.to as readonly string[]];
    return { ...need, names: namesFor(x, need, (name) => to[from.indexOf(name)] ?? name) };
  }
  if (op === "concat" || op === "pad") return { ...away, way: `${away.way}.${operand}`, wasted: true };
  if (op === "expand" || (op === "gather" && operand === 0)) return { ...away, repeated: true };
  if (views.has(op)) return away;
  if (op === "gather" || op === "philox") return { ...need, names: namesFor(x, need), repeated: need.repeated || lacks };
  const again = op === "cumsum" || op.startsWith("top") || (op === "scatterAdd" ? operand === 1 : lacks);
  return { ...away, repeated: need.repeated || again, loop: consumer };
}

/**
 * What it costs to compute a node at one place, loops counted as loads (a repeated loop is stored). What follows from numbers among
 * the parameters alone, such as an optimizer's rate at a step, costs nothing beside reading a tensor, and would take a buffer.
 */
function costs(order: readonly Node[], tops: ReadonlyMap<Node, Node>): Map<Node, number> {
  const readers = new Map<Node, Node[]>();
  for (const n of order) for (const i of n.inputs) readers.set(i, [...(readers.get(i) ?? []), n]);
  /** What products and sums end in lies in memory where more than one reads it, or one at more places. */
  const kept = (n: Node): boolean => {
    const by = readers.get(n) ?? [];
    return tops.has(n) && (by.length > 1 || by.some((r) => r.axes.length > n.axes.length));
  };
  const cost = new Map<Node, number>();
  for (const n of order) {
    // A dear number, such as a norm of gradients, is stored, so that what follows from it costs a load.
    const costOf = (x: Node): number => (x.axes.length === 0 && cost.get(x)! > cheap ? 1 : cost.get(x)!);
    const operands = n.inputs.reduce((total, i) => total + costOf(i), 0);
    const number = n.axes.length === 0 && operands === 0 && !isLoop(n);
    if (n.op === "iota" || number) cost.set(n, 0);
    else if (kept(n)) cost.set(n, 1);
    else if (leaves.has(n.op) || isLoop(n)) cost.set(n, 1);
    else if (views.has(n.op) || n.op === "cast") cost.set(n, operands);
    else if (n.op === "philox") cost.set(n, 40);
    else cost.set(n, Math.min(1000, operands + (dear.has(n.op) ? 4 : 1)));
  }
  return cost;
}

/** The loops that kernels compute, as far as it is decided. */
interface Loops {
  /** The loops at the places of a stored node's kernel. */
  readonly of: Map<Node, Node[]>;
  /** What products end in: see `topsOf`. */
  readonly tops: ReadonlyMap<Node, Node>;
  /** What every kernel that needs it makes again in tiles. */
  readonly remade: ReadonlySet<Node>;
  /** Sums along the rows of products of few rows, which every workgroup of the product makes for itself. */
  readonly statistics: Set<Node>;
}

/**
 * Whether a loop gives one number for each row of products of few rows, along which it runs too (the mean square of a norm): to make it
 * again in every workgroup costs less than a kernel of its own.
 */
function isStatistic(node: Node, needs: readonly Need[], known: ReadonlySet<Node>): boolean {
  if (node.op === "contract" || node.op === "argmax" || alone.has(node.op)) return false;
  const inner = node.inputs[0]!.axes.filter((a) => !hasAxis(node, a.name));
  return needs.every(({ loop, way, names }) => {
    if (!loop || !way.endsWith(`/${loop.id}`)) return false;
    if (known.has(loop)) return node.axes.every((a) => hasAxis(loop, names.get(a.name) ?? a.name));
    const p = fewRows(loop);
    const rows = [...(p?.batch ?? []), ...(p?.rows ?? [])];
    const along = p && countOf(inner) === countOf(p.over);
    return along === true && node.axes.every((a) => rows.some((r) => r.name === (names.get(a.name) ?? a.name)));
  });
}

/** Whether a node is needed among the rows of a product of few rows, which every workgroup computes once. */
function amongRows(node: Node, { loop, way, names }: Need): boolean {
  const p = loop && way.endsWith(`/${loop.id}`) ? fewRows(loop) : undefined;
  const rows = p && [...p.batch, ...p.rows, ...p.over];
  return rows !== undefined && node.axes.every((a) => rows.some((r) => r.name === (names.get(a.name) ?? a.name)));
}

/** Whether a node says what of a loop exists, such as which scores: it is computed with each place rather than stored for all. */
const masks = (node: Node, { loop }: Need): boolean => node.dtype === "bool" && loop !== undefined;

/** What a node may cost that many places need, to be computed again by each: an operand of a product is computed once for a whole tile. */
function bearable(node: Node, need: Need): number {
  if (amongRows(node, need) || masks(node, need)) return 24;
  if (!need.loop) return spare;
  const tiles = need.loop?.op === "contract" && need.way.endsWith(`/${need.loop.id}`) && many(need.loop.axes, 1024);
  return tiles && !fewRows(need.loop!) ? 8 : cheap;
}

/** Whether a node is stored, by what it is needed for. Notes the loop that it becomes of another kernel. */
function isStored(node: Node, needs: readonly Need[], cost: number, loops: Loops): boolean {
  if (isPut(node)) return true;
  if (leaves.has(node.op) || views.has(node.op) || loops.remade.has(node)) return false;
  if (isLoop(node)) {
    if (needs.length > 0 && isStatistic(node, needs, loops.statistics)) {
      loops.statistics.add(node);
      return false;
    }
    const [only] = needs;
    if (needs.length !== 1 || only!.repeated || only!.wasted || only!.loop) return true;
    // What is stored in narrow types is written word by word, which no product's kernel does.
    if (only!.root.dtype !== "bool" && bits(only!.root.dtype) < 32) return true;
    const others = loops.of.get(only!.root) ?? [];
    if (others.length > 0 && !(direct(only!) && others.every((other) => samePlan(node, other)))) return true;
    if (alone.has(node.op) && !direct(only!)) return true;
    loops.of.set(only!.root, [...others, node]);
    return false;
  }
  const end = loops.tops.get(node);
  const ofRow = end !== undefined && end.op !== "contract" && !alone.has(end.op) && needs.every((n) => amongRows(node, n));
  if (end && !ofRow && !(needs.length === 1 && direct(needs[0]!))) return true;
  if (needs.some((n) => (n.repeated && cost > bearable(node, n)) || (n.wasted && cost > spare))) return true;
  // A number that follows from another costs nothing beside reading tensors, and would take a buffer.
  if (node.axes.length === 0 && cost <= cheap) return false;
  const kernels = new Set(
    needs.filter((n) => !amongRows(node, n) && !masks(node, n)).map((n) => (n.wasted ? `${n.root.id}` : keyOf(n))),
  );
  return cost * (kernels.size - 1) > worth;
}

/** Which nodes are stored, and what every node is needed for. */
export interface Decided {
  readonly stored: ReadonlySet<Node>;
  readonly needs: ReadonlyMap<Node, readonly Need[]>;
}

/** Decides from the outputs down which nodes are stored; `forced` are stored whatever they cost. Gives each its needs. */
export function decide(order: readonly Node[], outputs: ReadonlySet<Node>, forced: ReadonlySet<Node>): Decided {
  const needs = new Map<Node, Map<string, Need>>();
  const stored = new Set<Node>();
  const tops = topsOf(order, pointwise);
  const loops: Loops = { of: new Map(), statistics: new Set(), tops, remade: remade(order, outputs, pointwise) };
  const cost = costs(order, tops);
  for (const node of [...order].reverse()) {
    const mine = [...(needs.get(node)?.values() ?? [])];
    const root = outputs.has(node) || forced.has(node) || isStored(node, mine, cost.get(node)!, loops);
    if (root) {
      if (node.op !== "input") stored.add(node);
      if (isLoop(node)) loops.of.set(node, [node]);
    }
    const from: Need[] = root
      ? [{ root: node, way: `${node.id}`, names: none, repeated: false, wasted: false, loop: undefined }]
      : mine;
    for (const [i, input] of node.inputs.entries()) {
      if (!readsOf(node).includes(input)) continue;
      const lacks = reused(node, input);
      const known = needs.get(input) ?? new Map<string, Need>();
      needs.set(input, known);
      for (const need of from) {
        const next = passed(node, i, lacks, need);
        const key = keyOf(next);
        const same = known.get(key);
        known.set(
          key,
          same
            ? {
                ...same,
                repeated: same.repeated || next.repeated,
                wasted: same.wasted || next.wasted,
                loop: same.loop ?? next.loop,
              }
            : next,
        );
      }
    }
  }
  return { stored, needs: new Map([...needs].map(([n, m]) => [n, [...m.values()]])) };
}

/** Whether a node is an input that lies in a buffer; one without axes is a number among a program's parameters. */
export const isBuffer = (n: Node): boolean => n.op === "input" && n.axes.length > 0;

/** The nodes computed inside the kernel of `root` (itself last), and the tensors in memory that they read. */
export function insideOf(root: Node, inMemory: (n: Node) => boolean): { inside: Node[]; reads: Set<Node> } {
  const reads = new Set<Node>();
  const seen = new Set<Node>([root]);
  const inside: Node[] = [];
  const visit = (n: Node): void => {
    for (const i of readsOf(n)) {
      if (inMemory(i)) reads.add(i);
      else if (!seen.has(i)) {
        seen.add(i);
        visit(i);
      }
    }
    inside.push(n);
  };
  visit(root);
  return { inside, reads };
}
