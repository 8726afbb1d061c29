// A function of Weights becomes a program of one tensor: it runs tensor by tensor, by name, each laid out along one axis.
//
// `over ..` reduces all of one tensor, so that axis is all there is; a list of Weights is several inputs of one shape.
import type { Callable, Param } from "../../grammar/index.ts";
import * as k from "../../kernels/index.ts";
import { type Axis, axis, keyOf } from "../math/axis.ts";
import { bodyValue } from "../math/body.ts";
import type { MathContext } from "../math/door.ts";
import { openWorld } from "../math/index.ts";
import { numberNode } from "../math/nodes.ts";
import { isNumberType } from "../math/rows.ts";
import { openScope } from "../math/scope.ts";
import { constant, symbol } from "../math/size.ts";
import { toKernel } from "../math/trace.ts";
import { known, tensor, unknownValue, type Value } from "../math/value.ts";
import { Tracer } from "./tracer.ts";

/** All places of one tensor. */
const places: Axis = axis("n", { size: symbol("n") });

/**
 * The program of one tensor of a merge, named after it. `counts` says how many there are in each list. Inputs (role `data`,
 * f32 [n]): a parameter of Weights under its name, those of a list as `<name>.1`, `<name>.2`, ..; numbers are scalars,
 * those with a number for each of a list (role `data`) f32 [m], and `tensor`
 * (u32) tells tensors apart for what draws. Output `value`, f32 [n]. Undefined after a fault, which the context is told.
 */
export function mergeProgram(context: MathContext, decl: Callable, counts: ReadonlyMap<string, number>): k.Program | undefined {
  const tracer = new Tracer({ models: new Map(), text: (file) => context.text?.(file), tensor: true });
  const world = openWorld(context, tracer);
  tracer.world = world;
  const scope = openScope(world, "fn", decl.span.file, { decl, frame: 0 });
  for (const p of decl.params ?? []) scope.values.set(p.name.text, parameter(p, decl.params ?? [], counts));
  const value = bodyValue(scope, decl);
  if (value.kind !== "tensor") return undefined;
  const node = numberNode(value);
  const whole = k.hasAxis(node, keyOf(places)) ? node : k.expand(node, [toKernel(places)]);
  return k.optimized(k.program(decl.name.text, [k.output("value", "value", whole)]));
}

const given = (name: string): k.Node => k.at([], () => k.input(name, "data", "f32", [toKernel(places)]));

/** The axis that a list of weights adds to each tensor: `m` of `runs: [m, ..]`. */
function listAxis({ name, type }: Param, counts: ReadonlyMap<string, number>): Axis | undefined {
  const first = type?.kind === "TensorType" && type.axes.length === 2 ? type.axes[0] : undefined;
  return first?.kind === "Axis" ? axis(first.name.text, { size: constant(counts.get(name.text) ?? 0), listed: true }) : undefined;
}

function parameter(p: Param, all: readonly Param[], counts: ReadonlyMap<string, number>): Value {
  const name = p.name.text;
  const count = counts.get(name);
  if (isNumberType(p.type)) return tensor("float", [], { node: k.at([], () => k.input(name, "scalar", "f32", [])) });
  if (p.type?.kind === "NamedType" && p.type.name.text === "List") {
    const items = Array.from({ length: count ?? 0 }, (_, i) => tensor("float", [places], { node: given(`${name}.${i + 1}`) }));
    return { kind: "list", items, count: known(items.length) };
  }
  if (p.type?.kind === "NamedType" && p.type.name.text === "Weights") return tensor("float", [places], { node: given(name) });
  if (p.type?.kind !== "TensorType") return unknownValue;
  const [first] = p.type.axes;
  // `shares: [m]`: a number for each of the list.
  const shared = first?.kind === "Axis" && p.type.axes.length === 1 ? first.name.text : undefined;
  const along = all.map((other) => listAxis(other, counts)).find((a) => a?.name === shared);
  if (along) return tensor("float", [along], { node: k.at([], () => k.input(name, "data", "f32", [toKernel(along)])) });
  // `runs: [m, ..]`: a list of Weights fills an added first axis.
  const list = listAxis(p, counts);
  if (!list) return tensor("float", [places], { node: given(name) });
  const node = k.stack(
    Array.from({ length: counts.get(name) ?? 0 }, (_, i) => given(`${name}.${i + 1}`)),
    keyOf(list),
  );
  return tensor("float", [list, places], { node });
}
