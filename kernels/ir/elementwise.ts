/**
 * Elementwise operations broadcast by name: an operand that lacks an axis is spread over it; a shared axis has one size.
 * A number stands for a constant of the other operand's dtype.
 */
import { type Axis, axesText, type DType, declare, fail, make, type Node, type Type } from "./node.ts";
import { constant } from "./source.ts";

/** A node, or a number where the dtype is plain from the other operands (alone: f32). */
export type Operand = Node | number;

/** The axes of an elementwise result: the operand that has all of them gives the order, else the first's, then new ones. */
export function broadcast(op: string, inputs: readonly Node[]): readonly Axis[] {
  const all = new Map<string, Axis>();
  for (const axis of inputs.flatMap((i) => i.axes)) {
    const known = all.get(axis.name);
    if (known && known.size !== axis.size) fail(op, `axis ${axis.name} is ${known.size} and ${axis.size}`, inputs);
    if (!known) all.set(axis.name, axis);
  }
  return inputs.find((i) => i.axes.length === all.size)?.axes ?? [...all.values()];
}

const real = ["f32", "f16"] as const;
const number = ["f32", "f16", "i32", "u32"] as const;
const whole = ["i32", "u32"] as const;
const logic = ["bool"] as const;
const any = ["f32", "f16", "i32", "u32", "bool"] as const;

/** Unary operations: the dtypes they take; the result has the same dtype. */
export const unaries = {
  neg: number,
  abs: number,
  sign: number,
  exp: real,
  expm1: real,
  log: real,
  log1p: real,
  sqrt: real,
  rsqrt: real,
  tanh: real,
  erf: real,
  sin: real,
  cos: real,
  acos: real,
  floor: real,
  ceil: real,
  round: real,
  not: logic,
} as const satisfies Record<string, readonly DType[]>;

/** Binary operations: the dtypes they take and whether the result is a truth value. */
export const binaries = {
  add: [number, false],
  sub: [number, false],
  mul: [number, false],
  div: [real, false],
  idiv: [whole, false],
  mod: [number, false],
  pow: [real, false],
  maximum: [number, false],
  minimum: [number, false],
  eq: [any, true],
  ne: [any, true],
  lt: [number, true],
  le: [number, true],
  gt: [number, true],
  ge: [number, true],
  and: [logic, true],
  or: [logic, true],
  xor: [logic, true],
} as const satisfies Record<string, readonly [readonly DType[], boolean]>;

/** The names of unary operations. */
export type UnaryOp = keyof typeof unaries;
/** The names of binary operations. */
export type BinaryOp = keyof typeof binaries;

function takes(op: string, inputs: readonly Node[], arity: number, dtypes: readonly DType[]): DType {
  const dtype = inputs[0]?.dtype;
  if (inputs.length !== arity || !dtype) return fail(op, `takes ${arity} operands`, inputs);
  if (!dtypes.includes(dtype) || inputs.some((i) => i.dtype !== dtype))
    fail(op, `takes ${dtypes.join(" or ")}, all the same`, inputs);
  return dtype;
}

for (const [op, dtypes] of Object.entries(unaries))
  declare(op, (inputs): Type => ({ dtype: takes(op, inputs, 1, dtypes), axes: inputs[0]!.axes }));

for (const [op, [dtypes, truth]] of Object.entries(binaries))
  declare(op, (inputs): Type => {
    const dtype = takes(op, inputs, 2, dtypes);
    return { dtype: truth ? "bool" : dtype, axes: broadcast(op, inputs) };
  });

declare("select", (inputs): Type => {
  const [condition, a, b] = inputs;
  if (inputs.length !== 3 || condition!.dtype !== "bool" || a!.dtype !== b!.dtype) fail("select", "takes bool, T, T", inputs);
  return { dtype: a!.dtype, axes: broadcast("select", inputs) };
});

declare<{ to: DType }>("cast", ([x], { to }) => ({ dtype: to, axes: x!.axes }));

/** Turns numbers among operands into constants of the nodes' dtype. */
export function operands(...given: Operand[]): Node[] {
  const dtype = given.find((g): g is Node => typeof g !== "number")?.dtype ?? "f32";
  return given.map((g) => (typeof g === "number" ? constant(g, dtype) : g));
}

const unary = (op: UnaryOp) => (x: Operand) => make(op, operands(x));
const binary = (op: BinaryOp) => (a: Operand, b: Operand) => make(op, operands(a, b));

/** -x. */
export const neg = unary("neg");
/** x without its sign. */
export const abs = unary("abs");
/** -1, 0 or 1. */
export const sign = unary("sign");
/** e to the power of x. */
export const exp = unary("exp");
/** exp(x) - 1, exact near 0. */
export const expm1 = unary("expm1");
/** The natural logarithm. */
export const log = unary("log");
/** log(1 + x), exact near 0. */
export const log1p = unary("log1p");
/** The square root. */
export const sqrt = unary("sqrt");
/** 1 / sqrt(x). */
export const rsqrt = unary("rsqrt");
/** The hyperbolic tangent. */
export const tanh = unary("tanh");
/** The error function. */
export const erf = unary("erf");
/** The sine, in radians. */
export const sin = unary("sin");
/** The cosine, in radians. */
export const cos = unary("cos");
/** The angle in 0..pi whose cosine is x. */
export const acos = unary("acos");
/** The next whole number below. */
export const floor = unary("floor");
/** The next whole number above. */
export const ceil = unary("ceil");
/** To the nearest whole number, halves to the even one. */
export const round = unary("round");
/** Whether a truth value is false. */
export const not = unary("not");

/** a + b. */
export const add = binary("add");
/** a - b. */
export const sub = binary("sub");
/** a * b. */
export const mul = binary("mul");
/** a / b, of floats. */
export const div = binary("div");
/** Whole division, rounding down. */
export const idiv = binary("idiv");
/** Remainder with the sign of the divisor. */
export const mod = binary("mod");
/** a to the power of b. */
export const pow = binary("pow");
/** The larger of two. */
export const maximum = binary("maximum");
/** The smaller of two. */
export const minimum = binary("minimum");
/** a = b. */
export const eq = binary("eq");
/** a is not b. */
export const ne = binary("ne");
/** a < b. */
export const lt = binary("lt");
/** a <= b. */
export const le = binary("le");
/** a > b. */
export const gt = binary("gt");
/** a >= b. */
export const ge = binary("ge");
/** Both. */
export const and = binary("and");
/** Either or both. */
export const or = binary("or");
/** Either but not both. */
export const xor = binary("xor");

/** `a` where the condition holds, otherwise `b`. What is not taken never reaches the result, not even as NaN. */
export const select = (condition: Node, a: Operand, b: Operand): Node => make("select", [condition, ...operands(a, b)]);

/**
 * Changes the dtype, as `converted` (ir/dtype.ts) says: floats round to the nearest, halves to even, and are cut towards zero on
 * the way to whole numbers; what a narrow type cannot hold becomes the nearest that it can; bool is 0 or 1, and to bool is
 * `!= 0`. A float that goes to i32 or u32 must fit.
 */
export const cast = (x: Node, to: DType): Node => (x.dtype === to ? x : make("cast", [x], { to }));

/** Whether two nodes have the same axes with the same sizes, in any order. */
export const sameAxes = (a: Type, b: Type): boolean =>
  a.axes.length === b.axes.length && a.axes.every((x) => b.axes.some((y) => y.name === x.name && y.size === x.size));

/** The type of a node as text, for messages and prints: `f32[b, t, d=128]`. */
export const typeText = (type: Type): string => `${type.dtype}${axesText(type.axes)}`;
