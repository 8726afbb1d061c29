/**
 * Recomputation under a memory budget: what is made early, read late and cheap to make again is made again just before it is
 * read (Griewank and Walther 2000, "Revolve"; Chen et al. 2016, "Training deep nets with sublinear memory cost"). What goes is
 * chosen by the bytes it frees for the work of making it anew, until the plan fits. The numbers stay the same.
 */
import { flopsOf, movedBytes } from "../cost/node.ts";
import { at, make, type Node } from "../ir/node.ts";
import type { Program } from "../ir/program.ts";
import { mapProgram, withInputs } from "../ir/rewrite.ts";
import { type Binding, evaluate } from "../ir/size.ts";
import { after } from "../ops/after.ts";
import { boundFor, home, type Lived, livesOf, peakOf, scheduled, sources, views } from "../schedule.ts";

/** Operations that a byte moved is worth, about: engines do tens of them while they load one. */
const flopsPerByte = 50;

/** A result that lies idle across the peak, and what making it again takes. */
interface Idle {
  readonly node: Node;
  readonly bytes: number;
  /** The step at which it is first read again. */
  readonly wanted: number;
  /** Nodes that are made again with it: itself and what it needs that is not there any more. */
  readonly again: readonly Node[];
  readonly work: number;
}

/** How many nodes one result may take with it. */
const reach = 48;

class Timeline {
  readonly order: readonly Node[];
  readonly peak: { readonly bytes: number; readonly step: number };
  readonly lives: ReadonlyMap<Node, Lived>;
  private readonly place: ReadonlyMap<Node, number>;
  private readonly readers = new Map<Node, number[]>();
  private readonly binding: Binding;

  constructor(p: Program, binding: Binding) {
    this.binding = binding;
    this.order = scheduled(p, binding);
    const lives = livesOf(p, this.order, binding);
    this.peak = peakOf(lives, this.order.length);
    this.lives = new Map(lives.map((l) => [l.node, l]));
    this.place = new Map(this.order.map((n, i) => [n, i]));
    this.order.forEach((n, i) => {
      if (!views.has(n.op)) for (const x of n.inputs) this.readers.set(home(x), [...(this.readers.get(home(x)) ?? []), i]);
    });
  }

  at(node: Node): number {
    return this.place.get(node)!;
  }

  /** When a result is first read after the peak. */
  wanted(node: Node): number {
    return (this.readers.get(node) ?? []).reduce((n, i) => (i > this.peak.step && i < n ? i : n), Number.POSITIVE_INFINITY);
  }

  /** Work of one node, in bytes: those it moves, and its operations as bytes. */
  work(node: Node): number {
    return evaluate(movedBytes(node), this.binding) + evaluate(flopsOf(node), this.binding) / flopsPerByte;
  }

  /** The nodes that must be made again for `node` at `step`, in order; undefined where it takes too many or cannot be. */
  again(node: Node, step: number, gone: ReadonlySet<Node>, fixed: (node: Node) => boolean): Node[] | undefined {
    const found = new Set<Node>();
    const need = (x: Node): boolean => {
      if (found.has(x) || sources.has(x.op)) return true;
      const life = this.lives.get(home(x));
      if (x !== node && !gone.has(home(x)) && life && life.last >= step) return true;
      if (fixed(x) || found.size >= reach) return false;
      found.add(x);
      return x.inputs.every(need);
    };
    return need(node) ? [...found].sort((a, b) => this.at(a) - this.at(b)) : undefined;
  }
}

/** What lies idle at the peak, the most bytes for the least work first. */
function idle(t: Timeline, fixed: (node: Node) => boolean): Idle[] {
  const found: Idle[] = [];
  for (const { node, bytes, first, last } of t.lives.values()) {
    if (first >= t.peak.step || last <= t.peak.step || fixed(node)) continue;
    const wanted = t.wanted(node);
    const again = Number.isFinite(wanted) ? t.again(node, wanted, new Set(), fixed) : undefined;
    if (again) found.push({ node, bytes, wanted, again, work: again.reduce((n, x) => n + t.work(x), 0) });
  }
  return found.sort((a, b) => b.bytes / b.work - a.bytes / a.work || t.at(a.node) - t.at(b.node));
}

/** As many of the best as free what is too much. What one needs may be gone by another: each then needs what makes that too. */
function chosen(t: Timeline, most: number, fixed: (node: Node) => boolean): Idle[] {
  const candidates = idle(t, fixed);
  const gone = new Set<Node>();
  let over = t.peak.bytes - most;
  for (const { node, bytes } of candidates) {
    if (over <= 0) break;
    gone.add(node);
    over -= bytes;
  }
  for (;;) {
    const list = candidates.flatMap((c) => {
      const again = gone.has(c.node) ? t.again(c.node, c.wanted, gone, fixed) : undefined;
      return again ? [{ ...c, again }] : [];
    });
    if (list.length === gone.size) return list;
    const kept = new Set(list.map((c) => c.node));
    for (const n of gone) if (!kept.has(n)) gone.delete(n);
  }
}

/** The program with the chosen made again; tells the nodes that were made for it. */
function rewritten(p: Program, t: Timeline, list: readonly Idle[], made: Set<Node>): Program {
  const gone = new Set(list.map((c) => c.node));
  const wanted = new Map<Node, number>();
  for (const c of list) for (const n of c.again) wanted.set(n, Math.min(wanted.get(n) ?? Number.POSITIVE_INFINITY, c.wanted));
  const become = new Map<Node, Node>();
  const anew = new Map<Node, Node>();
  /** What is computed last before a step, of what its node reads if possible: making again waits for it. */
  const signal = (step: number): Node => {
    const fits = (n: Node) => t.at(n) > t.peak.step && t.at(n) < step && !views.has(n.op) && !sources.has(n.op);
    const near = t.order[step]!.inputs.map(home).filter(fits);
    if (near.length > 0) return near.reduce((a, b) => (t.at(a) > t.at(b) ? a : b));
    for (let i = step - 1; ; i--) if (i <= 0 || fits(t.order[i]!) || i <= t.peak.step) return t.order[i]!;
  };
  const clone = (node: Node): Node => {
    if (!wanted.has(node)) return become.get(node)!;
    let result = anew.get(node);
    if (!result) {
      const inputs = node.inputs.map(clone);
      const waits = node.inputs.every((i) => !wanted.has(i));
      const first = node.inputs.findIndex((i) => i.op !== "const" && i.op !== "size");
      const signalled = waits && first >= 0 ? become.get(signal(wanted.get(node)!)) : undefined;
      const late = signalled ? inputs.map((x, i) => (i === first ? after(x, signalled) : x)) : inputs;
      result = at(node.origin, () => make(node.op, late, node.attrs));
      anew.set(node, result);
      made.add(result);
    }
    return result;
  };
  const reads = (node: Node): ((x: Node) => Node) =>
    t.at(node) > t.peak.step ? (x) => (gone.has(home(x)) ? again(x) : become.get(x)!) : (x) => become.get(x)!;
  const again = (x: Node): Node =>
    gone.has(x) ? clone(x) : withInputs(x, [again(x.inputs[0]!), ...x.inputs.slice(1).map((i) => become.get(i)!)]);
  for (const node of t.order) become.set(node, withInputs(node, node.inputs.map(reads(node))));
  for (const n of [...made]) if (become.has(n)) made.add(become.get(n)!);
  return mapProgram(p, (_, was) => become.get(was)!);
}

/** A program within its memory, or as near as making things again brings it; as it is where it has no budget. */
export function recomputed(given: Program): Program {
  if (!given.memory) return given;
  const binding = boundFor(given, given.memory.sizes);
  const made = new Set<Node>();
  let best = given;
  let least = Number.POSITIVE_INFINITY;
  let p = given;
  for (let round = 0; round < 24; round++) {
    const t = new Timeline(p, binding);
    if (t.peak.bytes < least) [best, least] = [p, t.peak.bytes];
    const results = new Set(p.outputs.map((o) => home(o.node)));
    const list = chosen(t, given.memory.bytes, (n) => made.has(n) || results.has(n) || sources.has(n.op));
    if (t.peak.bytes <= given.memory.bytes || list.length === 0) break;
    p = rewritten(p, t, list, made);
  }
  return best;
}
