/**
 * How a cache lies in memory: [rows, heads, places, inner], as attention over it reads it. Which axes are inner is seen from
 * what reads the cache: those that a product with it sums, or that only it has.
 */
import { type Axis, hasAxis, type Node, namesOf, without } from "../ir/node.ts";
import { nodesOf, type Program } from "../ir/program.ts";

/** The axes of one operand of a product or an attention that stay within a place. */
function within(reader: Node, node: Node, twin: string): string[] {
  const over = (reader.attrs.over ?? []) as readonly string[];
  if (over.includes(twin) || reader.inputs[2] === node)
    return namesOf(node.axes.filter((a) => reader.inputs.every((i) => i === node || !hasAxis(i, a.name))));
  return namesOf(node.axes.filter((a) => over.includes(a.name)));
}

/** The axes of what is kept along a twin, `room` in the twin's place: inner ones last, rows first. */
export function cacheAxes(p: Program, node: Node, value: Node, room: Axis): Axis[] {
  const readers = nodesOf(p).filter((n) => (n.op === "contract" || n.op === "attention") && n.inputs.includes(node));
  const inner = new Set(readers.flatMap((r) => within(r, node, room.name)));
  const rest = without(value.axes, [room.name]);
  const last = rest.filter((a) => inner.has(a.name) && typeof a.size === "number");
  const outer = rest.filter((a) => !last.includes(a));
  // Where no reader tells, the twin stands before the last axis.
  if (last.length === 0 && outer.length > 1) last.push(outer.pop()!);
  const rows = outer.filter((a) => typeof a.size !== "number");
  return [...rows, ...outer.filter((a) => typeof a.size === "number"), room, ...last];
}
