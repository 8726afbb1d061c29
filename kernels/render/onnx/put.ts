/**
 * New values put into a cache: ScatterND onto the cache, which a device may let write into the cache itself. It adds nothing, and
 * no place occurs twice, so its threads never meet.
 */
import { add, and, ge, lt, maximum, minimum, select, sub } from "../../ir/elementwise.ts";
import { gather } from "../../ir/lookup.ts";
import { type Axis, axisOf, type Node } from "../../ir/node.ts";
import { minus, plus, type Size } from "../../ir/size.ts";
import { iota, sizeOf } from "../../ir/source.ts";
import { aligned } from "./elementwise.ts";
import type { Emitter, Placed } from "./emitter.ts";
import { counting } from "./lookup.ts";
import { elementTypes } from "./proto.ts";
import type { Finder, Surroundings } from "./special.ts";

/** Whether all places of the value exist, because what is read of the result ends where the value ends. */
function fits(node: Node, { readers }: Surroundings): boolean {
  const [, value, at] = node.inputs as [Node, Node, Node];
  const fresh = axisOf(value, node.attrs.axis as string)!.size;
  const start = at.op === "input" && at.attrs.role === "size" ? (at.attrs.name as string) : undefined;
  const end = start === undefined ? undefined : plus(start, fresh);
  return readers(node).some(
    (r) => r.op === "slice" && r.attrs.axis === node.attrs.axis && plus(r.attrs.start as Size, r.attrs.size as Size) === end,
  );
}

/** The same with places that exist: where the value would reach past an end, what stood there is put in its place. */
function inside(node: Node): { value: Node; at: Node } {
  const [cache, value, at] = node.inputs as [Node, Node, Node];
  const name = node.attrs.axis as string;
  const [whole, part] = [axisOf(cache, name)!, axisOf(value, name)!];
  const last = sizeOf(minus(part.size, 1), "i32");
  const start = maximum(minimum(at, sizeOf(minus(whole.size, part.size), "i32")), 0);
  const from = add(iota(part), sub(start, at));
  const there = and(ge(from, 0), lt(from, sizeOf(part.size, "i32")));
  const moved = gather(value, maximum(minimum(from, last), 0), name);
  return { value: select(there, moved, gather(cache, add(iota(part), start), name)), at: start };
}

export const put: Finder = (node, around) => {
  const cache = node.inputs[0]!;
  const { value, at } = fits(node, around) ? { value: node.inputs[1]!, at: node.inputs[2]! } : inside(node);
  return { reads: [cache, value, at], write: (e) => scattered(e, node.attrs.axis as string, cache, value, at) };
};

function scattered(e: Emitter, name: string, cache: Node, value: Node, at: Node): Placed {
  const { name: data, order } = e.at(cache);
  const depth = order.findIndex((a) => a.name === name) + 1;
  const part = axisOf(value, name)!;
  const shape = order.map((a) => (a.name === name ? part : a));
  const index = indices(e, shape.slice(0, depth), e.at(at));
  return { name: e.op("ScatterND", [data, index, e.ordered(e.at(value), shape).name]), order };
}

/** Where each row of the value goes: int64 [axes.., how many axes], the last of them counted from `at`. */
function indices(e: Emitter, axes: readonly Axis[], at: Placed): string {
  const sizes = axes.map((a) => a.size);
  const int64 = { to: BigInt(elementTypes.int64) };
  const start = aligned(e, { name: e.op("Cast", [at.name], int64), order: at.order }, axes);
  const column = (axis: Axis, i: number): string => {
    const places = aligned(e, { name: counting(e, axis.size), order: [axis] }, axes);
    const moved = i === axes.length - 1 ? e.op("Add", [places, start]) : places;
    return e.reshape(e.op("Expand", [moved, e.shape(sizes, { exact: true })]), sizes, [...sizes, 1]);
  };
  return e.op("Concat", axes.map(column), { axis: -1n });
}
