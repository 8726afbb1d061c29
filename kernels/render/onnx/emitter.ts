/**
 * The emitter keeps what a graph under way holds: nodes, constants, the sizes that symbols have while it runs, and where
 * each tensor of the program lies (a name and the order of its dimensions).
 */
import type { Axis, Node } from "../../ir/node.ts";
import { inputOf, type Program } from "../../ir/program.ts";
import { minus, type Size, sizeTerms, symbolsOf } from "../../ir/size.ts";
import { type ElementType, elementTypes, type OnnxAttribute, type OnnxNode, type OnnxTensor } from "./proto.ts";

/** A tensor in the graph: its name and what its dimensions are. */
export interface Placed {
  readonly name: string;
  readonly order: readonly Axis[];
}

/** A graph under way. */
export class Emitter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly placed = new Map<Node, Placed>();
  private readonly memo = new Map<string, string>();
  private readonly views = new Map<string, { readonly name: string; readonly sizes: readonly Size[] }>();
  private readonly made = new Map<string, string[]>();
  private origin = "";
  private count = 0;
  private readonly program: Program;

  constructor(program: Program) {
    this.program = program;
  }

  /** What the nodes made next are named after. */
  from(node: Node): void {
    this.origin = node.origin.length > 0 ? `${node.op} ${node.origin.join(" ")}` : node.op;
  }

  /** Adds a node of one output and returns the output's name. */
  op(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain: OnnxNode["domain"] = "",
  ): string {
    return this.ops(type, inputs, 1, attributes, domain)[0]!;
  }

  /** Adds a node of several outputs; the same operator on the same values is there already. */
  ops(
    type: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain: OnnxNode["domain"] = "",
  ): string[] {
    const key = `${type}(${inputs.join()}) ${Object.entries(attributes).join(";")}`;
    const known = this.made.get(key);
    if (known && known.length >= outputs) return known;
    const names = Array.from({ length: outputs }, () => `%${this.count++}`);
    this.made.set(key, names);
    this.nodes.push({ type, inputs, outputs: names, attributes, domain, name: `${this.nodes.length} ${type} ${this.origin}` });
    return names;
  }

  /** A value made once for a key. */
  once(key: string, build: () => string): string {
    let name = this.memo.get(key);
    if (name === undefined) {
      name = build();
      this.memo.set(key, name);
    }
    return name;
  }

  /** A constant tensor; equal ones are one. */
  constant(type: ElementType, values: readonly number[], shape: readonly number[] = []): string {
    return this.once(`const ${type} ${shape.join("x")} ${values.join(",")}`, () => {
      const name = `#${this.initializers.length}`;
      this.initializers.push({ name, type, shape, values });
      return name;
    });
  }

  /** A list of int64, such as axes or a shape. */
  ints(...values: number[]): string {
    return this.constant("int64", values, [values.length]);
  }

  /** A size as int64 of shape [1]. */
  size(s: Size): string {
    if (typeof s === "number") return this.ints(s);
    return this.once(`size ${s}`, () => {
      const known = this.dimension(s);
      if (known) return known;
      let total: string | undefined;
      for (const { symbols, top, bottom } of sizeTerms(s)) {
        let term = this.ints(top);
        for (const symbol of symbols)
          term = term === this.ints(1) ? this.symbol(symbol) : this.op("Mul", [term, this.symbol(symbol)]);
        if (bottom !== 1) term = this.op("Div", [term, this.ints(bottom)]);
        total = total === undefined ? term : this.op("Add", [total, term]);
      }
      return total ?? this.ints(0);
    });
  }

  /** The dimension of an input that has exactly this size. */
  private dimension(s: Size): string | undefined {
    for (const node of this.program.inputs) {
      const { name, role } = inputOf(node);
      if (role === "size" && name === s)
        return this.op("Reshape", [this.op("Cast", [name], { to: BigInt(elementTypes.int64) }), this.ints(1)]);
      const at = node.axes.findIndex((a) => a.size === s);
      if (at >= 0) return this.op("Shape", [inputOf(node).name], { start: BigInt(at), end: BigInt(at + 1) });
    }
    return undefined;
  }

  /** A symbol's value: a dimension that is it, or is it plus a constant. */
  private symbol(symbol: string): string {
    return this.once(`symbol ${symbol}`, () => {
      const direct = this.dimension(symbol);
      if (direct) return direct;
      for (const a of this.program.inputs.flatMap((n) => n.axes)) {
        const rest = minus(a.size, symbol);
        if (typeof rest === "number" && symbolsOf(a.size).includes(symbol))
          return this.op("Sub", [this.dimension(a.size)!, this.ints(rest)]);
      }
      throw new Error(`no input of ${this.program.name} tells what ${symbol} is`);
    });
  }

  /** A shape as int64 of one dimension. With at most one size unknown it is a constant that holds -1. */
  shape(sizes: readonly Size[], { exact = false } = {}): string {
    const unknown = sizes.filter((s) => typeof s !== "number").length;
    if (unknown === 0 || (unknown === 1 && !exact && !sizes.includes(0)))
      return this.ints(...sizes.map((s) => (typeof s === "number" ? s : -1)));
    return this.once(`shape ${sizes.join(" ")}`, () => {
      const parts: string[] = [];
      let run: number[] = [];
      const flush = () => {
        if (run.length > 0) parts.push(this.ints(...run));
        run = [];
      };
      for (const s of sizes) {
        if (typeof s === "number") run.push(s);
        else {
          flush();
          parts.push(this.size(s));
        }
      }
      flush();
      return this.op("Concat", parts, { axis: 0n });
    });
  }

  /** A value seen with other dimensions; a view of a view is a view of what lies below. */
  reshape(name: string, from: readonly Size[], to: readonly Size[]): string {
    const same = (a: readonly Size[]) => a.length === to.length && a.every((s, i) => s === to[i]);
    if (same(from)) return name;
    const below = this.views.get(name) ?? { name, sizes: from };
    if (same(below.sizes)) return below.name;
    return this.once(`reshape ${below.name} ${to.join(" ")}`, () => {
      const view = this.op("Reshape", [below.name, this.shape(to)], { allowzero: 1n });
      this.views.set(view, below);
      return view;
    });
  }

  /** A tensor with its dimensions in another order. Axes of size 1 move for free. */
  ordered(value: Placed, order: readonly Axis[]): Placed {
    if (value.order.every((a, i) => a.name === order[i]!.name)) return value;
    const wide = (axes: readonly Axis[]) => axes.filter((a) => a.size !== 1);
    const [from, to] = [wide(value.order), wide(order)];
    const sizes = (axes: readonly Axis[]) => axes.map((a) => a.size);
    let name = value.name;
    if (!from.every((a, i) => a.name === to[i]!.name)) {
      name = this.reshape(name, sizes(value.order), sizes(from));
      const perm = to.map((a) => from.findIndex((b) => b.name === a.name));
      const source = name;
      name = this.once(`transpose ${source} ${perm.join(" ")}`, () => this.op("Transpose", [source], { perm }));
      return { name: this.reshape(name, sizes(to), sizes(order)), order };
    }
    return { name: this.reshape(name, sizes(value.order), sizes(order)), order };
  }

  /** Where a node's value lies. */
  at(node: Node): Placed {
    const value = this.placed.get(node);
    if (!value) throw new Error(`${node.op} is used before it is made`);
    return value;
  }
}
