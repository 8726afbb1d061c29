/**
 * A choice along a very long axis, such as a vocabulary, in two steps: many workgroups choose within a chunk each, and one among what
 * they chose. Equal numbers keep their order, since chunks and the places within them do.
 */
import { add, mul } from "../../ir/elementwise.ts";
import { gather, topIndices, topValues } from "../../ir/lookup.ts";
import { type Axis, axis, axisOf, type Node } from "../../ir/node.ts";
import { reduceMax } from "../../ir/reduce.ts";
import { merge, split } from "../../ir/shape.ts";
import { iota } from "../../ir/source.ts";
import { argmax } from "../../ops/argmax.ts";
import { countOf } from "../wgsl-index.ts";

/** Axes of fewer places are for one workgroup, and so many rows keep the machine busy without chunks. */
const long = 8192;
const manyRows = 64;
/** Places in a chunk, about. */
const within = 2048;

/** The divisor of a length that makes chunks nearest to the wanted size; undefined where all are far from it. */
export function chunksOf(length: number): number | undefined {
  let best: number | undefined;
  const far = (chunks: number): number => Math.abs(Math.log(length / chunks / within));
  for (let chunks = 2; chunks * 256 <= length; chunks++)
    if (length % chunks === 0 && far(chunks) < (best === undefined ? Math.log(4) : far(best))) best = chunks;
  return best;
}

/** The node in two steps when it chooses along a very long axis; else itself. */
export function widened(node: Node): Node {
  if (!["argmax", "topValues", "topIndices"].includes(node.op)) return node;
  const [x] = node.inputs as [Node];
  const along = axisOf(x, node.attrs.axis as string)!;
  const rows = countOf(x.axes.filter((a) => a !== along));
  if (typeof along.size !== "number" || along.size < long || (typeof rows === "number" && rows >= manyRows)) return node;
  const chunks = chunksOf(along.size);
  if (chunks === undefined) return node;
  const chunk = axis(`${along.name}@chunk`, chunks);
  const inner = axis(`${along.name}@within`, along.size / chunks);
  const parts = split(x, along.name, [chunk, inner]);
  if (node.op === "argmax") {
    const best = argmax(reduceMax(parts, [inner.name]), chunk.name);
    return add(mul(best, inner.size as number), gather(argmax(parts, inner.name), best, chunk.name));
  }
  return topInTwo(node, parts, chunk, inner);
}

function topInTwo(node: Node, parts: Node, chunk: Axis, inner: Axis): Node {
  const into = node.attrs.into as Axis;
  const k = into.size;
  if (typeof k !== "number" || k > 256 || k * 4 > (inner.size as number)) return node;
  const kept = axis(`${inner.name}@kept`, k);
  const values = merge(topValues(parts, inner.name, kept), [chunk.name, kept.name], inner.name);
  if (node.op === "topValues") return topValues(values, inner.name, into);
  const first = mul(iota(chunk), inner.size as number);
  const places = merge(add(topIndices(parts, inner.name, kept), first), [chunk.name, kept.name], inner.name);
  return gather(places, topIndices(values, inner.name, into), inner.name);
}
