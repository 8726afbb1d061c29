/**
 * Four neighbouring values at once, where they lie side by side in memory: of a tensor, or of what is computed from tensors place by place,
 * such as weights that are kept as whole numbers with scales.
 */
import { type Axis, axisOf, hasAxis, type Node } from "../../ir/node.ts";
import type { Size } from "../../ir/size.ts";
import type { Place } from "../wgsl-index.ts";
import { type Bound, deepest } from "../wgsl-writer.ts";
import { fours, register } from "./packed.ts";
import type { Around, KernelScope } from "./template.ts";

/** How values can be had in fours: along which axis, and the tensors in memory whose bindings hold four values an element. */
export interface Vector {
  readonly axis: string;
  readonly tensors: readonly Node[];
}

const arithmetic: Readonly<Record<string, string>> = { add: "+", sub: "-", mul: "*" };

const divisible = (size: Size | undefined): boolean => typeof size === "number" && size % 4 === 0;

/** The name that an operand of a view has for an axis of it; undefined where four neighbours are not neighbours there. */
function inner({ op, inputs: [x], attrs }: Node, name: string): string | undefined {
  if (op === "rename") return (attrs.from as readonly string[])[(attrs.to as readonly string[]).indexOf(name)] ?? name;
  if (op === "slice") return attrs.axis === name ? undefined : name;
  if (op === "squeeze") return name;
  if (op === "merge") {
    if (attrs.into !== name) return name;
    const last = (attrs.axes as readonly string[]).at(-1)!;
    return divisible(axisOf(x!, last)!.size) ? last : undefined;
  }
  const parts = attrs.into as readonly Axis[];
  if (!parts.some((a) => a.name === name)) return name;
  return parts.at(-1)!.name === name && divisible(parts.at(-1)!.size) ? (attrs.axis as string) : undefined;
}

const views = new Set(["rename", "slice", "squeeze", "merge", "split"]);

/** The tensors that are read in fours along an axis; undefined when a node cannot be had so. */
function along(node: Node, axis: string, around: Around): Node[] | undefined {
  if (!hasAxis(node, axis)) return [];
  if (around.inMemory(node)) {
    const last = around.axes(node).at(-1)!;
    return last.name === axis && divisible(last.size) && register(node.dtype) !== "bool" ? [node] : undefined;
  }
  if (views.has(node.op)) {
    const name = inner(node, axis);
    return name === undefined ? undefined : along(node.inputs[0]!, name, around);
  }
  const casts = node.op === "cast" && node.dtype === "f32" && node.inputs[0]!.dtype !== "bool";
  if (!casts && !arithmetic[node.op]) return undefined;
  const found = node.inputs.map((i) => along(i, axis, around));
  return found.includes(undefined) ? undefined : (found as Node[][]).flat();
}

/** Whether a node's values can be had in fours along its last axis, and what is read for them. */
export function vectorOf(node: Node, around: Around): Vector | undefined {
  const axis = node.axes.at(-1)?.name;
  const tensors = axis === undefined || register(node.dtype) !== "f32" ? undefined : along(node, axis, around);
  return tensors && tensors.length > 0 ? { axis: axis!, tensors } : undefined;
}

/** The place of a view's operand. */
function within(s: KernelScope, { op, inputs: [x], attrs }: Node, place: Place): Place {
  const moved = new Map(place);
  if (op === "rename")
    for (const [i, n] of (attrs.from as readonly string[]).entries())
      moved.set(n, place.get((attrs.to as readonly string[])[i]!)!);
  else if (op === "slice")
    moved.set(attrs.axis as string, s.index.plus(place.get(attrs.axis as string)!, s.index.size(attrs.start as Size)));
  else if (op === "squeeze") moved.set(attrs.axis as string, s.index.constant(0));
  else if (op === "merge") {
    const names = attrs.axes as readonly string[];
    const parts = s.index.unflatten(
      place.get(attrs.into as string)!,
      names.map((n) => axisOf(x!, n)!.size),
    );
    for (const [i, n] of names.entries()) moved.set(n, parts[i]!);
  } else {
    const into = attrs.into as readonly Axis[];
    const whole = s.index.flatten(
      into.map((a) => place.get(a.name)!),
      into.map((a) => a.size),
    );
    moved.set(attrs.axis as string, whole);
  }
  return new Map(x!.axes.map((a) => [a.name, moved.get(a.name)!]));
}

const at = (node: Node, place: Place): Place => new Map(node.axes.map((a) => [a.name, place.get(a.name)!]));

/** The values at a place and at the three after it along an axis, as a vector: `vectorOf` has said that they can be had. */
export function vectorAt(s: KernelScope, node: Node, place: Place, axis = node.axes.at(-1)!.name): Bound {
  const w = s.writer;
  if (!hasAxis(node, axis)) {
    const value = s.value(node, at(node, place));
    return w.bind(`vec4<${register(node.dtype)}>(${value.text})`, value.level);
  }
  if (s.around.inMemory(node)) {
    const address = s.index.address(s.axes(node), place);
    return w.bind(fours(node.dtype, s.bound(node), address.text), address.level);
  }
  if (views.has(node.op)) return vectorAt(s, node.inputs[0]!, within(s, node, place), inner(node, axis)!);
  const values = node.inputs.map((i) => vectorAt(s, i, at(i, place), axis));
  if (node.op === "cast") return w.bind(`vec4f(${values[0]!.text})`, values[0]!.level);
  return w.bind(`${values[0]!.text} ${arithmetic[node.op]} ${values[1]!.text}`, deepest(values));
}
