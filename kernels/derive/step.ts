/**
 * A decoding step is derived from the whole forward pass: along the text axis only the new tokens are computed, and what
 * they look back at is kept as state. Step by step it is the same function.
 */
import { add, sub } from "../ir/elementwise.ts";
import { cumsum } from "../ir/lookup.ts";
import { type Attr, type Attrs, type Axis, at, axisOf, hasAxis, make, type Node, namesOf, without } from "../ir/node.ts";
import { inputOf, nodesOf, type Output, output, type Program, program, topological } from "../ir/program.ts";
import { sum } from "../ir/reduce.ts";
import { mapProgram } from "../ir/rewrite.ts";
import { concat, expand, pick, rename, slice } from "../ir/shape.ts";
import { minus, plus, type Size, substitute, symbolsOf } from "../ir/size.ts";
import { constant, input, iota, sizeOf } from "../ir/source.ts";
import { beforeGradients, optimized, through } from "../rules/passes.ts";
import { mentions, sunk } from "./sink.ts";

/** Which step to derive. */
export interface Step {
  /** The name of the derived program. */
  readonly name: string;
  /** The text axis along which tokens come one after another. */
  readonly axis: string;
  /** Inputs that have one value while decoding, such as the presence of the text, which is 1. */
  readonly constants?: Readonly<Record<string, number>>;
  /** New names of inputs and outputs. */
  readonly names?: Readonly<Record<string, string>>;
  /** How many tokens come at once, 1 by default. With 1 the axis is gone from outputs (inputs keep it). */
  readonly tokens?: Size;
}

/** The size of what came before, in every step: 0 at first. */
const past = "past";

class Stepping {
  readonly states: Output[] = [];
  private readonly done = new Map<Node, Node>();
  private readonly step: Step;
  private readonly fresh: Size;
  /** The size symbol of the text axis, and its other names. */
  private readonly length: Size;
  private readonly twins: ReadonlySet<string>;

  constructor(p: Program, step: Step) {
    this.step = step;
    this.fresh = step.tokens ?? 1;
    const found = nodesOf(p).flatMap((n) => n.axes.filter((a) => a.name === step.axis));
    if (found.length === 0) throw new Error(`${p.name} has no axis ${step.axis} to step along`);
    this.length = found[0]!.size;
    const renamings = nodesOf(p).filter((n) => n.op === "cached" && n.attrs.of === step.axis);
    this.twins = new Set(renamings.map((n) => n.attrs.axis as string));
  }

  /** What a node of the whole pass is in the step. */
  of(node: Node): Node {
    let result = this.done.get(node);
    if (!result) {
      result = at(node.origin, () => this.made(node));
      this.done.set(node, result);
    }
    return result;
  }

  private axis(a: Axis): Axis {
    if (a.name === this.step.axis) return { name: a.name, size: this.fresh };
    if (this.twins.has(a.name)) return { name: a.name, size: plus(past, this.fresh) };
    if (symbolsOf(a.size).includes(String(this.length)))
      throw new Error(`a step along ${this.step.axis} cannot cut ${a.name}=${a.size}`);
    return a;
  }

  private attrs(value: Attr): Attr {
    if (Array.isArray(value)) return value.map((v) => this.attrs(v as Attr));
    if (typeof value !== "object" || value === null) return value;
    const record = value as Attrs;
    if (typeof record.name === "string" && record.size !== undefined) return this.axis(record as unknown as Axis);
    return Object.fromEntries(Object.entries(record).map(([k, v]) => [k, this.attrs(v)]));
  }

  private made(node: Node): Node {
    const text = this.step.axis;
    if (node.op === "input") return this.given(node);
    if (node.op === "cached" && node.attrs.of === text) return this.kept(node);
    if (node.op === "size")
      return sizeOf(substitute(node.attrs.size as Size, { [this.length]: plus(past, this.fresh) }), node.dtype);
    if (node.op === "iota" && hasAxis(node, text)) return add(iota(this.axis(node.axes[0]!)), sizeOf(past, "i32"));
    if (node.op === "pad" && node.attrs.axis === text) return this.shifted(node);
    if (node.op === "cumsum" && node.attrs.axis === text) return this.summed(node);
    if (node.op !== "expand" && mentions(node, text))
      throw new Error(`${node.op} along ${text} looks at positions that a step has not kept`);
    return make(
      node.op,
      node.inputs.map((i) => this.of(i)),
      this.attrs(node.attrs) as Attrs,
    );
  }

  private given(node: Node): Node {
    const { name, role, dtype } = inputOf(node);
    const value = this.step.constants?.[name];
    const axes = node.axes.map((a) => this.axis(a));
    return value === undefined ? input(this.step.names?.[name] ?? name, role, dtype, axes) : expand(constant(value, dtype), axes);
  }

  /** State: an input for what was, an output of the same name for what will be. */
  private state(kind: string, like: Node, axes: readonly Axis[], next: (old: Node) => Node): Node {
    const name = `${kind}.${this.states.length + 1}`;
    const old = input(name, "state", like.dtype, axes);
    this.states.push(output(name, "state", next(old), namesOf(axes)));
    return old;
  }

  /** A cache: what was looked back at before, and the new after it. What no input decides is simply made longer. */
  private kept(node: Node): Node {
    const twin = node.attrs.axis as string;
    const [x] = node.inputs;
    if (!this.told(x!)) return this.renamed(x!, twin);
    const value = rename(this.of(x!), { [this.step.axis]: twin });
    // The twin stands before the last axis, where products with what is kept want it.
    const rest = without(value.axes, [twin]);
    const order = [...rest.slice(0, -1), { name: twin, size: past }, ...rest.slice(-1)];
    const axes = rest.length === 1 ? [rest[0]!, { name: twin, size: past }] : order;
    let grown = value;
    this.state("cache", value, axes, (old) => {
      grown = concat([old, value], twin);
      return grown;
    });
    return grown;
  }

  /** Whether an input along the text decides a node. */
  private told(node: Node): boolean {
    const read = (n: Node) =>
      n.op === "input" && hasAxis(n, this.step.axis) && this.step.constants?.[inputOf(n).name] === undefined;
    return topological([node]).some(read);
  }

  /** The same computation along the twin. */
  private renamed(node: Node, twin: string): Node {
    if (!hasAxis(node, this.step.axis)) return this.of(node);
    if (node.op === "iota") return iota(this.axis({ name: twin, size: this.length }));
    if (node.op === "input")
      return expand(constant(this.step.constants![inputOf(node).name]!, node.dtype), this.twinned(node.axes, twin));
    const attrs = JSON.parse(
      JSON.stringify(node.attrs).replaceAll(JSON.stringify(this.step.axis), JSON.stringify(twin)),
    ) as Attrs;
    return make(
      node.op,
      node.inputs.map((i) => this.renamed(i, twin)),
      this.attrs(attrs) as Attrs,
    );
  }

  private twinned(axes: readonly Axis[], twin: string): Axis[] {
    return axes.map((a) => this.axis(a.name === this.step.axis ? { name: twin, size: a.size } : a));
  }

  /** x moved by n positions with zeros before: the last n values are state. */
  private shifted(node: Node): Node {
    const text = this.step.axis;
    const [cut] = node.inputs;
    const { before, after, value } = node.attrs as { before: Size; after: Size; value: number };
    const whole = cut!.inputs[0];
    const plain =
      cut!.op === "slice" && cut!.attrs.axis === text && cut!.attrs.start === 0 && after === 0 && typeof before === "number";
    if (!plain || cut!.attrs.size !== minus(axisOf(whole!, text)!.size, before)) throw new Error(`pad along ${text} is no shift`);
    const x = value === 0 ? this.of(whole!) : sub(this.of(whole!), value);
    const axes = x.axes.map((a) => (a.name === text ? { name: text, size: before } : a));
    const join = (old: Node) => concat([old, x], text);
    const old = this.state("shift", x, axes, (o) => slice(join(o), text, this.fresh, before));
    const result = slice(join(old), text, 0, this.fresh);
    return value === 0 ? result : add(result, value);
  }

  /** A running sum goes on from the sum so far. */
  private summed(node: Node): Node {
    if (node.attrs.reverse) throw new Error("a running sum from the end looks at tokens that are not there yet");
    const x = this.of(node.inputs[0]!);
    const total = sum(x, [this.step.axis]);
    const old = this.state("sum", x, total.axes, (o) => add(o, total));
    return add(cumsum(x, this.step.axis, { exclusive: node.attrs.exclusive as boolean }), old);
  }
}

/** Renamings of the text axis are caches too, marked or not. */
const marked = (p: Program, text: string): Program => {
  const become = (node: Node): Node => {
    if (node.op !== "rename" || !(node.attrs.from as string[]).includes(text)) return node;
    const to = (node.attrs.to as string[])[(node.attrs.from as string[]).indexOf(text)]!;
    const [x] = node.inputs;
    const rest = Object.fromEntries(
      (node.attrs.from as string[]).map((f, i) => [f, (node.attrs.to as string[])[i]!]).filter(([f]) => f !== text),
    );
    return rename(make("cached", [x!], { of: text, axis: to }), rest);
  };
  return mapProgram(p, become);
};

/**
 * The step of a program whose outputs stand at each position of a text (as next-token log-probabilities `[b, t, vocab]`).
 * Inputs along the text have the new tokens only. State inputs and outputs of one name: `cache.n` with an axis of size
 * `past` that grows (0 at first), `shift.n` and `sum.n` of fixed size (zeros at first). Throws where a program looks at
 * positions in a way that no state can hold.
 */
export function decodingStep(given: Program, step: Step): Program {
  const p = sunk(marked(through(given, beforeGradients), step.axis));
  const stepping = new Stepping(p, step);
  const single = (step.tokens ?? 1) === 1;
  const results = p.outputs.map((o) => {
    const node = stepping.of(o.node);
    const order = namesOf(o.axes).filter((n) => !single || n !== step.axis);
    return output(
      step.names?.[o.name] ?? o.name,
      o.role,
      single && hasAxis(node, step.axis) ? pick(node, step.axis, 0) : node,
      order,
    );
  });
  const inputs = p.inputs.map((i) => stepping.of(i)).filter((i) => i.op === "input");
  return optimized(program(step.name, [...results, ...stepping.states], inputs));
}
