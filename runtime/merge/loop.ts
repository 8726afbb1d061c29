/**
 * A merge's program as a loop over the places of one tensor, in this process: what is elementwise is one pass without anything in between,
 * reductions over all places are passes before it, so memory stays at the tensors themselves. Numbers are float64 until they are stored.
 * Knows programs, and nothing of files or devices.
 */
import { decompose, type Node, nthLargestOf, opOf, type Program } from "../../kernels/index.ts";
import { type Expression, scalarOf } from "./loop-ops.ts";

/** Numbers by input: one, or one for each run. */
export type Numbers = Readonly<Record<string, number | readonly number[]>>;
/** Runs a merge over tensors of one length; the result is written into `into`, which may be one of them. */
export type Loop = (tensors: Readonly<Record<string, Float32Array>>, numbers: Numbers, into: Float32Array) => void;

/** The loop of a program of one tensor, or undefined where it has an operation that is more than a pass over places. */
export function loopOf(program: Program): Loop | undefined {
  const plain = decompose(program, (op) => op.scalar !== undefined || op.reference !== undefined || op.name === "nthLargest");
  const writer = new LoopWriter();
  try {
    const body = writer.program(plain.outputs[0]!.node);
    const made = new Function("tensors", "numbers", "into", "calls", "nthLargestOf", body);
    const { calls } = writer;
    return (tensors, numbers, into) => void made(tensors, numbers, into, calls, nthLargestOf);
  } catch (error) {
    if (error instanceof NoLoop) return undefined;
    throw error;
  }
}

class NoLoop extends Error {}

/** Where a lane stands: the place along each axis of constant size. */
type Lane = Readonly<Record<string, number>>;

/** What a pass does at each place: the product of these nodes, in a lane, is written. */
type Pass = { readonly of: readonly Node[]; readonly lane: Lane; readonly write: (value: string) => string };

const isWide = (node: Node): boolean => node.axes.some(({ size }) => typeof size !== "number");
const overWide = (node: Node): boolean => {
  const over = node.attrs.over as readonly string[] | undefined;
  const [x] = node.inputs;
  return over !== undefined && x!.axes.some(({ name, size }) => typeof size !== "number" && over.includes(name));
};

/** The axes of runs that a reduction goes over, besides all places. */
const runsOver = (node: Node): Node["axes"] =>
  node.inputs[0]!.axes.filter(
    ({ name, size }) => typeof size === "number" && (node.attrs.over as readonly string[]).includes(name),
  );

/** Writes the passes. A lane of a node is one number at each place (wide), or one for all places. */
class LoopWriter {
  readonly calls: ((...given: number[]) => number)[] = [];
  readonly #lines: string[] = [];
  readonly #names = new Map<string, string>();
  readonly #levels = new Map<Node, number>();
  readonly #varying = new Map<Node, boolean>();
  /** Names of numbers for all places that stand already. */
  readonly #known = new Map<string, string>();

  program(value: Node): string {
    const last = this.#level(value);
    for (let level = 1; level <= last; level++) this.#reduce(this.#reductions(value, level));
    this.#loop([{ of: [value], lane: this.#laneOf(value, {}), write: (x) => `into[i] = ${x};` }]);
    return ["const n = into.length;", ...this.#lines].join("\n");
  }

  /** How many reductions over all places stand behind a node. */
  #level(node: Node): number {
    const known = this.#levels.get(node);
    if (known !== undefined) return known;
    const wide = node.axes.filter(({ size }) => typeof size !== "number");
    if (wide.length > 1) throw new NoLoop();
    const level = node.inputs.reduce((most, x) => Math.max(most, this.#level(x)), 0) + (overWide(node) ? 1 : 0);
    this.#levels.set(node, level);
    return level;
  }

  #reductions(root: Node, level: number, seen = new Set<Node>()): Node[] {
    if (seen.has(root)) return [];
    seen.add(root);
    const below = root.inputs.flatMap((x) => this.#reductions(x, level, seen));
    return overWide(root) && this.#level(root) === level ? [...below, root] : below;
  }

  /** Every lane of reductions over all places that do not wait for each other: one pass for all that are added up, one for each selection. */
  #reduce(nodes: readonly Node[]): void {
    const folded: Pass[] = [];
    for (const node of nodes)
      for (const lane of lanes(node.axes)) {
        const name = `r${this.#known.size}`;
        this.#known.set(key(node, lane), name);
        if (node.op === "nthLargest") this.#select(node, lane, name);
        else folded.push(...this.#folded(node, lane, name));
      }
    if (folded.length > 0) this.#loop(folded);
  }

  #folded(node: Node, lane: Lane, name: string): Pass[] {
    const [start, join] = folds[node.op] ?? [];
    if (start === undefined || join === undefined) throw new NoLoop();
    this.#lines.push(`let ${name} = ${start};`);
    const write = (value: string): string => join(name, value);
    return lanes(runsOver(node)).map((more) => ({ of: node.inputs, lane: { ...lane, ...more }, write }));
  }

  #select(node: Node, lane: Lane, name: string): void {
    if (runsOver(node).length > 0) throw new NoLoop();
    const [x, count] = node.inputs as [Node, Node];
    // One selection after another: what the first looked through is of no use to the next.
    const values = this.#outside("new Float32Array(n)", "t", "");
    this.#loop([{ of: [x], lane, write: (value) => `${values}[i] = ${value};` }]);
    const { text, setup } = this.#expression(count, this.#laneOf(count, lane));
    this.#lines.push(...setup, `const ${name} = nthLargestOf(${values}, ${text});`);
  }

  /** A pass over all places. */
  #loop(passes: readonly Pass[]): void {
    const setup = new Set<string>();
    const written = passes.map(({ of, lane, write }) => {
      const parts = of.map((x) => this.#expression(x, this.#laneOf(x, lane)));
      for (const line of parts.flatMap((part) => part.setup)) setup.add(line);
      return write(parts.map(({ text }) => text).join(" * "));
    });
    this.#lines.push(`for (let i = 0; i < n; i++) {\n${[...setup, ...written].join("\n")}\n}`);
  }

  /** Whether a node may be another number at another place. */
  #varies(node: Node): boolean {
    const known = this.#varying.get(node);
    if (known !== undefined) return known;
    const found = node.op === "input" ? isWide(node) : !overWide(node) && node.inputs.some((x) => this.#varies(x));
    this.#varying.set(node, found);
    return found;
  }

  /** What makes one lane of a node, in order, and what it is called then. */
  #expression(node: Node, lane: Lane): { text: string; setup: string[] } {
    const setup: string[] = [];
    const done = new Map<string, string>();
    const text = (x: Node, at: Lane): string => {
      const own = this.#laneOf(x, at);
      const id = key(x, own);
      const known = this.#known.get(id) ?? done.get(id);
      if (known !== undefined) return known;
      const written = this.#operation(x, own, text);
      if (/^[\w.-]+$/.test(written)) return written;
      const name = this.#names.get(id) ?? `v${this.#names.size}`;
      this.#names.set(id, name);
      const line = `const ${name} = ${written};`;
      // What is the same at all places is made once, before the pass.
      if (this.#varies(x)) setup.push(line);
      else this.#lines.push(line);
      (this.#varies(x) ? done : this.#known).set(id, name);
      return name;
    };
    return { text: text(node, lane), setup };
  }

  #operation(node: Node, lane: Lane, text: (x: Node, at: Lane) => string): string {
    const { op, inputs, attrs } = node;
    const [x] = inputs;
    if (op === "input") return this.#input(node, lane);
    if (op === "const") return numberText(Number(attrs.value));
    if (op === "expand") return text(x!, lane);
    if (op === "squeeze") return text(x!, { ...lane, [attrs.axis as string]: 0 });
    if (op === "concat" || op === "slice") return moved(node, lane, text);
    if (op === "sum" || op === "reduceMax" || op === "reduceMin" || op === "contract") return this.#fold(node, lane, text);
    const scalar: Expression | undefined = scalarOf(node, opOf(op), this.calls);
    if (scalar === undefined) throw new NoLoop();
    return scalar(inputs.map((each) => text(each, lane)));
  }

  /** A reduction over the runs alone: as many operands as there are. */
  #fold(node: Node, lane: Lane, text: (x: Node, at: Lane) => string): string {
    const over = node.attrs.over as readonly string[];
    const all = lanes(node.inputs[0]!.axes.filter(({ name }) => over.includes(name)));
    const terms = all.map((more) => node.inputs.map((x) => text(x, { ...lane, ...more })).join(" * "));
    if (node.op === "reduceMax") return `Math.max(${terms.join(", ")})`;
    return node.op === "reduceMin" ? `Math.min(${terms.join(", ")})` : `(${terms.join(" + ")})`;
  }

  #input(node: Node, lane: Lane): string {
    const name = node.attrs.name as string;
    if (node.attrs.role === "size") return "n";
    if (isWide(node)) {
      if (node.axes.length > 1) throw new NoLoop();
      return this.#outside(`tensors[${JSON.stringify(name)}]`, "x", "[i]");
    }
    if (node.axes.length > 1) throw new NoLoop();
    const at = node.axes.length === 0 ? 0 : lane[node.axes[0]!.name]!;
    const source = `numbers[${JSON.stringify(name)}]`;
    return this.#outside(`(typeof ${source} === "number" ? ${source} : ${source}[${at}])`, "s", "");
  }

  /** Reads something once, before all passes. */
  #outside(source: string, letter: string, place: string): string {
    const known = this.#known.get(source) ?? `${letter}${this.#known.size}`;
    if (!this.#known.has(source)) {
      this.#known.set(source, known);
      this.#lines.unshift(`const ${known} = ${source};`);
    }
    return `${known}${place}`;
  }

  /** The part of a lane that a node has axes for. */
  #laneOf(node: Node, lane: Lane): Lane {
    const own = node.axes.filter(({ name, size }) => typeof size === "number" && lane[name] !== undefined);
    return Object.fromEntries(own.map(({ name }) => [name, lane[name]!]));
  }
}

const key = (node: Node, lane: Lane): string =>
  `${node.id} ${Object.entries(lane)
    .sort()
    .map(([name, at]) => `${name}=${at}`)
    .join(" ")}`;

const folds: Readonly<Record<string, readonly [start: string, join: (name: string, value: string) => string]>> = {
  sum: ["0", (name, value) => `${name} += ${value};`],
  contract: ["0", (name, value) => `${name} += ${value};`],
  reduceMax: ["-Infinity", (name, value) => `${name} = Math.max(${name}, ${value});`],
  reduceMin: ["Infinity", (name, value) => `${name} = Math.min(${name}, ${value});`],
};

/** A part of a tensor along an axis of constant size: which operand holds the place, and where there. */
function moved({ op, inputs, attrs }: Node, lane: Lane, text: (x: Node, at: Lane) => string): string {
  const along = attrs.axis as string;
  let place = lane[along];
  if (place === undefined) throw new NoLoop();
  if (op === "slice") {
    if (typeof attrs.start !== "number") throw new NoLoop();
    return text(inputs[0]!, { ...lane, [along]: place + attrs.start });
  }
  for (const part of inputs) {
    const size = Number(part.axes.find(({ name }) => name === along)!.size);
    if (place < size) return text(part, { ...lane, [along]: place });
    place -= size;
  }
  throw new NoLoop();
}

/** Every place along axes of constant size. */
function lanes(axes: Node["axes"]): Lane[] {
  return axes.reduce<Lane[]>(
    (all, { name, size }) =>
      typeof size === "number" ? all.flatMap((lane) => Array.from({ length: size }, (_, i) => ({ ...lane, [name]: i }))) : all,
    [{}],
  );
}

const numberText = (value: number): string => (value < 0 || Object.is(value, -0) ? `(${value})` : String(value));
