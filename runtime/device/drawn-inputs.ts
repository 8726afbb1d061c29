/** Inputs for a program that is only to be timed: random values of the right kind, places that exist. Knows roles and operations, no model. */
import {
  type Binding,
  type DType,
  evaluate,
  inputOf,
  type Node,
  nodesOf,
  type Program,
  topological,
} from "../../kernels/index.ts";
import { axisOf } from "../../kernels/ir/node.ts";
import { numbers } from "../../kernels/ops/drawn.ts";
import { encoded } from "../weights/dtypes.ts";
import { arrayOf, countOf, type Data, type Device, type Tensor } from "./device.ts";

/** Numbers that a training step is given, by name. */
const usual: Readonly<Record<string, number>> = {
  rate: 1e-3,
  step: 1,
  beta1: 0.9,
  beta2: 0.98,
  epsilon: 1e-9,
  decay: 0.01,
  clip: 1,
};

/** So many values are drawn; more are these again. */
const drawnMost = 2 ** 16;

/** For each input that says places: how many there are. Where it says where a cache goes on: the size named `past`. */
function placesOf(p: Program, binding: Binding): Map<Node, number> {
  const most = new Map<Node, number>();
  const note = (index: Node, size: number): void => {
    for (const n of topological([index])) if (n.op === "input") most.set(n, Math.min(most.get(n) ?? size, size));
  };
  for (const n of nodesOf(p)) {
    const [x, index] = n.inputs as [Node, Node];
    if (n.op === "gather") note(index, evaluate(axisOf(x, n.attrs.axis as string)!.size, binding));
    if (n.op === "scatterAdd") note(index, evaluate(axisOf(n, (n.attrs.into as { name: string }).name)!.size, binding));
  }
  return most;
}

function valuesOf(node: Node, count: number, places: number | undefined, binding: Binding): Data {
  const { name, role } = inputOf(node);
  const next = numbers(count + node.id);
  const value = (): number => {
    if (role === "size") return binding[name]!;
    if (role === "scalar") return usual[name] ?? 0.5;
    if (node.dtype === "bool" || /(^|\.)present$/.test(name)) return 1;
    if (/(^|\.)scale$/.test(name)) return 0.05;
    if (role === "state" && /^[mv]\./.test(name)) return 0;
    if (places !== undefined) return Math.floor(next() * places);
    // Where a row goes on, and how many of its tokens are real.
    if (node.dtype === "i32") return name === "at" ? (binding.past ?? 0) : name === "count" ? (binding.fresh ?? 1) : 1;
    return (next() - 0.5) * (node.dtype.startsWith("f") || node.dtype === "bf16" ? 0.1 : 8);
  };
  const drawn = encoded(Float64Array.from({ length: Math.min(count, drawnMost) }, value), node.dtype);
  if (count <= drawnMost) return drawn;
  const all = new (arrayOf(node.dtype))(Math.ceil((count * drawn.length) / drawnMost));
  all.set(drawn as never);
  for (let have = drawn.length; have < all.length; have *= 2) all.copyWithin(have, 0, Math.min(have, all.length - have));
  return all;
}

/** Values of an input. */
export interface Drawn {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Data;
}

/** Values for all inputs of a program, by name, for given sizes. The same program and sizes give the same values. */
export function drawnValues(p: Program, binding: Binding): Record<string, Drawn> {
  const places = placesOf(p, binding);
  return Object.fromEntries(
    p.inputs.map((node) => {
      const shape = node.axes.map((a) => evaluate(a.size, binding));
      return [inputOf(node).name, { dtype: node.dtype, shape, data: valuesOf(node, countOf(shape), places.get(node), binding) }];
    }),
  );
}

/** The same as tensors of a device. */
export const drawnInputs = (device: Device, p: Program, binding: Binding): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(drawnValues(p, binding)).map(([name, { dtype, shape, data }]) => [name, device.upload(dtype, shape, data)]),
  );
