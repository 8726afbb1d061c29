/**
 * Products of one tensor with weights that are known when the graph is loaded: several at once where rows are few, and weights of
 * eight and four bits as onnxruntime's MatMulNBits takes them, packed once. Folding what is constant is onnxruntime's work.
 */
import { mul } from "../../ir/elementwise.ts";
import { type Axis, axisOf, hasAxis, make, type Node, namesOf } from "../../ir/node.ts";
import { inputOf } from "../../ir/program.ts";
import { rename } from "../../ir/shape.ts";
import { type Size, times } from "../../ir/size.ts";
import type { DequantizeAttrs } from "../../ops/dequantize.ts";
import { contractionAxes } from "../../ops/reductions.ts";
import { together } from "./elementwise.ts";
import type { Emitter, Placed } from "./emitter.ts";
import { normal, normTypes } from "./forms.ts";
import type { Finder, Surroundings } from "./special.ts";

/** A product of x, times a factor for each summed place if there is one, with a constant matrix. */
interface Member {
  readonly node: Node;
  readonly x: Node;
  readonly factor: Node | undefined;
  readonly w: Node;
  readonly over: readonly Axis[];
  readonly rows: readonly Axis[];
  readonly columns: readonly Axis[];
  /** How the matrix is packed; undefined for one of f32. */
  readonly packed: Packed | undefined;
}

interface Packed {
  readonly q: Node;
  readonly scale: Node;
  readonly bits: 4 | 8;
  readonly block: number;
  readonly signed: boolean;
}

/** Whether a node follows from constants alone. */
function constant(node: Node, constants: ReadonlySet<string>, known: Map<Node, boolean>): boolean {
  let result = known.get(node);
  if (result === undefined) {
    result =
      node.op === "input"
        ? constants.has(inputOf(node).name)
        : node.op !== "size" && node.inputs.every((i) => constant(i, constants, known));
    known.set(node, result);
  }
  return result;
}

const widths = { i4: [4, true], u4: [4, false], i8: [8, true], u8: [8, false] } as const;

/** dequantize(q) with scales in blocks of a power of two along what is summed; zero points and codebooks are not taken. */
function packing(w: Node, over: readonly Axis[]): Packed | undefined {
  const { axis, group, code } = w.attrs as DequantizeAttrs;
  const [q, scale, zero] = w.inputs as [Node, Node, Node?];
  if (w.op !== "dequantize" || code !== "linear" || zero || !(q.dtype in widths) || below(q).op !== "input") return undefined;
  const last = over.at(-1)!;
  const block = Number(hasAxis(scale, axis) ? group : last.size);
  // Blocks follow one another along the last of the summed axes; of the others each has scales of its own.
  const whole = axis === last.name && over.slice(0, -1).every((a) => hasAxis(scale, a.name));
  if (!whole || block < 16 || Math.log2(block) % 1 !== 0 || scale.dtype !== "f32") return undefined;
  const [bits, signed] = widths[q.dtype as keyof typeof widths];
  return { q, scale, bits, block, signed };
}

/** A matrix that is dequantized, under the names it is read by; what its summed places are multiplied with belongs to x. */
function opened(w: Node, over: readonly Axis[]): { w: Node; factor?: Node } | undefined {
  const [a, b] = w.inputs as [Node, Node?];
  if (w.op === "dequantize") return { w };
  if (w.op === "mul") {
    const [first, second] = [opened(a, over), opened(b!, over)];
    const [inside, factor] = first ? [first, b!] : [second, a];
    const ofX = inside && factor.axes.every((f) => over.some((o) => o.name === f.name));
    return ofX ? { w: inside.w, factor: inside.factor ? mul(inside.factor, factor) : factor } : undefined;
  }
  if (w.op !== "rename") return undefined;
  const names = Object.fromEntries((w.attrs.from as string[]).map((from, i) => [from, (w.attrs.to as string[])[i]!]));
  const before = over.map((o) => ({ ...o, name: Object.keys(names).find((n) => names[n] === o.name) ?? o.name }));
  const inside = opened(a, before);
  if (!inside) return undefined;
  const axis = inside.w.attrs.axis as string;
  const inputs = inside.w.inputs.map((i) => rename(i, names));
  const renamed = make("dequantize", inputs, { ...inside.w.attrs, axis: names[axis] ?? axis });
  return { w: renamed, ...(inside.factor ? { factor: rename(inside.factor, names) } : {}) };
}

/** The input below a renaming. */
const below = (q: Node): Node => (q.op === "rename" ? below(q.inputs[0]!) : q);

function member(node: Node, around: Surroundings): Member | undefined {
  if (node.op !== "contract" || node.dtype !== "f32") return undefined;
  const { batch, left, right, over } = contractionAxes(node);
  const [a, b] = node.inputs as [Node, Node];
  const known = (n: Node) => constant(n, around.constants, around.known);
  if (batch.length > 0 || known(a) === known(b)) return undefined;
  const [x, given, rows, columns] = known(b) ? [a, b, left, right] : [b, a, right, left];
  if (columns.length === 0 || [...columns, ...over].some((s) => typeof s.size !== "number")) return undefined;
  const form = opened(given, over);
  const order = form ? summed(form.w, over) : over;
  const packed = form && packing(form.w, order);
  return { node, x, factor: packed && form.factor, w: packed ? form.w : given, over: order, rows, columns, packed };
}

/** Summed axes with that of the blocks last. */
const summed = (w: Node, over: readonly Axis[]): readonly Axis[] => {
  const inQ = w.inputs[0]!.axes.filter((a) => over.some((o) => o.name === a.name));
  return [...inQ.filter((a) => a.name !== w.attrs.axis), ...inQ.filter((a) => a.name === w.attrs.axis)];
};

/** Whether there are so few rows that starting a product costs as much as it does. */
const few = (rows: readonly Axis[]): boolean => {
  const open = rows.filter((r) => typeof r.size !== "number").length;
  return open < 2 && rows.reduce((n, r) => n * (typeof r.size === "number" ? r.size : 1), 1) <= 4;
};

const sameForm = (a: Member, b: Member): boolean =>
  a.x === b.x &&
  a.factor === b.factor &&
  namesOf(a.over).join() === namesOf(b.over).join() &&
  a.packed?.bits === b.packed?.bits &&
  a.packed?.block === b.packed?.block &&
  a.packed?.signed === b.packed?.signed;

export const weighted: Finder = (node, around) => {
  const own = member(node, around);
  if (!own) return undefined;
  const others = few(own.rows) ? [...new Set(around.readers(own.x))].map((n) => member(n, around)) : [own];
  const group = others.filter((m) => m !== undefined && sameForm(m, own)) as Member[];
  if (group.length < 2 && !own.packed) return undefined;
  return { reads: readsOf(group), write: (e) => written(e, own, group) };
};

/** What a group of products reads: x (or what its norm reads, which takes the factor in), then the matrices. */
function readsOf(group: readonly Member[]): Node[] {
  const { x, factor } = group[0]!;
  const given = factor ? [x.op in normTypes ? x.inputs[0]! : x, factor] : [x];
  return [...given, ...group.flatMap((m) => (m.packed ? [m.packed.q, m.packed.scale] : [m.w]))];
}

/** x times its factor, which a norm takes in. */
function factored(e: Emitter, { x, factor, rows, over }: Member): Placed {
  if (!factor) return e.at(x);
  if (x.op in normTypes) return normal(normTypes[x.op as keyof typeof normTypes], factor)(e, x);
  return together(e, { ...x, axes: [...rows, ...over] }, [e.at(x), e.at(factor)], (names) => e.op("Mul", names));
}

/** What stands for quantized numbers where no product takes them. */
export const apart: Finder = (node, { lowered }) => {
  const root = lowered(node);
  return { reads: [root], write: (e) => e.at(root) };
};

/** Products of one tensor of few rows as one: the columns of the first node, in the order given, then those of the next. */
export function columnsOf(
  wanted: readonly { readonly node: Node; readonly columns: readonly string[] }[],
  around: Surroundings,
): { readonly reads: readonly Node[]; readonly write: (e: Emitter, rows: readonly Axis[]) => string } | undefined {
  const group: Member[] = [];
  for (const { node, columns } of wanted) {
    const found = member(node, around);
    const ordered = columns.map((name) => found?.columns.find((c) => c.name === name));
    if (!found || !few(found.rows) || ordered.includes(undefined) || columns.length !== found.columns.length) return undefined;
    group.push({ ...found, columns: ordered as Axis[] });
  }
  const [own] = group as [Member];
  if (!group.every((m) => sameForm(m, own))) return undefined;
  return { reads: readsOf(group), write: (e, rows) => product(e, own, group, rows) };
}

const sizes = (axes: readonly Axis[]): Size[] => axes.map((a) => a.size);
const total = (axes: readonly Axis[]): number => times(...sizes(axes)) as number;

/** All columns of a group, for rows in this order: [rows.., columns]. */
function product(e: Emitter, own: Member, group: readonly Member[], rows: readonly Axis[]): string {
  const order = [...rows, ...own.over];
  const K = total(own.over);
  const flat = e.reshape(e.ordered(factored(e, own), order).name, sizes(order), [...sizes(rows), K]);
  if (own.packed) return packedProduct(e, flat, group, K);
  return e.op("MatMul", [
    flat,
    joined(
      e,
      group.map((m) => matrix(e, m, K)),
      1,
    ),
  ]);
}

function written(e: Emitter, own: Member, group: readonly Member[]): Placed {
  const rows = factored(e, own).order.filter((a) => own.rows.some((r) => r.name === a.name));
  const all = product(e, own, group, rows);
  const widths = group.map((m) => total(m.columns));
  const place = group.findIndex((m) => m.node === own.node);
  const part = group.length === 1 ? all : e.ops("Split", [all, e.ints(...widths)], group.length, { axis: -1n })[place]!;
  const order = [...rows, ...own.columns];
  return { name: e.reshape(part, [...sizes(rows), widths[place]!], sizes(order)), order };
}

const joined = (e: Emitter, parts: readonly string[], axis: number): string =>
  parts.length === 1 ? parts[0]! : e.op("Concat", parts, { axis: BigInt(axis) });

/** A matrix of f32 as [summed, columns]. */
function matrix(e: Emitter, { w, over, columns }: Member, K: number): string {
  const order = [...over, ...columns].map((a) => axisOf(w, a.name)!);
  return e.reshape(e.ordered(e.at(w), order).name, sizes(order), [K, total(columns)]);
}

function packedProduct(e: Emitter, x: string, group: readonly Member[], K: number): string {
  const N = group.reduce((n, m) => n + total(m.columns), 0);
  const { bits, block } = group[0]!.packed!;
  const weights = joined(
    e,
    group.map((m) => blocks(e, m, K)),
    0,
  );
  const scales = joined(
    e,
    group.map((m) => scalesOf(e, m, K)),
    0,
  );
  const attributes = { K: BigInt(K), N: BigInt(N), bits: BigInt(bits), block_size: BigInt(block), accuracy_level: 4n };
  return e.op("MatMulNBits", [x, weights, scales], attributes, "com.microsoft");
}

/** The numbers as bytes [columns, blocks, bytes of a block], moved so that 0 stands in the middle of what a byte holds. */
function blocks(e: Emitter, { over, columns, packed }: Member, K: number): string {
  const { q, bits, block, signed } = packed!;
  const order = [...columns, ...over].map((a) => axisOf(q, a.name)!);
  const shape: Size[] = [total(columns), K / block, (block * bits) / 8];
  const laid = q.axes.every((a, i) => a.name === order[i]!.name);
  const bytes = laid ? raw(e, q) : rearranged(e, q, order, bits);
  const seen = e.op("Reshape", [bytes, e.ints(...(shape as number[]))]);
  return signed ? e.op("BitwiseXor", [seen, e.constant("uint8", [bits === 4 ? 0x88 : 0x80])]) : seen;
}

/** The bytes of an input as they come. */
const raw = (e: Emitter, q: Node): string =>
  q.dtype === "i8" ? e.op("Cast", [inputOf(below(q)).name], { to: 2n }) : inputOf(below(q)).name;

/** The bytes of an input whose axes lie in another order. */
function rearranged(e: Emitter, q: Node, order: readonly Axis[], bits: 4 | 8): string {
  const { name } = e.ordered(e.at(q), order);
  const bytes = e.op("Cast", [name], { to: 2n });
  if (bits === 8) return bytes;
  const pairs = e.op("Reshape", [e.op("BitwiseAnd", [bytes, e.constant("uint8", [15])]), e.ints(-1, 2)]);
  const part = (i: number) => e.op("Gather", [pairs, e.constant("int64", [i])], { axis: 1n });
  return e.op("BitwiseOr", [part(0), e.op("BitShift", [part(1), e.constant("uint8", [4])], { direction: "LEFT" })]);
}

/** Scales as [columns, blocks]; what a scale does not tell apart has the same. */
function scalesOf(e: Emitter, { over, columns, packed }: Member, K: number): string {
  const { scale, block } = packed!;
  const order = [...columns, ...over].flatMap((a) => axisOf(scale, a.name) ?? []);
  const value = e.ordered(e.at(scale), order);
  const along = [...columns, ...over].map((a) => axisOf(scale, a.name)?.size ?? 1);
  const full = [
    ...columns.map((a) => a.size),
    ...over.map((a, i) => (i === over.length - 1 ? (axisOf(scale, a.name)?.size ?? 1) : a.size)),
  ];
  const spread = e.op("Expand", [e.reshape(value.name, sizes(order), along), e.shape(full)]);
  return e.reshape(spread, full, [total(columns), K / block]);
}
