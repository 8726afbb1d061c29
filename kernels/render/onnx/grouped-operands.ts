/**
 * What GroupQueryAttention is given: queries, keys and values, each as [rows, tokens, heads * inner], or all three as they come
 * out of one product; turned beforehand, or by the operator itself with the angles of this step.
 */
import { type Axis, axisOf, hasAxis, type Node, without } from "../../ir/node.ts";
import { plus, type Size, times } from "../../ir/size.ts";
import { inner as elements } from "./border.ts";
import type { Emitter } from "./emitter.ts";
import { counting } from "./lookup.ts";
import { columnsOf } from "./products.ts";
import { type Rotary, rotation } from "./rotary.ts";
import type { Surroundings } from "./special.ts";

/** Queries, new keys and new values with the names of their axes: `inner` is the last of each. */
export interface Given {
  readonly q: Node;
  readonly k: Node;
  readonly v: Node;
  readonly row: Axis;
  readonly text: Axis | undefined;
  /** The new tokens of keys and values: the twin of `text`. */
  readonly twin: Axis;
  readonly head: Axis;
  readonly share: readonly Axis[];
  readonly inner: Axis;
  readonly own: Axis;
  /** How many places there are to look at. */
  readonly places: Size;
}

/** The operands and how they are written: query, key, value, and cosines, sines and places of rotary positions. */
export interface Operands {
  readonly reads: readonly Node[];
  readonly write: (e: Emitter) => {
    readonly qkv: readonly string[];
    readonly angles: readonly string[];
    readonly interleaved: boolean;
  };
}

/** A value before it was called after the twin of the text. */
function untwinned(node: Node, { text, twin }: Given): Node {
  if (node.op !== "rename" || !text) return node;
  const at = (node.attrs.to as string[]).indexOf(twin.name);
  const only = (node.attrs.to as string[]).length === 1 && (node.attrs.from as string[])[at] === text.name;
  return only ? node.inputs[0]! : node;
}

/** Whether two nodes compute the same, one along an axis of another name. */
function alike(a: Node, b: Node, from: string, to: string): boolean {
  if (a === b) return true;
  const named = JSON.stringify(a.attrs).replaceAll(JSON.stringify(from), JSON.stringify(to));
  return a.op === b.op && named === JSON.stringify(b.attrs) && a.inputs.every((x, i) => alike(x, b.inputs[i]!, from, to));
}

/** One rotation of queries and keys by the positions of rows and tokens. */
function turning(g: Given): { q: Rotary; k: Rotary } | undefined {
  const [q, k] = [rotation(g.q), rotation(untwinned(g.k, g))];
  if (!q || !k || typeof g.inner.size !== "number" || g.inner.size % 16 !== 0) return undefined;
  const [one, two] = [q.angles.name, k.angles.name];
  const same = alike(k.cos, q.cos, two, one) && alike(k.sin, q.sin, two, one) && q.interleaved === k.interleaved;
  const known = without(q.cos.axes, [one]).every((a) => a.name === g.row.name || a.name === g.text?.name);
  return same && known && q.cos.axes.length === q.sin.axes.length ? { q, k } : undefined;
}

export function operands(g: Given, around: Surroundings): Operands {
  const turned = turning(g);
  const [q, k, v] = turned ? [turned.q.x, turned.k.x, untwinned(g.v, g)] : [g.q, g.k, g.v];
  const names = (axes: readonly Axis[]) => axes.map((a) => a.name);
  const wanted = [
    { node: q, columns: names([g.head, ...g.share, g.inner]) },
    { node: k, columns: names([g.head, g.inner]) },
    { node: v, columns: names([g.head, g.own]) },
  ];
  const one = turned ? columnsOf(wanted, around) : undefined;
  const fresh = g.twin.size;
  const apart = (e: Emitter): string[] => {
    const token = (node: Node) => (hasAxis(node, g.twin.name) ? g.twin : g.text);
    const keyed = (node: Node, last: Axis) => flat(e, node, [g.row, token(node), g.head, last], fresh);
    return [flat(e, q, [g.row, g.text, g.head, ...g.share, g.inner], fresh), keyed(k, g.inner), keyed(v, g.own)];
  };
  const rows = [g.row, ...(g.text ? [g.text] : [])];
  const packed = (e: Emitter): string[] => {
    const all = one!.write(e, rows);
    const width = times(plus(times(g.head.size, ...g.share.map((a) => a.size)), times(2, g.head.size)), g.inner.size);
    return [e.reshape(all, [...rows.map((a) => a.size), width], [g.row.size, fresh, width]), "", ""];
  };
  return {
    reads: [...(one ? one.reads : [q, k, v]), ...(turned ? [turned.q.cos, turned.q.sin] : [])],
    write: (e) => ({
      qkv: one ? packed(e) : apart(e),
      angles: turned ? angles(e, g, turned.q) : [],
      interleaved: turned?.q.interleaved ?? false,
    }),
  };
}

/** A value as [rows, tokens, heads * inner]. */
function flat(e: Emitter, node: Node, order: readonly (Axis | undefined)[], tokens: Size): string {
  const axes = order.filter((a) => a !== undefined).map((a) => axisOf(node, a.name)!);
  const sizes = axes.map((a) => a.size);
  const rest = axes.slice(1).filter((a) => a.name !== order[1]?.name);
  return e.reshape(e.ordered(e.at(node), axes).name, sizes, [sizes[0]!, tokens, times(...rest.map((a) => a.size))]);
}

/**
 * Tables of cosines and sines and the line of each token in them. The operator wants lines for all places, of which it reads
 * those named: below the lines of this step stand zeros.
 */
function angles(e: Emitter, { row, text, twin, places }: Given, { cos, sin, angles: channel }: Rotary): string[] {
  const own = [row, ...(text ? [text] : [])].filter((a) => hasAxis(cos, a.name));
  const shape = [...own, channel].map((a) => a.size);
  const lines = times(...own.map((a) => a.size));
  const zeros = e.op("Expand", [e.constant(elements.f32, [0]), e.shape([places, channel.size], { exact: true })]);
  const table = (node: Node) => {
    const known = e.reshape(e.ordered(e.at(node), [...own, channel]).name, shape, [lines, channel.size]);
    return e.op("Concat", [known, zeros], { axis: 0n });
  };
  const perRow = own.some((a) => a.name === row.name) ? row.size : 1;
  const perToken = own.some((a) => a.name === text?.name) ? twin.size : 1;
  const numbers = e.reshape(counting(e, lines), [lines], [perRow, perToken]);
  const line = e.op("Expand", [numbers, e.shape([row.size, twin.size], { exact: true })]);
  return [table(cos), table(sin), line];
}
