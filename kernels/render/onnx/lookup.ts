/** Gathers, scatters, running sums, the largest, and random words in ONNX. */
import { type Axis, axisOf, hasAxis, type Node, without } from "../../ir/node.ts";
import { type Size, times } from "../../ir/size.ts";
import { philoxCounters } from "../../ops/philox.ts";
import { inner } from "./border.ts";
import { aligned, wrapped } from "./elementwise.ts";
import type { Emitter, Placed } from "./emitter.ts";
import { elementTypes } from "./proto.ts";

const sizes = (axes: readonly Axis[]): Size[] => axes.map((a) => a.size);
const total = (axes: readonly Axis[]): Size => times(...sizes(axes));
const wide = (e: Emitter, name: string): string =>
  e.once(`int64 ${name}`, () => e.op("Cast", [name], { to: BigInt(elementTypes.int64) }));

/** Gather: plain when x and index share no axis, otherwise GatherND with the shared axes as one batch dimension. */
export function gathered(e: Emitter, node: Node): Placed {
  const [x, index] = node.inputs as [Node, Node];
  const name = node.attrs.axis as string;
  const [from, places] = [e.at(x), e.at(index)];
  const shared = index.axes.filter((a) => a.name !== name && hasAxis(x, a.name));
  if (shared.length === 0) {
    const at = from.order.findIndex((a) => a.name === name);
    const order = from.order.flatMap((a) => (a.name === name ? places.order : [a]));
    return { name: e.op("Gather", [from.name, places.name], { axis: BigInt(at) }), order };
  }
  const fresh = places.order.filter((a) => !shared.some((s) => s.name === a.name));
  const rest = from.order.filter((a) => a.name !== name && !shared.some((s) => s.name === a.name));
  const along = axisOf(x, name)!;
  const data = e.ordered(from, [...shared, along, ...rest]);
  const where = e.ordered(places, [...shared, ...fresh]);
  const flat = e.reshape(data.name, sizes(data.order), [total(shared), along.size, ...sizes(rest)]);
  const indices = e.reshape(wide(e, where.name), sizes(where.order), [total(shared), total(fresh), 1]);
  const order = [...shared, ...fresh, ...rest];
  const result = e.op("GatherND", [flat, indices], { batch_dims: 1n });
  return { name: e.reshape(result, [total(shared), total(fresh), ...sizes(rest)], sizes(order)), order };
}

interface Scatter {
  readonly shared: readonly Axis[];
  readonly from: readonly Axis[];
  readonly rest: readonly Axis[];
  readonly into: Axis;
  /** Index as [shared, from] and values as [shared, from, rest]. */
  readonly index: string;
  readonly values: string;
}

function scattered(e: Emitter, node: Node): Scatter {
  const [values, index] = node.inputs as [Node, Node];
  const names = node.attrs.from as readonly string[];
  const from = index.axes.filter((a) => names.includes(a.name));
  const shared = without(index.axes, names);
  const order = e.at(values).order;
  const rest = order.filter((a) => !hasAxis(index, a.name));
  return {
    shared,
    from,
    rest,
    into: node.attrs.into as Axis,
    index: e.ordered(e.at(index), [...shared, ...from]).name,
    values: e.ordered(e.at(values), [...shared, ...from, ...rest]).name,
  };
}

/**
 * Scatter-add onto a tensor that lies as [shared, into, rest]. Always ScatterElements, which onnxruntime runs in order: its ScatterND is
 * quicker on rows but adds from several threads at once, and where an index occurs twice it loses some of what it should add.
 */
function scatterOnto(e: Emitter, s: Scatter, base: string): string {
  const order = [...s.shared, ...s.from, ...s.rest];
  const flat = [total(s.shared), total(s.from)] as const;
  const index = e.reshape(wide(e, s.index), sizes([...s.shared, ...s.from]), flat);
  if (s.rest.length === 0)
    return e.op("ScatterElements", [base, index, e.reshape(s.values, sizes(order), flat)], { axis: 1n, reduction: "add" });
  const rows = times(...flat);
  const updates = e.reshape(s.values, sizes(order), [rows, total(s.rest)]);
  const column = e.reshape(s.shared.length > 0 ? rowOffsets(e, s, index) : index, flat, [rows, 1]);
  const spread = e.op("Expand", [column, e.shape([rows, total(s.rest)], { exact: true })]);
  return e.op("ScatterElements", [base, spread, updates], { axis: 0n, reduction: "add" });
}

/** The index plus where each shared row begins. */
function rowOffsets(e: Emitter, s: Scatter, index: string): string {
  const scalar = (size: Size) => e.reshape(e.size(size), [1], []);
  const range = e.op("Range", [e.constant("int64", [0]), scalar(total(s.shared)), e.constant("int64", [1])]);
  const starts = e.op("Mul", [range, e.size(s.into.size)]);
  return e.op("Add", [index, e.reshape(starts, [total(s.shared)], [total(s.shared), 1])]);
}

/** The dimensions onto which a scatter works: single values keep their shared rows, rows lie flat. */
const ontoSizes = (s: Scatter): Size[] =>
  s.rest.length === 0 ? [total(s.shared), s.into.size] : [times(total(s.shared), s.into.size), total(s.rest)];

/** Scatter-add into zeros, or onto `onto` where the sum of both is wanted. */
export function scatter(e: Emitter, node: Node, onto?: Placed): Placed {
  const s = scattered(e, node);
  const order = [...s.shared, s.into, ...s.rest];
  const shape = ontoSizes(s);
  const base = onto
    ? e.reshape(e.ordered(onto, order).name, sizes(order), shape)
    : e.op("Expand", [e.constant(inner[node.dtype], [0]), e.shape(shape, { exact: true })]);
  return { name: e.reshape(scatterOnto(e, s, base), shape, sizes(order)), order };
}

/** Running sums. */
export function running(e: Emitter, node: Node): Placed {
  const { name, order } = e.at(node.inputs[0]!);
  const at = order.findIndex((a) => a.name === node.attrs.axis);
  const flags = { exclusive: BigInt(node.attrs.exclusive as boolean), reverse: BigInt(node.attrs.reverse as boolean) };
  return { name: e.op("CumSum", [name, e.constant("int64", [at])], flags), order };
}

/** The largest values or their places: both come from one TopK. */
export function largest(e: Emitter, node: Node): Placed {
  const x = node.inputs[0]!;
  const { name, order } = e.at(x);
  const into = node.attrs.into as Axis;
  const at = order.findIndex((a) => a.name === node.attrs.axis);
  const key = (what: string) => `top ${what} ${name} ${at} ${into.size}`;
  const values = e.once(key("values"), () => {
    const [v, i] = e.ops("TopK", [name, e.size(into.size)], 2, { axis: BigInt(at), largest: 1n, sorted: 1n }) as [string, string];
    e.once(key("places"), () => i);
    return v;
  });
  const result = order.map((a, i) => (i === at ? into : a));
  if (node.op === "topValues") return { name: values, order: result };
  return { name: e.op("Cast", [e.once(key("places"), () => values)], { to: BigInt(elementTypes.int32) }), order: result };
}

/** 0, 1, 2, ... as int64 of one dimension. */
export function counting(e: Emitter, size: Size): string {
  if (typeof size === "number")
    return e.constant(
      "int64",
      Array.from({ length: size }, (_, i) => i),
      [size],
    );
  const limit = e.reshape(e.size(size), [1], []);
  return e.once(`range ${size}`, () => e.op("Range", [e.constant("int64", [0]), limit, e.constant("int64", [1])]));
}

const half = 65536;

/** a * m as high and low words of 32 bits, for words held as int64 and a constant m: in parts that cannot overflow. */
function wideProduct(e: Emitter, a: string, m: number): { high: string; low: string } {
  const word = (v: number) => e.constant("int64", [v]);
  const mod = (x: string) => e.op("Mod", [x, word(half)], { fmod: 0n });
  const byHigh = e.op("Mul", [a, word(Math.floor(m / half))]);
  const byLow = e.op("Mul", [a, word(m % half)]);
  const middle = e.op("Add", [byHigh, e.op("Div", [byLow, word(half)])]);
  const low = e.op("Add", [e.op("Mul", [mod(middle), word(half)]), mod(byLow)]);
  return { high: e.op("Div", [middle, word(half)]), low };
}

/** Philox 4x32-10 in int64; the counters are those of the reference in ops/philox.ts. */
export function randomWords(e: Emitter, node: Node): Placed {
  const { fixed, open } = philoxCounters(node);
  const order = node.axes;
  const word = (v: number) => e.constant("int64", [v]);
  const add = (a: string, b: string) => e.op("Add", [a, b]);
  const spread = (axis: Axis) => aligned(e, { name: counting(e, axis.size), order: [axis] }, order);
  const count = (axes: readonly Axis[], base: (a: Axis) => number) =>
    axes.reduce((n, a) => (n === "" ? spread(a) : add(e.op("Mul", [n, word(base(a))]), spread(a))), "") || word(0);
  const xor = (...parts: string[]) => parts.reduce((a, b) => e.op("BitwiseXor", [a, b]));
  const [seed, step, row] = node.inputs.map((i) => e.at(i)) as [Placed, Placed, Placed];
  let c = [
    count(fixed, (a) => a.size as number),
    wrapped(
      e,
      count(open, () => half),
    ),
    aligned(e, row, order),
    word(node.attrs.place as number),
  ];
  let [k0, k1] = [seed.name, step.name];
  for (let round = 0; round < 10; round++) {
    const [p, q] = [wideProduct(e, c[0]!, 0xd2511f53), wideProduct(e, c[2]!, 0xcd9e8d57)];
    c = [xor(q.high, c[1]!, k0), q.low, xor(p.high, c[3]!, k1), p.low];
    k0 = wrapped(e, add(k0, word(0x9e3779b9)));
    k1 = wrapped(e, add(k1, word(0xbb67ae85)));
  }
  const shape = e.shape(sizes(order), { exact: true });
  return { name: e.op("Expand", [c[node.attrs.word as number]!, shape]), order };
}
