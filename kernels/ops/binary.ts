/** The elementwise operations of two operands, selection and casts: a record each. */
import { type BinaryOp, div, ge, le, log, maximum, mul, neg, pow, select, sub } from "../ir/elementwise.ts";
import type { Node } from "../ir/node.ts";
import type { Op } from "./op.ts";

const truth = (b: boolean): number => (b ? 1 : 0);
const infix =
  (sign: string) =>
  ([a, b]: readonly string[]): string =>
    `(${a} ${sign} ${b})`;
const call =
  (name: string) =>
  ([a, b]: readonly string[]): string =>
    `${name}(${a}, ${b})`;

const rules: Record<BinaryOp, Omit<Op, "name">> = {
  add: { scalar: (a, b) => a + b, gradient: (_, g) => [g, g], wgsl: infix("+"), onnx: "Add" },
  sub: { scalar: (a, b) => a - b, gradient: (_, g) => [g, neg(g)], wgsl: infix("-"), onnx: "Sub" },
  mul: { scalar: (a, b) => a * b, gradient: ({ inputs: [a, b] }, g) => [mul(g, b!), mul(g, a!)], wgsl: infix("*"), onnx: "Mul" },
  div: {
    scalar: (a, b) => a / b,
    gradient: (y, g) => [div(g, y.inputs[1]!), neg(div(mul(g, y), y.inputs[1]!))],
    wgsl: infix("/"),
    onnx: "Div",
  },
  idiv: { scalar: (a, b) => Math.floor(a / b), wgsl: call("neuro_idiv") },
  mod: { scalar: (a, b) => a - b * Math.floor(a / b), wgsl: call("neuro_mod") },
  pow: {
    scalar: (a, b) => a ** b,
    gradient: (y, g) => {
      const [a, b] = y.inputs as [Node, Node];
      return [mul(g, mul(b, pow(a, sub(b, 1)))), mul(g, mul(y, log(maximum(a, 1e-30))))];
    },
    wgsl: call("neuro_pow"),
    onnx: "Pow",
  },
  maximum: {
    scalar: Math.max,
    gradient: ({ inputs: [a, b] }, g) => [select(ge(a!, b!), g, 0), select(ge(a!, b!), 0, g)],
    wgsl: call("max"),
    onnx: "Max",
  },
  minimum: {
    scalar: Math.min,
    gradient: ({ inputs: [a, b] }, g) => [select(le(a!, b!), g, 0), select(le(a!, b!), 0, g)],
    wgsl: call("min"),
    onnx: "Min",
  },
  eq: { scalar: (a, b) => truth(a === b), wgsl: infix("=="), onnx: "Equal" },
  ne: { scalar: (a, b) => truth(a !== b), wgsl: infix("!=") },
  lt: { scalar: (a, b) => truth(a < b), wgsl: infix("<"), onnx: "Less" },
  le: { scalar: (a, b) => truth(a <= b), wgsl: infix("<="), onnx: "LessOrEqual" },
  gt: { scalar: (a, b) => truth(a > b), wgsl: infix(">"), onnx: "Greater" },
  ge: { scalar: (a, b) => truth(a >= b), wgsl: infix(">="), onnx: "GreaterOrEqual" },
  and: { scalar: (a, b) => a * b, wgsl: infix("&&"), onnx: "And" },
  or: { scalar: (a, b) => truth(a + b > 0), wgsl: infix("||"), onnx: "Or" },
  xor: { scalar: (a, b) => truth(a !== b), wgsl: infix("!="), onnx: "Xor" },
};

const selectOp: Op = {
  name: "select",
  scalar: (c, a, b) => (c === 0 ? b! : a!),
  gradient: ({ inputs: [c] }, g) => [undefined, select(c!, g, 0), select(c!, 0, g)],
  wgsl: ([c, a, b]) => `select(${b}, ${a}, ${c})`,
  onnx: "Where",
};

const castOp: Op = {
  name: "cast",
  reference: ([x], { attrs }) => x!.map((v) => castScalar(v, attrs.to as string)),
  gradient: ({ inputs: [x], attrs }, g) => [x!.dtype === "f32" && attrs.to === "f32" ? g : undefined],
  wgsl: ([x], node) => `${node.dtype}(${x})`,
};

/** The cast's number at one place, which depends on the dtype it goes to. */
export function castScalar(x: number, to: string): number {
  if (to === "bool") return truth(x !== 0);
  return to === "f32" ? x : to === "u32" ? Math.trunc(x) >>> 0 : Math.trunc(x);
}

/** Records of the binary operations, `select` and `cast`. */
export const binaryOps: readonly Op[] = [...Object.entries(rules).map(([name, rule]) => ({ name, ...rule })), selectOp, castOp];
