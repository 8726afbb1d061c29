/**
 * Renders a program as one ONNX graph for onnxruntime: named axes become dimension orders, each operation its form.
 * What onnxruntime has no form for is lowered. The same program gives the same bytes.
 */
import type { Axis, Node } from "../ir/node.ts";
import { inputOf, type Program } from "../ir/program.ts";
import { decompose } from "../ops/decompose.ts";
import type { Op } from "../ops/op.ts";
import { opOf } from "../ops/table.ts";
import { targeted } from "../rules/passes.ts";
import { overwritten } from "./onnx/aliases.ts";
import { atBorder, entering, leaving } from "./onnx/border.ts";
import { pointwise, together } from "./onnx/elementwise.ts";
import { Emitter, type Placed } from "./onnx/emitter.ts";
import { forms } from "./onnx/forms.ts";
import { elementBytes, encodeOnnx, type OnnxExternal, type OnnxModel, type OnnxPort } from "./onnx/proto.ts";
import { attentionsKept, inOrder, specials } from "./onnx/special.ts";

/**
 * What an output may be called in the graph. An output that bears an input's name is that input's next value; in ONNX one name is
 * one value, so there it gets a prime, and two where it may be written over the input's own memory.
 */
const outputNames = (name: string) => ({ own: name, next: `${name}'`, over: `${name}''` });

/** Which output of a loaded graph is the program's output of a name, and whether it may be written over the input of that name. */
export function onnxOutput(graph: readonly string[], name: string): { readonly name: string; readonly over: boolean } {
  const { own, next, over } = outputNames(name);
  const found = [over, next, own].find((n) => graph.includes(n));
  if (found === undefined) throw new Error(`onnx: the graph has no output ${name}`);
  return { name: found, over: found === over };
}

const constantSize = (node: Node): boolean =>
  (node.attrs.over as readonly string[]).every((n) => typeof node.axes.find((a) => a.name === n)!.size === "number");

/** Whether onnxruntime has this composed operation as it stands. */
function kept(op: Op, node: Node): boolean {
  // A product may take it as it is; what else reads it is written with its lowering (onnx/products.ts).
  if (op.name === "dequantize") return true;
  if (op.name === "rotary") return node.dtype === "f32";
  if (op.name === "rmsNorm" || op.name === "layerNorm") return constantSize(node);
  return (
    op.onnx !== undefined ||
    op.onnxForm !== undefined ||
    pointwise[op.name] !== undefined ||
    (forms[op.name] !== undefined && node.inputs.length === 1)
  );
}

function written(e: Emitter, node: Node): Placed {
  const form = forms[node.op];
  if (form) return form(e, node);
  const operands = node.inputs.map((i) => e.at(i));
  const point = pointwise[node.op];
  const { onnx, onnxForm } = opOf(node.op);
  if (onnxForm) return onnxForm(e, node);
  if (!point && !onnx) throw new Error(`onnx: no form for ${node.op}`);
  return together(e, node, operands, (names) =>
    point ? point(e, names, node) : typeof onnx === "string" ? e.op(onnx, names) : onnx!(e, names, node),
  );
}

function port(name: string, dtype: Node["dtype"], axes: readonly Axis[]): OnnxPort {
  const { type, shape } = atBorder(dtype, axes);
  return { name, type, shape: shape.map((size) => (typeof size === "number" ? size : String(size))) };
}

/** A constant input as an initializer. Throws where its size is not known. */
function external({ name, type, shape }: OnnxPort): OnnxExternal {
  const known = shape.map((d) => {
    if (typeof d === "string") throw new Error(`onnx: the constant ${name} has an axis of size ${d}`);
    return d;
  });
  return { name, type, shape: known, bytes: elementBytes[type] * known.reduce((n, d) => n * d, 1) };
}

const begin = (e: Emitter, node: Node): Placed => ({
  name: entering(e, inputOf(node).name, node.dtype, node.axes),
  order: node.axes,
});

/** Which form of a program's graph is wanted. */
export interface OnnxOptions {
  /**
   * Inputs by name whose values are known when the graph is loaded: they are initializers, whose bytes onnxruntime is handed
   * under their names (as external data), so it folds, transposes and packs them once.
   */
  readonly constants?: ReadonlySet<string>;
}

/** Writes a program's graph. */
export function onnxModel(given: Program, { constants = new Set() }: OnnxOptions = {}): OnnxModel {
  const target = targeted(given, "onnx", attentionsKept(given, constants));
  const attentions = attentionsKept(target, constants);
  const p = decompose(target, (op, node) => kept(op, node) || attentions(node));
  const e = new Emitter(p);
  const special = specials(p, constants, kept);
  for (const node of inOrder(p, special)) {
    e.from(node);
    const form = special.get(node);
    e.placed.set(node, form ? form.write(e) : node.op === "input" ? begin(e, node) : written(e, node));
  }
  const finals = p.outputs.map((o) => leaving(e, e.ordered(e.at(o.node), o.axes).name, o.node.dtype, o.axes));
  const ports = p.inputs.map((n) => port(inputOf(n).name, n.dtype, n.axes));
  const inputs = ports.filter((i) => !constants.has(i.name));
  const name = (output: string) => outputNames(output)[ports.some((i) => i.name === output) ? "next" : "own"];
  const nodes = named(
    e,
    finals.map((f, i) => [f, name(p.outputs[i]!.name)]),
  );
  const over = overwrites(nodes, inputs);
  return {
    name: p.name,
    doc: "",
    nodes: nodes.map((n) => ({ ...n, inputs: n.inputs.map(over), outputs: n.outputs.map(over) })),
    initializers: e.initializers,
    external: ports.filter((i) => constants.has(i.name)).map(external),
    inputs,
    outputs: p.outputs.map((o) => port(over(name(o.name)), o.node.dtype, o.axes)),
  };
}

/** The name of a value, with a second prime where it may be written over an input. */
function overwrites(nodes: OnnxModel["nodes"], inputs: readonly OnnxPort[]): (name: string) => string {
  const pairs = inputs.map((i) => ({ input: i.name, result: outputNames(i.name).next }));
  const over = new Map(overwritten(nodes, pairs).map(({ input, result }) => [result, outputNames(input).over]));
  return (name) => over.get(name) ?? name;
}

/** The nodes that results need, which get their names: by renaming where a node makes them, by a copy where they are inputs, constants or taken twice. */
function named(e: Emitter, finals: readonly (readonly [value: string, name: string])[]): OnnxModel["nodes"] {
  const made = new Set(e.nodes.flatMap((n) => n.outputs));
  const names = new Map<string, string>();
  const copies: OnnxModel["nodes"][number][] = [];
  for (const [value, name] of finals)
    if (made.has(value) && !names.has(value)) names.set(value, name);
    else copies.push({ type: "Identity", inputs: [value], outputs: [name], attributes: {}, domain: "", name: `output ${name}` });
  const rename = (list: readonly string[]) => list.map((n) => names.get(n) ?? n);
  const needed = new Set(finals.map(([value]) => value));
  const read = e.nodes.toReversed().filter((n) => {
    const used = n.outputs.some((o) => needed.has(o));
    if (used) for (const i of n.inputs) needed.add(i);
    return used;
  });
  return [...read.reverse(), ...copies].map((n) => ({ ...n, inputs: rename(n.inputs), outputs: rename(n.outputs) }));
}

/** The bytes of a program's ONNX file, which onnxruntime loads; `onnxOutput` finds a loaded graph's outputs. */
export const renderOnnx = (program: Program, options: OnnxOptions = {}): Uint8Array => encodeOnnx(onnxModel(program, options));
