/**
 * The order in which nodes run and how long each result lives. Any order after the inputs is right; the one chosen keeps few
 * bytes alive at once. The same program and binding give the same order.
 */
import { bits } from "./ir/dtype.ts";
import type { Axis, Node } from "./ir/node.ts";
import { inputOf, nodesOf, type Program, symbolsOfProgram, topological } from "./ir/program.ts";
import { type Binding, evaluate } from "./ir/size.ts";

/** Operations whose result lies where their first input does. */
export const views: ReadonlySet<string> = new Set(["split", "rename", "squeeze", "stop", "cached", "after"]);
/** Nodes that are there before a program begins. */
export const sources: ReadonlySet<string> = new Set(["input", "const", "tensor", "size"]);

/** Places over axes under a binding. */
export const count = (axes: readonly Axis[], binding: Binding): number => axes.reduce((n, a) => n * evaluate(a.size, binding), 1);

/** Bytes of a node's result. */
export const bytesOf = (node: Node, binding: Binding): number => Math.ceil((count(node.axes, binding) * bits(node.dtype)) / 8);

/** Every symbol of a program as a number: those not given count as 64. */
export const boundFor = (p: Program, given: Binding): Binding => ({
  ...Object.fromEntries(symbolsOfProgram(p).map((s) => [s, 64])),
  ...given,
});

/** Where a node's values lie: views lie where their source does. */
export const home = (node: Node): Node => (views.has(node.op) ? home(node.inputs[0]!) : node);

/** A result that takes room: from the step that makes it to the last that reads it. */
export interface Lived {
  readonly node: Node;
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

/** What a node reads from memory: an order's second operands are waited for and not read. */
const read = (node: Node): readonly Node[] => (node.op === "after" ? node.inputs.slice(0, 1) : node.inputs);

/** Bytes of nodes, each counted once. */
function measured(binding: Binding): (node: Node) => number {
  const known = new Map<Node, number>();
  return (node) => {
    let bytes = known.get(node);
    if (bytes === undefined) {
      bytes = bytesOf(node, binding);
      known.set(node, bytes);
    }
    return bytes;
  };
}

/** Nodes that are the next value of an input: they are written over it and take no room. */
function updates(p: Program): Set<Node> {
  const names = new Set(p.inputs.map((i) => inputOf(i).name));
  const kept = new Set(p.outputs.filter((o) => !names.has(o.name)).map((o) => home(o.node)));
  return new Set(p.outputs.filter((o) => names.has(o.name) && !kept.has(home(o.node))).map((o) => home(o.node)));
}

/** The lives of results under an order; those of outputs end with the program. The next value of an input has none. */
export function livesOf(p: Program, order: readonly Node[], binding: Binding): Lived[] {
  return lives(p, order, measured(binding));
}

function lives(p: Program, order: readonly Node[], bytes: (node: Node) => number): Lived[] {
  const last = new Map<Node, number>();
  const over = updates(p);
  order.forEach((node, i) => {
    for (const input of read(node)) last.set(home(input), i);
  });
  for (const o of p.outputs) last.set(home(o.node), order.length);
  return order.flatMap((node, first) =>
    views.has(node.op) || sources.has(node.op) || over.has(node)
      ? []
      : [{ node, bytes: bytes(node), first, last: last.get(node) ?? first }],
  );
}

/** The largest sum of bytes alive at once, and the step at which it is reached. */
export function peakOf(lives: readonly Lived[], steps: number): { bytes: number; step: number } {
  const change = new Float64Array(steps + 2);
  for (const { first, last, bytes } of lives) {
    change[first] = change[first]! + bytes;
    change[last + 1] = change[last + 1]! - bytes;
  }
  let alive = 0;
  let peak = { bytes: 0, step: 0 };
  change.forEach((c, step) => {
    alive += c;
    if (alive > peak.bytes) peak = { bytes: alive, step };
  });
  return peak;
}

/** What has run, what may run, and who still reads what. */
class Running {
  readonly result: Node[] = [];
  private readonly done = new Set<Node>();
  private readonly waiting = new Map<Node, number>();
  private readonly readers = new Map<Node, Node[]>();
  /** For each home the nodes that read it, through whatever views. */
  private readonly open = new Map<Node, Set<Node>>();
  private readonly kept: ReadonlySet<Node>;
  private readonly over: ReadonlySet<Node>;
  private readonly bytes: (node: Node) => number;

  constructor(p: Program, order: readonly Node[], bytes: (node: Node) => number) {
    this.bytes = bytes;
    this.over = updates(p);
    this.kept = new Set(p.outputs.map((o) => home(o.node)));
    for (const node of order) {
      const inputs = new Set(node.inputs);
      this.waiting.set(node, inputs.size);
      for (const i of inputs) this.readers.set(i, [...(this.readers.get(i) ?? []), node]);
      if (!views.has(node.op))
        for (const i of node.inputs) this.open.set(home(i), (this.open.get(home(i)) ?? new Set()).add(node));
    }
  }

  /** Bytes that a node takes less those it frees. */
  private taken(node: Node): number {
    if (views.has(node.op) || sources.has(node.op)) return 0;
    let total = this.over.has(node) ? 0 : this.bytes(node);
    for (const h of new Set(node.inputs.map(home)))
      if (this.open.get(h)!.size === 1 && !sources.has(h.op) && !this.kept.has(h)) total -= this.bytes(h);
    return total;
  }

  /** Runs a node, then all that can run and frees at least what it takes. */
  run(first: Node): void {
    const next = [first];
    for (let node = next.pop(); node; node = next.pop()) {
      if (this.done.has(node) || (node !== first && this.taken(node) > 0)) continue;
      this.done.add(node);
      this.result.push(node);
      const freer: Node[] = [];
      if (!views.has(node.op))
        for (const i of node.inputs) {
          const open = this.open.get(home(i))!;
          open.delete(node);
          if (open.size === 1) freer.push(...[...open].filter((r) => this.waiting.get(r) === 0));
        }
      for (const r of this.readers.get(node) ?? []) {
        const rest = this.waiting.get(r)! - 1;
        this.waiting.set(r, rest);
        if (rest === 0) freer.push(r);
      }
      next.push(...freer.reverse());
    }
  }
}

/** An order in which whatever frees at least what it takes runs as soon as it can, and all else in the given order. */
function eager(p: Program, order: readonly Node[], bytes: (node: Node) => number): Node[] {
  const running = new Running(p, order, bytes);
  for (const node of order) running.run(node);
  return running.result;
}

/**
 * The nodes of a program in the order in which they should run. Orders from the outputs down, first to last and last to
 * first, as they are and made eager, are compared by the bytes alive at once; the first of the best is taken.
 */
export function scheduled(p: Program, given: Binding = {}): readonly Node[] {
  const bytes = measured(boundFor(p, given));
  const roots = p.outputs.map((o) => o.node);
  const plain = nodesOf(p);
  const reversed = topological([...p.inputs, ...roots.reverse()]);
  const orders = [plain, reversed, eager(p, plain, bytes), eager(p, reversed, bytes)];
  let best = plain;
  let least = Number.POSITIVE_INFINITY;
  for (const order of orders) {
    const peak = peakOf(lives(p, order, bytes), order.length);
    if (peak.bytes < least) [best, least] = [order, peak.bytes];
  }
  return best;
}
