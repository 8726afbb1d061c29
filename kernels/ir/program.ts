/** A program is a set of named outputs over one graph; it travels as JSON and comes back as the same interned nodes. */

import { type Attrs, type Axis, at, axesText, axisOf, type DType, fail, make, type Node } from "./node.ts";
import { type Binding, type Size, symbolsOf } from "./size.ts";
import type { InputAttrs, InputRole } from "./source.ts";

/** What an output is to whoever runs the program. */
export type OutputRole = "loss" | "metric" | "weight" | "state" | "value";

/**
 * What a program gives; its memory is row-major in the order of `axes`. An output that bears an input's name is that input's
 * next value (a weight updated, a cache grown).
 */
export interface Output {
  readonly name: string;
  readonly role: OutputRole;
  readonly node: Node;
  readonly axes: readonly Axis[];
}

/** How many bytes results may take at once when sizes are these (64 where not told). */
export interface Memory {
  readonly bytes: number;
  readonly sizes: Binding;
}

/** Outputs over a graph, and the inputs in the order in which they are bound. */
export interface Program {
  readonly name: string;
  /** `input` nodes in the order in which a device binds them. */
  readonly inputs: readonly Node[];
  readonly outputs: readonly Output[];
  /** What its results should find room in: a renderer makes some of them again rather than keep them. */
  readonly memory?: Memory | undefined;
}

/** An input or output as the manifest tells it. */
export interface Port {
  readonly name: string;
  readonly role: InputRole | OutputRole;
  readonly dtype: DType;
  readonly axes: readonly Axis[];
  readonly origin?: readonly string[];
}

/**
 * All nodes that roots need, each after its inputs; the order follows from the graph alone. Nodes of `known`, and what
 * only they need, are left out.
 */
export function topological(roots: readonly Node[], known: Iterable<Node> = []): Node[] {
  const seen = new Set<Node>(known);
  const order: Node[] = [];
  const stack: [node: Node, next: number][] = [];
  for (const root of roots) {
    if (seen.has(root)) continue;
    seen.add(root);
    stack.push([root, 0]);
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const child = top[0].inputs[top[1]++];
      if (!child) order.push(stack.pop()![0]);
      else if (!seen.has(child)) {
        seen.add(child);
        stack.push([child, 0]);
      }
    }
  }
  return order;
}

const nodesOfPrograms = new WeakMap<Program, readonly Node[]>();

/** The nodes of a program, inputs first; found once. */
export function nodesOf(program: Program): readonly Node[] {
  const nodes = nodesOfPrograms.get(program) ?? topological([...program.inputs, ...program.outputs.map((o) => o.node)]);
  nodesOfPrograms.set(program, nodes);
  return nodes;
}

/** The symbols that the sizes of a program's inputs and outputs mention, sorted. */
export const symbolsOfProgram = (program: Program): string[] => [...symbolsIn(nodesOf(program))].sort();

/** An output; `order` gives its axes in memory, the node's own order by default. */
export function output(name: string, role: OutputRole, node: Node, order?: readonly string[]): Output {
  const axes = order ? order.map((n) => axisOf(node, n) ?? fail("output", `${name} has no axis ${n}`, [node])) : node.axes;
  if (axes.length !== node.axes.length) fail("output", `${name} has other axes`, [node]);
  return { name, role, node, axes };
}

/**
 * A program over outputs. Its inputs are those that the outputs reach: the ones of `order` first, in that order, then the
 * others as met. A size of `order` stays where its symbol is used and nothing else tells it.
 */
export function program(name: string, outputs: readonly Output[], order: readonly Node[] = []): Program {
  const nodes = topological(outputs.map((o) => o.node));
  const reached = new Set(nodes.filter((n) => n.op === "input"));
  const untold = symbolsIn(nodes).difference(new Set([...reached].flatMap(toldBy)));
  const needed = (n: Node) => reached.has(n) || (inputOf(n).role === "size" && untold.has(inputOf(n).name));
  return { name, inputs: [...new Set([...order.filter(needed), ...reached])], outputs };
}

/** The symbols that the sizes of nodes mention. */
export const symbolsIn = (nodes: Iterable<Node>): Set<string> => {
  const sizes = new Set(
    [...nodes].flatMap((n) => [...n.axes.map((a) => a.size), ...(n.op === "size" ? [n.attrs.size as Size] : [])]),
  );
  return new Set([...sizes].flatMap(symbolsOf));
};

/** The symbols whose values an input tells: those of its shape, or the one that it is the value of. */
export const toldBy = (input: Node): string[] =>
  inputOf(input).role === "size" ? [inputOf(input).name] : input.axes.flatMap((a) => symbolsOf(a.size));

/** The attributes of an `input` node. */
export const inputOf = (node: Node): InputAttrs => node.attrs as unknown as InputAttrs;

/** The inputs as ports. */
export const inputPorts = (p: Program): Port[] =>
  p.inputs.map((n) => {
    const { name, role, dtype } = inputOf(n);
    return { name, role, dtype, axes: n.axes, ...(n.origin.length > 0 ? { origin: n.origin } : {}) };
  });

/** The outputs as ports. */
export const outputPorts = (p: Program): Port[] =>
  p.outputs.map(({ name, role, node, axes }) => ({
    name,
    role,
    dtype: node.dtype,
    axes,
    ...(node.origin.length > 0 ? { origin: node.origin } : {}),
  }));

/** A program as a file holds it: nodes in order, inputs first, each naming earlier ones by number. */
export interface ProgramJson {
  readonly schema: 1;
  readonly name: string;
  readonly symbols: readonly string[];
  readonly memory?: Memory | undefined;
  readonly inputs: readonly Port[];
  readonly outputs: readonly (Port & { readonly node: number })[];
  readonly nodes: readonly {
    readonly op: string;
    readonly inputs: readonly number[];
    readonly attrs: Attrs;
    readonly origin?: readonly string[];
  }[];
}

const asJson = new WeakMap<Program, ProgramJson>();

/** A program as JSON; equal programs give equal text. */
export function programToJson(p: Program): ProgramJson {
  const known = asJson.get(p) ?? written(p);
  asJson.set(p, known);
  return known;
}

function written(p: Program): ProgramJson {
  const nodes = nodesOf(p);
  const place = new Map(nodes.map((n, i) => [n, i]));
  return {
    schema: 1,
    name: p.name,
    symbols: symbolsOfProgram(p),
    ...(p.memory ? { memory: p.memory } : {}),
    inputs: inputPorts(p),
    outputs: outputPorts(p).map((port, i) => ({ ...port, node: place.get(p.outputs[i]!.node)! })),
    nodes: nodes.map(({ op, inputs, attrs, origin }) => ({
      op,
      inputs: inputs.map((n) => place.get(n)!),
      attrs,
      ...(origin.length > 0 ? { origin } : {}),
    })),
  };
}

/** The program that JSON holds. Throws when it does not keep the law of some operation. */
export function programFromJson(json: ProgramJson): Program {
  if (json.schema !== 1) throw new Error(`a program of schema ${json.schema}; this is schema 1`);
  const nodes: Node[] = [];
  for (const { op, inputs, attrs, origin = [] } of json.nodes)
    nodes.push(
      at(origin, () =>
        make(
          op,
          inputs.map((i) => nodes[i]!),
          attrs,
        ),
      ),
    );
  return {
    name: json.name,
    ...(json.memory ? { memory: json.memory } : {}),
    inputs: nodes.slice(0, json.inputs.length),
    outputs: json.outputs.map((o) =>
      output(
        o.name,
        o.role as OutputRole,
        nodes[o.node]!,
        o.axes.map((a) => a.name),
      ),
    ),
  };
}

const attrText = (value: Attrs[string]): string =>
  Array.isArray(value)
    ? `[${value.map(attrText).join(" ")}]`
    : typeof value === "object" && value !== null
      ? Object.values(value)
          .map((v) => attrText(v as Attrs[string]))
          .join("=")
      : String(value);

/** A program as a person reads it: one node a line, numbered in order; constants stand where they are used. */
export function printProgram(p: Program): string {
  const names = new Map<Node, string>();
  const lines: string[] = [`program ${p.name}`];
  let count = 0;
  for (const n of nodesOf(p)) {
    if (n.op === "const") names.set(n, `${n.attrs.value}`);
    else if (n.op === "input") {
      names.set(n, inputOf(n).name);
      lines.push(`  input ${inputOf(n).name}: ${n.dtype}${axesText(n.axes)} ${inputOf(n).role}`);
    } else {
      names.set(n, `%${++count}`);
      const attrs = Object.entries(n.attrs).map(([k, v]) => `${k}: ${attrText(v)}`);
      const args = [...n.inputs.map((i) => names.get(i)!), ...attrs].join(", ");
      lines.push(
        `  %${count} = ${n.op}(${args}): ${n.dtype}${axesText(n.axes)}${n.origin.length ? `  // ${n.origin.join(", ")}` : ""}`,
      );
    }
  }
  for (const o of p.outputs) lines.push(`  ${o.role} ${o.name} = ${names.get(o.node)}: ${axesText(o.axes)}`);
  return `${lines.join("\n")}\n`;
}
