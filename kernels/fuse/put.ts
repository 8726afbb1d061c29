/**
 * A replacement in place: `put(cache, value, at)` whose cache is written where it lies is one more store of the kernel that computes the
 * value, at the value's places moved along one axis. Programs keep only such puts when they come to fusion.
 */
import { type Axis, axisOf, type Node } from "../ir/node.ts";

export const isPut = (node: Node): boolean => node.op === "put";

/** The axes over which a stored node is computed: those of its value, in its own order, when it is put into a cache. */
export const placesAt = (node: Node): readonly Axis[] =>
  isPut(node) ? node.axes.map((a) => axisOf(node.inputs[1]!, a.name)!) : node.axes;

/** The operands that computing a node reads: not the cache into which it is put. */
export const readsOf = (node: Node): readonly Node[] => (isPut(node) ? node.inputs.slice(1) : node.inputs);
