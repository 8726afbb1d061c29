/** Elementwise operations in ONNX: operands are brought to one order of dimensions and broadcast from the right. */
import { isFloat } from "../../ir/dtype.ts";
import type { Axis, Node } from "../../ir/node.ts";
import { converted, inner } from "./border.ts";
import type { Emitter, Placed } from "./emitter.ts";

/** How many values axes hold, symbols guessed at 64: only to compare what moving costs. */
export const bulk = (axes: readonly Axis[]): number => axes.reduce((n, a) => n * (typeof a.size === "number" ? a.size : 64), 1);

/** Whether axes stand in an order, with others between them; axes of size 1 stand anywhere. */
function subsequence(part: readonly Axis[], of: readonly Axis[]): boolean {
  const places = part.filter((a) => a.size !== 1).map((a) => of.findIndex((b) => b.name === a.name));
  return places.every((p, i) => i === 0 || p > places[i - 1]!);
}

/**
 * An order with the axes that lack: last, or, where a relation between two texts is spread over heads and the like, before
 * the two texts, as products with it want.
 */
function extended(order: readonly Axis[], axes: readonly Axis[]): readonly Axis[] {
  const missing = axes.filter((a) => !order.some((b) => b.name === a.name));
  const texts = order.flatMap((a, i) => (typeof a.size === "number" ? [] : [i]));
  const at = texts.length > 2 && missing.every((a) => typeof a.size === "number") ? texts.at(-2)! : order.length;
  return [...order.slice(0, at), ...missing, ...order.slice(at)];
}

/** An order for the result that moves the fewest values among the operands' own orders. */
export function commonOrder(axes: readonly Axis[], operands: readonly Placed[]): readonly Axis[] {
  const cost = (order: readonly Axis[]) => operands.reduce((n, o) => n + (subsequence(o.order, order) ? 0 : bulk(o.order)), 0);
  // The larger an operand, the more its own order is worth among equals.
  const candidates = [...operands]
    .sort((a, b) => bulk(b.order) - bulk(a.order))
    .map((o) => (o.order.length === axes.length ? o.order : extended(o.order, axes)));
  return candidates.reduce((best, c) => (cost(c) < cost(best) ? c : best), candidates[0] ?? axes);
}

/** An operand whose dimensions stand where a result of this order broadcasts them; leading ones are left out. */
export function aligned(e: Emitter, value: Placed, order: readonly Axis[]): string {
  const own = order.filter((a) => value.order.some((b) => b.name === a.name));
  const moved = e.ordered(value, own);
  const first = order.findIndex((a) => own.includes(a));
  const shape = first < 0 ? [] : order.slice(first).map((a) => (own.includes(a) ? a.size : 1));
  return e.reshape(
    moved.name,
    own.map((a) => a.size),
    shape,
  );
}

/** Brings operands to one order and hands their names to `build`. */
export function together(e: Emitter, node: Node, operands: readonly Placed[], build: (names: string[]) => string): Placed {
  const order = commonOrder(node.axes, operands);
  const sized = order.map((a) => node.axes.find((b) => b.name === a.name)!);
  return { name: build(operands.map((o) => aligned(e, o, sized))), order: sized };
}

type Pointwise = (e: Emitter, args: string[], node: Node) => string;

const f32 = (e: Emitter, value: number): string => e.constant("float", [value]);
const like = (e: Emitter, node: Node, value: number): string => e.constant(inner[node.inputs[0]!.dtype], [value]);

/** log(1 + x), exact near 0 (Higham 2002, section 1.14.1): log(u) x / (u - 1) with u = 1 + x as rounded. */
const log1p: Pointwise = (e, [x]) => {
  const u = e.op("Add", [x!, f32(e, 1)]);
  const off = e.op("Sub", [u, f32(e, 1)]);
  const exact = e.op("Div", [e.op("Mul", [e.op("Log", [u]), x!]), off]);
  return e.op("Where", [e.op("Equal", [off, f32(e, 0)]), x!, exact]);
};

/** exp(x) - 1: by tanh near 0, where the difference would cancel. */
const expm1: Pointwise = (e, [x]) => {
  const half = e.op("Tanh", [e.op("Mul", [x!, f32(e, 0.5)])]);
  const near = e.op("Div", [e.op("Mul", [half, f32(e, 2)]), e.op("Sub", [f32(e, 1), half])]);
  const small = e.op("Less", [e.op("Abs", [x!]), f32(e, 1)]);
  return e.op("Where", [small, near, e.op("Sub", [e.op("Exp", [x!]), f32(e, 1)])]);
};

const modulo: Pointwise = (e, [a, b], node) => {
  if (!isFloat(node.dtype)) return e.op("Mod", [a!, b!], { fmod: 0n });
  return e.op("Sub", [a!, e.op("Mul", [b!, e.op("Floor", [e.op("Div", [a!, b!])])])]);
};

const wholeDivision: Pointwise = (e, [a, b], node) =>
  node.dtype === "u32" ? e.op("Div", [a!, b!]) : e.op("Div", [e.op("Sub", [a!, e.op("Mod", [a!, b!], { fmod: 0n })]), b!]);

const castTo: Pointwise = (e, [x], node) => converted(e, x!, node.inputs[0]!.dtype, node.dtype);

/** log(1 + exp(-|x|)), which onnxruntime's Softplus computes with log1p. */
const softplusOfMinusAbs = (e: Emitter, x: string): string => e.op("Softplus", [e.op("Neg", [e.op("Abs", [x])])]);

/** Elementwise operations that are not one ONNX operator; the others name theirs in their record. */
export const pointwise: Readonly<Record<string, Pointwise>> = {
  rsqrt: (e, [x]) => e.op("Reciprocal", [e.op("Sqrt", [x!])]),
  log1p,
  expm1,
  mod: modulo,
  idiv: wholeDivision,
  ne: (e, [a, b]) => e.op("Not", [e.op("Equal", [a!, b!])]),
  cast: castTo,
  silu: (e, [x]) => e.op("QuickGelu", [x!], { alpha: 1 }, "com.microsoft"),
  gelu: (e, [x]) => e.op("Gelu", [x!], { approximate: "none" }),
  logSigmoid: (e, [x]) => e.op("Neg", [e.op("Softplus", [e.op("Neg", [x!])])]),
  logAddExp: (e, [a, b]) => e.op("Add", [e.op("Max", [a!, b!]), softplusOfMinusAbs(e, e.op("Sub", [a!, b!]))]),
  abs: (e, [x], node) => (node.dtype === "u32" ? x! : e.op("Abs", [x!])),
  sub: (e, [a, b], node) => (node.dtype === "u32" ? wrapped(e, e.op("Sub", [a!, b!])) : e.op("Sub", [a!, b!])),
  add: (e, [a, b], node) => (node.dtype === "u32" ? wrapped(e, e.op("Add", [a!, b!])) : e.op("Add", [a!, b!])),
  mul: (e, [a, b], node) => (node.dtype === "u32" ? product32(e, a!, b!) : e.op("Mul", [a!, b!])),
  neg: (e, [x], node) => (node.dtype === "u32" ? wrapped(e, e.op("Neg", [x!])) : e.op("Neg", [x!])),
  sign: (e, [x], node) => (node.dtype === "u32" ? e.op("Min", [x!, like(e, node, 1)]) : e.op("Sign", [x!])),
};

/** An int64 brought back to 32 bits. */
export const wrapped = (e: Emitter, x: string): string => e.op("Mod", [x, e.constant("int64", [2 ** 32])], { fmod: 0n });

/** The low 32 bits of a product of two words held as int64, without overflow: high half first. */
function product32(e: Emitter, a: string, b: string): string {
  const half = e.constant("int64", [65536]);
  const low = e.op("Mod", [b, half], { fmod: 0n });
  const high = e.op("Mod", [e.op("Mul", [a, e.op("Div", [b, half])]), half], { fmod: 0n });
  return wrapped(e, e.op("Add", [e.op("Mul", [high, half]), e.op("Mul", [a, low])]));
}
