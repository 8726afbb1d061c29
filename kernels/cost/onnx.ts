/**
 * What each operator of a rendered ONNX graph costs: dimensions are followed through the graph as sizes, so one count serves every
 * length. It counts the graph that runs, with what the renderer moved and copied to write it.
 */
import { inputOf, type Program } from "../ir/program.ts";
import type { Size } from "../ir/size.ts";
import type { OnnxModel, OnnxNode } from "../render/onnx/proto.ts";
import { onnxModel } from "../render/onnx.ts";
import { type CostLine, sumOf } from "./cost.ts";
import { onnxRules } from "./onnx-ops.ts";
import { bytesOf, countOf, type Rule, type Told, type Value } from "./onnx-value.ts";

/** Constants longer than this are never lists of sizes. */
const sizesAtMost = 16;

const unknown: Rule = (_, [x]) => ({ outputs: [{ dims: x?.dims ?? [], type: x?.type ?? "float" }] });

/** What is known of a graph's inputs by name. */
export interface Inputs {
  /** Those that stay from run to run: weights and state. */
  readonly weights: ReadonlySet<string>;
  /** Those whose values are sizes of the same name. */
  readonly sizes: ReadonlySet<string>;
}

const nothing: Inputs = { weights: new Set(), sizes: new Set() };

/** Values that a graph begins with. */
function beginning(model: OnnxModel, { weights, sizes }: Inputs): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const { name, type, shape, values: content } of model.initializers)
    values.set(name, {
      dims: shape,
      type,
      weight: true,
      constant: true,
      ...(type === "int64" && content.length <= sizesAtMost ? { known: content } : {}),
    });
  for (const { name, type, shape } of model.external ?? []) values.set(name, { dims: shape, type, weight: true, constant: true });
  for (const { name, type, shape } of model.inputs)
    values.set(name, {
      dims: shape,
      type,
      ...(weights.has(name) ? { weight: true } : {}),
      ...(sizes.has(name) ? { known: [name] } : {}),
    });
  return values;
}

/** The largest count among values, as the one with most symbols, then the largest number. */
function largest(values: readonly Value[]): Size {
  const at64 = (v: Value): number => v.dims.reduce<number>((n, d) => n * (typeof d === "number" ? d : 64), 1);
  return values.length === 0 ? 0 : countOf(values.reduce((a, b) => (at64(b) > at64(a) ? b : a)));
}

/** The lines of the spec in a node's name: `12 contract main.neuro:31 main.neuro:40`. */
const originOf = (name: string): string[] => name.split(" ").filter((word) => /\.neuro:\d+/.test(word));

function lineOf(node: OnnxNode, inputs: readonly (Value | undefined)[], told: Told): CostLine {
  const given = inputs.filter((v) => v !== undefined);
  const moved = [...given, ...told.outputs];
  const isSize = told.outputs.every((v) => v.known !== undefined);
  const bytes = isSize ? 0 : (told.bytes ?? sumOf(moved.map(bytesOf)));
  const whole = told.bytes === undefined;
  return {
    what: node.type,
    name: node.name,
    origin: originOf(node.name),
    bytes,
    flops: isSize ? 0 : (told.flops ?? 0),
    weights: whole && !isSize ? sumOf(given.filter((v) => v.weight).map(bytesOf)) : 0,
    items: isSize || told.kind === "view" ? 0 : (told.items ?? largest(moved)),
    kind: isSize ? "size" : (told.kind ?? node.type),
    ...(told.products ? { products: told.products } : {}),
    ...(told.loops !== undefined && !isSize ? { loops: told.loops } : {}),
  };
}

/** The operators of a graph in order, less those over constants alone, which onnxruntime computes when it loads the graph. */
export function onnxModelCosts(model: OnnxModel, inputs: Inputs = nothing): CostLine[] {
  const values = beginning(model, inputs);
  const lines: CostLine[] = [];
  for (const node of model.nodes) {
    const operands = node.inputs.map((name) => (name === "" ? undefined : values.get(name)));
    const told = (onnxRules[node.type] ?? unknown)(node, operands);
    const constant = operands.every((v) => v === undefined || v.constant);
    for (const [i, name] of node.outputs.entries()) {
      const out = told.outputs[i];
      if (out)
        values.set(
          name,
          constant && operands.length > 0 ? { ...out, constant: true, weight: true } : { ...out, constant: false },
        );
    }
    if (!constant) lines.push(lineOf(node, operands, told));
  }
  return lines;
}

/** What a program's inputs are to its graph. */
export function inputsOf(p: Program): Inputs {
  const named = (...roles: string[]): Set<string> =>
    new Set(p.inputs.map(inputOf).flatMap(({ name, role }) => (roles.includes(role) ? [name] : [])));
  return { weights: named("weight", "state"), sizes: named("size") };
}

/**
 * The operators of a program's graph and what they cost. `constants` are the inputs known when it is loaded, as `onnxModel` takes them.
 */
export const onnxCosts = (p: Program, constants: ReadonlySet<string> = new Set()): CostLine[] =>
  onnxModelCosts(onnxModel(p, { constants }), inputsOf(p));

/** Operators of a graph that the cost model does not know; their results are taken to be like their first input. */
export const unknownOperators = (model: OnnxModel): string[] => [
  ...new Set(model.nodes.filter((n) => onnxRules[n.type] === undefined).map((n) => n.type)),
];

/** Every value of a graph with its dimensions and type, by name. */
export function onnxShapes(model: OnnxModel): Map<string, Value> {
  const values = beginning(model, nothing);
  for (const node of model.nodes) {
    const told = (onnxRules[node.type] ?? unknown)(
      node,
      node.inputs.map((name) => (name === "" ? undefined : values.get(name))),
    );
    node.outputs.forEach((name, i) => void (told.outputs[i] && values.set(name, told.outputs[i])));
  }
  return values;
}
