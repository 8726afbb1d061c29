/**
 * Four or eight neighbouring values at once, where they lie side by side in memory: of a tensor, or of what is computed from tensors place by place,
 * such as weights that are kept as whole numbers with scales.
 */
import { type Axis, axisOf, hasAxis, type Node } from "../../ir/node.ts";
import type { Size } from "../../ir/size.ts";
import type { Place } from "../wgsl-index.ts";
import { type Bound, deepest } from "../wgsl-writer.ts";
import { eights, fours, register } from "./packed.ts";
import type { Around, KernelScope } from "./template.ts";

/** How many neighbours are had at once. */
export type Width = 4 | 8;

/** How values can be had in fours: along which axis, and the tensors in memory whose bindings hold four values an element. */
export interface Vector {
  readonly axis: string;
  readonly tensors: readonly Node[];
}

const arithmetic: Readonly<Record<string, string>> = { add: "+", sub: "-", mul: "*" };

const divisible = (size: Size | undefined, width: Width): boolean => typeof size === "number" && size % width === 0;

/** The name that an operand of a view has for an axis of it; undefined where neighbours are not neighbours there. */
function inner({ op, inputs: [x], attrs }: Node, name: string, width: Width): string | undefined {
  if (op === "rename") return (attrs.from as readonly string[])[(attrs.to as readonly string[]).indexOf(name)] ?? name;
  if (op === "slice") return attrs.axis === name ? undefined : name;
  if (op === "squeeze") return name;
  if (op === "merge") {
    if (attrs.into !== name) return name;
    const last = (attrs.axes as readonly string[]).at(-1)!;
    return divisible(axisOf(x!, last)!.size, width) ? last : undefined;
  }
  const parts = attrs.into as readonly Axis[];
  if (!parts.some((a) => a.name === name)) return name;
  return parts.at(-1)!.name === name && divisible(parts.at(-1)!.size, width) ? (attrs.axis as string) : undefined;
}

const views = new Set(["rename", "slice", "squeeze", "merge", "split"]);

/** The tensors that are read in fours along an axis; undefined when a node cannot be had so. */
function along(node: Node, axis: string, around: Around, width: Width): Node[] | undefined {
  if (!hasAxis(node, axis)) return [];
  if (around.inMemory(node)) {
    const last = around.axes(node).at(-1)!;
    return last.name === axis && divisible(last.size, width) && register(node.dtype) !== "bool" ? [node] : undefined;
  }
  if (views.has(node.op)) {
    const name = inner(node, axis, width);
    return name === undefined ? undefined : along(node.inputs[0]!, name, around, width);
  }
  const casts = node.op === "cast" && node.dtype === "f32" && node.inputs[0]!.dtype !== "bool";
  if (!casts && !arithmetic[node.op]) return undefined;
  const found = node.inputs.map((i) => along(i, axis, around, width));
  return found.includes(undefined) ? undefined : (found as Node[][]).flat();
}

/** Whether a node's values can be had in fours (or eights) along its last axis, and what is read for them. */
export function vectorOf(node: Node, around: Around, width: Width = 4): Vector | undefined {
  const axis = node.axes.at(-1)?.name;
  const tensors = axis === undefined || register(node.dtype) !== "f32" ? undefined : along(node, axis, around, width);
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

/** Neighbouring values as vectors of four, and what all of them are still to be multiplied by. */
export interface Neighbours {
  readonly vectors: readonly Bound[];
  readonly factor?: Bound;
}

/**
 * The values at a place and at those after it along an axis, `width` in all: `vectorOf` has said that they can be had. A factor that all
 * share, such as the scale of a group, stays outside.
 */
export function neighboursAt(s: KernelScope, node: Node, place: Place, width: Width, axis = node.axes.at(-1)!.name): Neighbours {
  const w = s.writer;
  if (!hasAxis(node, axis)) {
    const value = s.value(node, at(node, place));
    const vector = w.bind(`vec4<${register(node.dtype)}>(${value.text})`, value.level);
    return { vectors: Array<Bound>(width / 4).fill(vector) };
  }
  if (s.around.inMemory(node)) {
    const address = s.index.address(s.axes(node), place);
    const read = [node.dtype, s.bound(node), address.text, s.half(node)] as const;
    const texts = width === 4 ? [fours(...read)] : eights(...read);
    return { vectors: texts.map((text) => w.bind(text, address.level)) };
  }
  if (views.has(node.op)) return neighboursAt(s, node.inputs[0]!, within(s, node, place), width, inner(node, axis, width)!);
  const [a, b] = node.inputs as [Node, Node?];
  if (node.op === "mul")
    for (const [x, c] of [
      [a, b!],
      [b!, a],
    ] as const)
      if (!hasAxis(c, axis)) {
        const { vectors, factor } = neighboursAt(s, x, at(x, place), width, axis);
        const own = s.value(c, at(c, place));
        return { vectors, factor: factor ? w.bind(`${factor.text} * ${own.text}`, deepest([factor, own])) : own };
      }
  const values = node.inputs.map((i) => whole(s, neighboursAt(s, i, at(i, place), width, axis)));
  const joined = (n: number): Bound => {
    const parts = values.map((v) => v[n]!);
    if (node.op === "cast") return w.bind(`vec4f(${parts[0]!.text})`, parts[0]!.level);
    return w.bind(`${parts[0]!.text} ${arithmetic[node.op]} ${parts[1]!.text}`, deepest(parts));
  };
  return { vectors: values[0]!.map((_, n) => joined(n)) };
}

/** Neighbours with their factor multiplied in. */
const whole = (s: KernelScope, { vectors, factor }: Neighbours): readonly Bound[] =>
  factor ? vectors.map((v) => s.writer.bind(`${v.text} * ${factor.text}`, deepest([v, factor]))) : vectors;

/** The values at a place and at the three after it along the last axis, as a vector. */
export const vectorAt = (s: KernelScope, node: Node, place: Place): Bound => whole(s, neighboursAt(s, node, place, 4))[0]!;
