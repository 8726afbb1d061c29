/**
 * A cache is moved towards the outputs through operations that work place by place along it, so that what is kept is what is
 * looked at (projected keys and values) rather than what it is computed from. The values stay the same.
 */
import { cached } from "../ir/mark.ts";
import { type Attr, hasAxis, make, type Node } from "../ir/node.ts";
import type { Program } from "../ir/program.ts";
import { mapProgram } from "../ir/rewrite.ts";
import { rename } from "../ir/shape.ts";
import { isPointwise } from "../rules/pointwise.ts";
import { weight } from "../rules/sums.ts";

const others = new Set(["contract", "split", "merge", "rename", "squeeze", "sum", "softmax", "rmsNorm", "layerNorm", "gather"]);

const namesIn = (value: Attr | undefined): string[] => {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(namesIn);
  return typeof value === "object" && value !== null ? [(value as { name: string }).name] : [];
};

/** Whether an operation's attributes speak of an axis: then it does more than work place by place along it. */
export const mentions = ({ attrs }: Node, axis: string): boolean =>
  [attrs.over, attrs.along, attrs.axis, attrs.axes, attrs.from, attrs.to, attrs.into].some((a) => namesIn(a).includes(axis));

/** Whether an operation works place by place along an axis, whatever else it does. */
export const parallel = (node: Node, axis: string, also?: ReadonlySet<string>): boolean =>
  (isPointwise(node.op) || others.has(node.op) || (also?.has(node.op) ?? false)) && !mentions(node, axis);

function moved(node: Node): Node {
  const marks = node.inputs.filter((i) => i.op === "cached");
  if (marks.length === 0 || node.op === "cached") return node;
  const { of, axis } = marks[0]!.attrs as { of: string; axis: string };
  const fits = (i: Node): boolean =>
    i.op === "cached" ? i.attrs.of === of && i.attrs.axis === axis : !hasAxis(i, of) && (!hasAxis(i, axis) || i.op === "iota");
  const works = parallel(node, axis) && !mentions(node, of) && hasAxis(node, axis);
  // What is kept must not grow much, unless it saves a product.
  const small = node.op === "contract" || weight(node) <= marks.reduce((n, m) => n + weight(m), 0);
  if (!works || !small || !node.inputs.every(fits)) return node;
  const below = node.inputs.map((i) => (i.op === "cached" ? i.inputs[0]! : hasAxis(i, axis) ? rename(i, { [axis]: of }) : i));
  return cached(make(node.op, below, node.attrs), of, axis);
}

/** The program with its caches as near to the outputs as they can be. */
export const sunk = (p: Program): Program => mapProgram(p, moved);
