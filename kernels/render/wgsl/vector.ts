/** Four neighbouring values of a tensor at once, where they lie side by side in memory. */
import type { Node } from "../../ir/node.ts";
import type { Place } from "../wgsl-index.ts";
import type { Bound } from "../wgsl-writer.ts";
import type { Around, KernelScope } from "./template.ts";

/** How values can be had in fours: along which axis, and the tensors in memory whose bindings hold four values an element. */
export interface Vector {
  readonly axis: string;
  readonly tensors: readonly Node[];
}

/** Whether a node's values can be had in fours: it lies in memory as f32, and its fastest axis has a multiple of four places. */
export function vectorOf(node: Node, around: Around): Vector | undefined {
  const last = node.axes.at(-1);
  if (!around.inMemory(node) || node.dtype !== "f32" || !last) return undefined;
  const memory = around.axes(node).at(-1);
  return memory?.name === last.name && typeof last.size === "number" && last.size % 4 === 0
    ? { axis: last.name, tensors: [node] }
    : undefined;
}

/** The values at a place and at the three after it along the axis of `vectorOf`, as a vec4f. */
export function vectorAt(s: KernelScope, node: Node, place: Place): Bound {
  const at = s.index.address(s.axes(node), place);
  return s.writer.bind(`${s.bound(node)}[${at.text} / 4]`, at.level);
}
