/**
 * Choices and sums along a very long axis, such as a vocabulary, in two steps: many workgroups go through a chunk each, and one through
 * what they found. Equal numbers keep their order, since chunks and the places within them do.
 */
import { add, mul } from "../../ir/elementwise.ts";
import { gather, topIndices, topValues } from "../../ir/lookup.ts";
import { type Axis, axis, axisOf, hasAxis, type Node } from "../../ir/node.ts";
import { reduceMax, reduceMin, sum } from "../../ir/reduce.ts";
import { merge, split } from "../../ir/shape.ts";
import { sizeTerms } from "../../ir/size.ts";
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

/** Whether axes have many places: as many as that in numbers, or as more than one symbol says, such as those of texts. */
const busy = (axes: readonly Axis[]): boolean => {
  const size = countOf(axes);
  return typeof size === "number" ? size >= manyRows : sizeTerms(size).some(({ symbols }) => symbols.length > 1);
};

/** A long axis cut into chunks and the places within them; undefined where it is not so long, or its rows are many. */
function cut(x: Node, name: string): { parts: Node; chunk: Axis; inner: Axis } | undefined {
  const along = axisOf(x, name)!;
  if (typeof along.size !== "number" || along.size < long || busy(x.axes.filter((a) => a !== along))) return undefined;
  const chunks = chunksOf(along.size);
  if (chunks === undefined) return undefined;
  const chunk = axis(`${along.name}@chunk`, chunks);
  const inner = axis(`${along.name}@within`, along.size / chunks);
  return { parts: split(x, along.name, [chunk, inner]), chunk, inner };
}

/** What decides which is the largest along an axis: without what is taken from all alike, such as the logarithm of their sum. */
const deciding = (x: Node, name: string): Node =>
  x.op === "sub" && !hasAxis(x.inputs[1]!, name) && x.inputs[0]!.axes.length === x.axes.length ? deciding(x.inputs[0]!, name) : x;

function largest(node: Node): Node {
  const name = node.attrs.axis as string;
  const x = deciding(node.inputs[0]!, name);
  const found = cut(x, name);
  if (!found) return x === node.inputs[0] ? node : argmax(x, name);
  const { parts, chunk, inner } = found;
  const best = argmax(reduceMax(parts, [inner.name]), chunk.name);
  return add(mul(best, inner.size as number), gather(argmax(parts, inner.name), best, chunk.name));
}

const reductions = { sum, reduceMax, reduceMin } as const;

/** The node in two steps when it goes along a very long axis; else itself. */
export function widened(node: Node): Node {
  const [x] = node.inputs as [Node];
  if (node.op === "argmax") return largest(node);
  if (node.op === "topValues" || node.op === "topIndices") {
    const found = cut(x, node.attrs.axis as string);
    return found ? topInTwo(node, found.parts, found.chunk, found.inner) : node;
  }
  if (!(node.op in reductions)) return node;
  const over = node.attrs.over as readonly string[];
  const found = over.length === 1 ? cut(x, over[0]!) : undefined;
  if (!found) return node;
  const reduce = reductions[node.op as keyof typeof reductions];
  return reduce(reduce(found.parts, [found.inner.name]), [found.chunk.name]);
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
