/**
 * The order in which nodes run and how long each result lives. Any order after the inputs is right; the one chosen keeps few
 * bytes alive at once. The same program and binding give the same order.
 */
import { bits } from "./ir/dtype.ts";
import type { Axis, Node } from "./ir/node.ts";
import { nodesOf, type Program, symbolsOfProgram, topological } from "./ir/program.ts";
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

/** The lives of results under an order; those of outputs end with the program. */
export function livesOf(p: Program, order: readonly Node[], binding: Binding): Lived[] {
  const last = new Map<Node, number>();
  order.forEach((node, i) => {
    for (const input of read(node)) last.set(home(input), i);
  });
  for (const o of p.outputs) last.set(home(o.node), order.length);
  return order.flatMap((node, first) =>
    views.has(node.op) || sources.has(node.op)
      ? []
      : [{ node, bytes: bytesOf(node, binding), first, last: last.get(node) ?? first }],
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

/** An order in which whatever frees at least what it takes runs as soon as it can, and all else in the given order. */
function eager(p: Program, order: readonly Node[], binding: Binding): Node[] {
  const readers = new Map<Node, Node[]>();
  const waiting = new Map<Node, number>();
  const left = new Map<Node, number>();
  for (const node of order) {
    const inputs = new Set(node.inputs);
    waiting.set(node, inputs.size);
    for (const i of inputs) {
      const list = readers.get(i) ?? [];
      readers.set(i, list);
      list.push(node);
    }
    for (const h of new Set(read(node).map(home))) if (!views.has(node.op)) left.set(h, (left.get(h) ?? 0) + 1);
  }
  for (const o of p.outputs) left.set(home(o.node), Number.POSITIVE_INFINITY);
  const result: Node[] = [];
  const done = new Set<Node>();
  const ready: Node[] = [];
  const taken = (node: Node): number => {
    if (views.has(node.op) || sources.has(node.op)) return 0;
    const freed = [...new Set(node.inputs.map(home))].filter((h) => left.get(h) === 1 && !sources.has(h.op));
    return bytesOf(node, binding) - freed.reduce((n, h) => n + bytesOf(h, binding), 0);
  };
  const run = (node: Node): void => {
    done.add(node);
    result.push(node);
    if (!views.has(node.op)) for (const h of new Set(read(node).map(home))) left.set(h, left.get(h)! - 1);
    for (const r of readers.get(node) ?? []) {
      const rest = waiting.get(r)! - 1;
      waiting.set(r, rest);
      if (rest === 0) ready.push(r);
    }
  };
  for (const node of order) {
    if (done.has(node)) continue;
    run(node);
    for (let at = 0; at < ready.length; ) {
      const next = ready[at]!;
      if (!done.has(next) && taken(next) > 0) at++;
      else {
        ready.splice(at, 1);
        if (done.has(next)) continue;
        run(next);
        at = 0;
      }
    }
  }
  return result;
}

/**
 * The nodes of a program in the order in which they should run. Orders from the outputs down, first to last and last to
 * first, as they are and made eager, are compared by the bytes alive at once; the first of the best is taken.
 */
export function scheduled(p: Program, given: Binding = {}): Node[] {
  const binding = boundFor(p, given);
  const roots = p.outputs.map((o) => o.node);
  const plain = nodesOf(p);
  const reversed = topological([...p.inputs, ...roots.reverse()]);
  const orders = [plain, reversed, eager(p, plain, binding), eager(p, reversed, binding)];
  let best = plain;
  let least = Number.POSITIVE_INFINITY;
  for (const order of orders) {
    const { bytes } = peakOf(livesOf(p, order, binding), order.length);
    if (bytes < least) [best, least] = [order, bytes];
  }
  return best;
}
