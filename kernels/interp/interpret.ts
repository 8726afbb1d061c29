/** The interpreter runs a program plainly in float64: the living definition of every operation and the oracle of tests. */
import { type DType, held, isWhole } from "../ir/dtype.ts";
import type { Axis, Node } from "../ir/node.ts";
import { inputOf, nodesOf, type Program } from "../ir/program.ts";
import { type Binding, evaluate } from "../ir/size.ts";
import { decompose } from "../ops/decompose.ts";
import type { Frame, Op } from "../ops/op.ts";
import { opOf } from "../ops/table.ts";

function frameOf(binding: Binding): Frame {
  const size = (s: Axis["size"]): number => evaluate(s, binding);
  function places(axes: readonly Axis[], of: readonly Axis[]): Int32Array {
    const shape = axes.map((a) => size(a.size));
    const steps = axes.map((a) => {
      const at = of.findIndex((b) => b.name === a.name);
      return at < 0 ? 0 : of.slice(at + 1).reduce((n, b) => n * size(b.size), 1);
    });
    const out = new Int32Array(shape.reduce((n, s) => n * s, 1));
    const index = shape.map(() => 0);
    for (let i = 0, offset = 0; i < out.length; i++) {
      out[i] = offset;
      for (let k = shape.length - 1; k >= 0; k--) {
        offset += steps[k]!;
        if (++index[k]! < shape[k]!) break;
        offset -= steps[k]! * shape[k]!;
        index[k] = 0;
      }
    }
    return out;
  }
  return { size, places };
}

function elementwise(scalar: NonNullable<Op["scalar"]>, node: Node, inputs: readonly Float64Array[], frame: Frame): Float64Array {
  const offsets = node.inputs.map((i) => frame.places(node.axes, i.axes));
  const out = new Float64Array(node.axes.reduce((n, a) => n * frame.size(a.size), 1));
  const [x, y, z] = inputs as [Float64Array, Float64Array, Float64Array];
  const [p, q, r] = offsets as [Int32Array, Int32Array, Int32Array];
  if (inputs.length === 1) for (let i = 0; i < out.length; i++) out[i] = scalar(x[p[i]!]!);
  else if (inputs.length === 2) for (let i = 0; i < out.length; i++) out[i] = scalar(x[p[i]!]!, y[q[i]!]!);
  else for (let i = 0; i < out.length; i++) out[i] = scalar(x[p[i]!]!, y[q[i]!]!, z[r[i]!]!);
  return out;
}

/** What a program is given: values by input name, row-major in the order of the input's axes. */
export type Feeds = Readonly<Record<string, ArrayLike<number>>>;

function fed(node: Node, feeds: Feeds, frame: Frame): Float64Array {
  const { name, role } = inputOf(node);
  const given = role === "size" ? [frame.size(name)] : feeds[name];
  const need = node.axes.reduce((n, a) => n * frame.size(a.size), 1);
  if (!given) throw new Error(`the input ${name} is not given`);
  if (given.length !== need) throw new Error(`the input ${name} has ${given.length} values; its axes need ${need}`);
  return Float64Array.from(given);
}

function evaluated(node: Node, values: ReadonlyMap<Node, Float64Array>, feeds: Feeds, frame: Frame): Float64Array {
  const inputs = node.inputs.map((i) => values.get(i)!);
  const { scalar, whole, reference } = opOf(node.op);
  if (node.op === "input") return fed(node, feeds, frame);
  if (whole && isWhole(node.dtype)) return elementwise(whole, node, inputs, frame);
  if (scalar) return elementwise(scalar, node, inputs, frame);
  if (reference) return reference(inputs, node, frame);
  throw new Error(`${node.op} has no reference`);
}

/** Values as their dtype holds them after each operation: f16 is rounded, whole numbers wrap, f32 stays exact. */
const kept = (values: Float64Array, dtype: DType): Float64Array =>
  dtype === "f16" || dtype === "i32" || dtype === "u32" ? values.map((v) => held(v, dtype)) : values;

/**
 * Runs a program. `binding` gives every symbol a number. Returns float64 values by output name, row-major in the order of
 * the output's axes. Throws when an input is missing or has the wrong number of values.
 */
export function interpret(program: Program, feeds: Feeds, binding: Binding): Record<string, Float64Array> {
  const frame = frameOf(binding);
  const plain = decompose(program, (op) => op.scalar !== undefined || op.reference !== undefined);
  const nodes = nodesOf(plain);
  const uses = new Map<Node, number>();
  for (const n of nodes) for (const i of n.inputs) uses.set(i, (uses.get(i) ?? 0) + 1);
  for (const o of plain.outputs) uses.set(o.node, (uses.get(o.node) ?? 0) + 1);
  const values = new Map<Node, Float64Array>();
  for (const node of nodes) {
    values.set(node, kept(evaluated(node, values, feeds, frame), node.dtype));
    for (const i of node.inputs) {
      uses.set(i, uses.get(i)! - 1);
      if (uses.get(i) === 0) values.delete(i);
    }
  }
  return Object.fromEntries(
    plain.outputs.map((o) => {
      const held = values.get(o.node)!;
      return [o.name, Float64Array.from(frame.places(o.axes, o.node.axes), (p) => held[p]!)];
    }),
  );
}
