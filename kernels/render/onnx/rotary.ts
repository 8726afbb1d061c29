/**
 * Rotary positions as onnxruntime's RotaryEmbedding: pairs of channels turned by an angle for each position (Su et al. 2021), in
 * halves or side by side, as they are written with slices, products and sums.
 */
import { cast, cos as cosine, mul, neg, sin as sine } from "../../ir/elementwise.ts";
import { type Axis, axis, axisOf, hasAxis, type Node, without } from "../../ir/node.ts";
import { times } from "../../ir/size.ts";
import { tensor } from "../../ir/source.ts";
import type { Emitter, Placed } from "./emitter.ts";
import type { Finder } from "./special.ts";

/** One of a pair of channels: squeeze(slice(split(x))) at 0 or 1 of the axis of pairs. */
interface Half {
  readonly split: Node;
  readonly place: number;
}

function half(node: Node): Half | undefined {
  const [slice] = node.inputs;
  const cut = node.op === "squeeze" && slice?.op === "slice" ? slice.inputs[0]! : undefined;
  return cut?.op === "split" && slice!.attrs.size === 1 && slice!.attrs.axis === node.attrs.axis
    ? { split: cut, place: slice!.attrs.start as number }
    : undefined;
}

/** A channel times the cosine or sine of its angle. */
function turned(node: Node | undefined): { half: Half; by: Node } | undefined {
  if (node?.op !== "mul") return undefined;
  const [a, b] = node.inputs as [Node, Node];
  const [first, second] = [half(a), half(b)];
  return first ? { half: first, by: b } : second && { half: second, by: a };
}

/** x turned by angles: its axis of channels was split into `pair` and `angles`. */
export interface Rotary {
  readonly x: Node;
  readonly cos: Node;
  readonly sin: Node;
  readonly pair: Axis;
  readonly angles: Axis;
  /** Whether a pair's channels stand side by side, not in two halves. */
  readonly interleaved: boolean;
}

/** The operand of stack(a, b) at a place, without the axis that stack gives it. */
const stacked = (node: Node | undefined): Node | undefined => (node?.op === "expand" ? node.inputs[0] : undefined);

/** The rotation of the operation `rotary`, which turns halves. */
function known({ inputs, attrs }: Node): Rotary {
  const [x, place] = inputs as [Node, Node];
  const { axis: name, base } = attrs as { readonly axis: string; readonly base: number };
  const half = (axisOf(x, name)!.size as number) / 2;
  const angles = axis(`${name}.angle`, half);
  const speeds = Array.from({ length: half }, (_, i) => base ** (-i / half));
  const angle = mul(cast(place, "f32"), tensor(speeds, [angles]));
  return { x, cos: cosine(angle), sin: sine(angle), pair: axis(`${name}.pair`, 2), angles, interleaved: false };
}

/** The rotation that a node ends. */
export function rotation(node: Node): Rotary | undefined {
  if (node.op === "rotary") return known(node);
  const [concat] = node.inputs;
  const names = node.attrs.axes as readonly string[];
  if (concat?.op !== "concat" || concat.inputs.length !== 2 || names.length !== 2) return undefined;
  const [first, second] = concat.inputs.map(stacked);
  // Turning back, as gradients do, has the signs the other way round.
  const back = first?.op === "add" && second?.op === "sub";
  if (!first || !second || (!back && (first.op !== "sub" || second.op !== "add"))) return undefined;
  const [ac, bs] = terms(first, 0);
  const [bc, as] = terms(second, 1);
  if (!ac || !bs || !bc || !as) return undefined;
  const same = [ac, bs, bc, as].every((t) => t.half.split === ac.half.split) && ac.by === bc.by && bs.by === as.by;
  if (!same || ac.half.place !== 0 || bs.half.place !== 1 || bc.half.place !== 1 || as.half.place !== 0) return undefined;
  const into = ac.half.split.attrs.into as readonly Axis[];
  const pair = into.find((a) => a.name === concat.attrs.axis);
  const angles = into.find((a) => a.name !== concat.attrs.axis);
  if (into.length !== 2 || pair?.size !== 2 || !angles || into.some((a, i) => a.name !== names[i])) return undefined;
  const interleaved = into[1]!.name === pair.name;
  return { x: ac.half.split.inputs[0]!, cos: ac.by, sin: back ? neg(bs.by) : bs.by, pair, angles, interleaved };
}

/** The terms of a sum or difference, that of the half at `place` first in a sum. */
function terms({ op, inputs }: Node, place: number): ReturnType<typeof turned>[] {
  const found = inputs.map(turned);
  return op === "add" && found[0]?.half.place !== place ? found.reverse() : found;
}

export const rotary: Finder = (node) => {
  const found = rotation(node);
  if (!found) return undefined;
  const { x, cos, sin, angles } = found;
  const positions = without(cos.axes, [angles.name]);
  const told = [cos, sin].every(
    (n) => hasAxis(n, angles.name) && n.axes.every((a) => a === angles || a.name === angles.name || hasAxis(x, a.name)),
  );
  if (!told || sin.axes.length !== cos.axes.length || typeof angles.size !== "number" || x.dtype !== "f32") return undefined;
  return { reads: [x, cos, sin], write: (e) => written(e, node, found, positions) };
};

function written(e: Emitter, node: Node, { x, cos, sin, angles, interleaved }: Rotary, positions: readonly Axis[]): Placed {
  const channels = (node.op === "rotary" ? node.attrs.axis : node.attrs.into) as string;
  const value = e.at(x);
  const of = (keep: (a: Axis) => boolean) => value.order.filter((a) => keep(a) && axisOf(node, a.name) && a.name !== channels);
  const placed = of((a) => positions.some((p) => p.name === a.name));
  const rest = of((a) => !placed.includes(a));
  const rows = rest.filter((a) => typeof a.size !== "number");
  const heads = rest.filter((a) => typeof a.size === "number");
  const whole = axisOf(node, channels)!;
  const order = [...rows, ...placed, ...heads, whole];
  const sizes = order.map((a) => a.size);
  const count = (axes: readonly Axis[]) => times(...axes.map((a) => a.size));
  const flat = [count(rows), count(placed), times(count(heads), whole.size)];
  const table = (n: Node) => {
    const own = [...placed, angles];
    return e.reshape(
      e.ordered(e.at(n), own).name,
      own.map((a) => a.size),
      [count(placed), angles.size],
    );
  };
  const operands = [e.reshape(e.ordered(value, order).name, sizes, flat), e.ints(0), table(cos), table(sin)];
  return {
    name: e.reshape(e.op("RotaryEmbedding", operands, { interleaved: BigInt(interleaved) }, "com.microsoft"), flat, sizes),
    order,
  };
}
