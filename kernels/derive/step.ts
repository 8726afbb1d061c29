/**
 * A decoding step is derived from the whole forward pass: along the text axis only the new tokens are computed, and what
 * they look back at is kept as state. Step by step it is the same function, from the start (prefill) as in its midst, for one
 * token as for several, one after another or as a tree.
 */
import { add, sub } from "../ir/elementwise.ts";
import { gather } from "../ir/lookup.ts";
import { type Attr, type Attrs, type Axis, at, axisOf, hasAxis, make, type Node, namesOf, without } from "../ir/node.ts";
import { inputOf, nodesOf, output, type Program, program, topological } from "../ir/program.ts";
import { mapProgram } from "../ir/rewrite.ts";
import { expand, pick, rename } from "../ir/shape.ts";
import { minus, plus, type Size, substitute, symbolsOf } from "../ir/size.ts";
import { constant, input, sizeInput, sizeOf } from "../ir/source.ts";
import { beforeGradients, optimized, through } from "../rules/passes.ts";
import { early } from "./early.ts";
import { cacheAxes } from "./layout.ts";
import { narrowed, standsFor } from "./narrow.ts";
import { type Coming, capacity, Places, past } from "./places.ts";
import { mentions, sunk } from "./sink.ts";
import { States } from "./states.ts";

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
  /** The axis of rows, where each row stands at a place of its own: the input `at` (i32) says where. */
  readonly rows?: string;
  /**
   * Nothing came before (prefill). With rows, `count` (i32) says how many tokens of each are real; the rest is padding on the right.
   * Outputs stand after the last token of each row only.
   */
  readonly start?: boolean;
  /** The tokens are read, after whatever came before: `count` and outputs as at the start. */
  readonly resumes?: boolean;
  /** The input (i32 [rows]) that says at which place the last of what is given stands: in a prefill its last token, afterwards what that was. */
  readonly given?: string;
  /** How many tokens will be kept is decided afterwards: `committing` makes the program that does. */
  readonly open?: boolean;
  /** The tokens are a tree: `tree` (f32 [rows, axis, tree]) is 1 where a token is on the way to another or itself. */
  readonly tree?: boolean;
}

class Stepping {
  readonly states: States;
  private readonly done = new Map<Node, Node>();
  private readonly step: Step;
  private readonly program: Program;
  private readonly coming: Coming;
  private readonly places: Places;
  /** The size symbol of the text axis, and its other names. */
  private readonly length: Size;
  private readonly twins: ReadonlySet<string>;
  /** By what is kept, the axes that products with it sum or keep: they stand last in its cache. */
  private readonly inner = new Map<Node, readonly string[]>();

  constructor(p: Program, step: Step) {
    this.step = step;
    this.program = p;
    const found = nodesOf(p).flatMap((n) => n.axes.filter((a) => a.name === step.axis));
    if (found.length === 0) throw new Error(`${p.name} has no axis ${step.axis} to step along`);
    this.length = found[0]!.size;
    const rows = nodesOf(p).flatMap((n) => n.axes.filter((a) => a.name === step.rows))[0];
    if (step.rows && !rows) throw new Error(`${p.name} has no axis ${step.rows} of rows`);
    const text = { name: step.axis, size: step.tokens ?? 1 };
    const { start = false, resumes = false, tree = false } = step;
    this.coming = { text, ...(rows ? { rows } : {}), start, counted: start || resumes, tree };
    this.places = new Places(this.coming);
    this.states = new States(this.coming, this.places, step.open ?? false);
    this.twins = twinsOf(p, step.axis);
    for (const node of nodesOf(p)) this.products(node);
  }

  /** Notes what a product does with what is kept: keys are summed over their inner axes, values keep them. */
  private products({ op, inputs, attrs }: Node): void {
    const [a, b, c] = inputs as [Node, Node, Node];
    if (op !== "contract" && op !== "attention") return;
    const over = attrs.over as readonly string[];
    const note = (x: Node, other: Node, summed: readonly string[]) => {
      if (x.op !== "cached" || x.attrs.of !== this.step.axis || this.inner.has(x)) return;
      const own = x.axes.filter((axis) => axis.name !== x.attrs.axis && !hasAxis(other, axis.name));
      this.inner.set(x, summed.includes(x.attrs.axis as string) ? namesOf(own) : summed);
    };
    note(a, b, over);
    note(b, a, over);
    if (op === "attention") note(c, a, [attrs.along as string]);
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

  /** What stands after the last token of each row. */
  last(node: Node): Node {
    const { text } = this.coming;
    return hasAxis(node, text.name) ? gather(node, sub(this.places.count, 1), text.name) : node;
  }

  /** How many places there are to look at: the past and the new tokens. */
  private get whole(): Size {
    return this.coming.start ? this.coming.text.size : plus(past, this.coming.text.size);
  }

  private axis(a: Axis): Axis {
    if (a.name === this.step.axis) return this.coming.text;
    if (this.twins.has(a.name)) return { name: a.name, size: this.whole };
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
    if (node.op === "size") return sizeOf(substitute(node.attrs.size as Size, { [this.length]: this.whole }), node.dtype);
    if (node.op === "iota" && hasAxis(node, text)) return this.places.query;
    if (node.op === "iota" && this.twins.has(node.axes[0]!.name)) return this.places.key(this.axis(node.axes[0]!));
    if (node.op === "pad" && node.attrs.axis === text) return this.shifted(node);
    if (node.op === "cumsum" && node.attrs.axis === text) return this.summed(node);
    if (node.op !== "expand" && mentions(node, text))
      throw new Error(`${node.op} along ${text} looks at positions that a step has not kept`);
    const inputs = node.inputs.map((i) => this.of(i));
    if (node.op === "expand") return this.spread(inputs[0]!, node);
    return make(node.op, node.op === "concat" ? this.alike(inputs, node) : inputs, this.attrs(node.attrs) as Attrs);
  }

  /** An expansion: what differs by row here has the axis of rows already. */
  private spread(x: Node, node: Node): Node {
    const axes = (node.attrs.axes as readonly Axis[]).map((a) => this.axis(a));
    return expand(
      x,
      axes.filter((a) => !hasAxis(x, a.name)),
    );
  }

  /** Parts of a concatenation, each with the axes of rows that another has. */
  private alike(parts: readonly Node[], node: Node): Node[] {
    const rows = parts.flatMap((p) => without(p.axes, [node.attrs.axis as string])).filter((a) => a.name === this.step.rows);
    return parts.map((p) => (rows[0] && !hasAxis(p, rows[0].name) ? expand(p, [rows[0]]) : p));
  }

  private given(node: Node): Node {
    const { name, role, dtype } = inputOf(node);
    const twin = standsFor(name);
    if (twin) return this.places.visible(this.axis(axisOf(node, twin)!));
    if (name === this.step.given) return this.states.fixed(dtype, this.coming.rows!, sub(this.places.count, 1));
    const value = this.step.constants?.[name];
    const axes = node.axes.map((a) => this.axis(a));
    return value === undefined ? input(this.step.names?.[name] ?? name, role, dtype, axes) : expand(constant(value, dtype), axes);
  }

  /** A cache: what was looked back at before, and the new after it. What no input decides is simply made longer. */
  private kept(node: Node): Node {
    const twin = node.attrs.axis as string;
    const [x] = node.inputs;
    if (!this.told(x!)) return this.renamed(x!, twin);
    const value = rename(this.of(x!), { [this.step.axis]: twin });
    return this.states.cache(value, cacheAxes(this.program, node, value, { name: twin, size: capacity }), twin);
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
    if (node.op === "iota") return this.places.key(this.axis({ name: twin, size: this.length }));
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

  /** x moved by n positions with one value before: the last n values are state. */
  private shifted(node: Node): Node {
    const text = this.step.axis;
    const [cut] = node.inputs;
    const { before, after, value } = node.attrs as { before: Size; after: Size; value: number };
    const whole = cut!.inputs[0];
    const plain =
      cut!.op === "slice" && cut!.attrs.axis === text && cut!.attrs.start === 0 && after === 0 && typeof before === "number";
    if (!plain || cut!.attrs.size !== minus(axisOf(whole!, text)!.size, before)) throw new Error(`pad along ${text} is no shift`);
    const x = value === 0 ? this.of(whole!) : sub(this.of(whole!), value);
    const result = this.states.shift(x, before);
    return value === 0 ? result : add(result, value);
  }

  /** A running sum goes on from the sum so far. */
  private summed(node: Node): Node {
    if (node.attrs.reverse) throw new Error("a running sum from the end looks at tokens that are not there yet");
    return this.states.sums(this.of(node.inputs[0]!), node.attrs.exclusive as boolean);
  }
}

const twinsOf = (p: Program, text: string): Set<string> =>
  new Set(nodesOf(p).flatMap((n) => (n.op === "cached" && n.attrs.of === text ? [n.attrs.axis as string] : [])));

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

/** The whole pass as a step wants it: caches marked and near the outputs, and what rows and branches must not see said. */
function prepared(given: Program, { axis, rows, tree = false }: Step): Program {
  if (!rows && !tree) return sunk(marked(through(given, beforeGradients), axis));
  const all = marked(given, axis);
  return sunk(marked(through(narrowed(all, axis, twinsOf(all, axis), tree), beforeGradients), axis));
}

/**
 * The step of a program whose outputs stand at each position of a text (as next-token log-probabilities `[b, t, vocab]`).
 * Inputs along the text have the new tokens only. `past` (role `size`) is the number of tokens before, of the longest row. State
 * inputs and outputs of one name: `cache.n`, whose twin of the text has `capacity` places, at least `past` and the new ones;
 * `shift.n` and `sum.n` of fixed size (zeros at first). Throws where a program looks at positions in a way that no state can hold.
 */
export function decodingStep(given: Program, step: Step): Program {
  const p = prepared(given, step);
  const stepping = new Stepping(p, step);
  const reads = step.start || step.resumes;
  const single = (step.tokens ?? 1) === 1 || reads;
  const results = p.outputs.map((o) => {
    const node = stepping.of(o.node);
    const order = namesOf(o.axes).filter((n) => !single || n !== step.axis);
    const one = reads ? stepping.last(node) : hasAxis(node, step.axis) ? pick(node, step.axis, 0) : node;
    return output(step.names?.[o.name] ?? o.name, o.role, single ? one : node, order);
  });
  const inputs = p.inputs.filter((i) => !standsFor(inputOf(i).name)).map((i) => stepping.of(i));
  const order = [...inputs.filter((i) => i.op === "input"), ...(step.start ? [] : [sizeInput(past)])];
  const made = program(step.name, [...results, ...stepping.states.outputs], order);
  return optimized(reads ? early(made, [step.axis]) : made);
}
