/** The elementwise operations of two operands, selection and casts: a record each. */
import { converted, type DType, dtypes } from "../ir/dtype.ts";
import * as e from "../ir/elementwise.ts";
import type { Node } from "../ir/node.ts";
import { stack } from "../ir/shape.ts";
import { type Case, enter, type Op, tried } from "./op.ts";

const { cast, div, ge, le, log, maximum, mul, neg, pow, select, sub } = e;

const truth = (b: boolean): number => (b ? 1 : 0);
const infix =
  (sign: string) =>
  ([a, b]: readonly string[]): string =>
    `(${a} ${sign} ${b})`;
const call =
  (name: string) =>
  ([a, b]: readonly string[]): string =>
    `${name}(${a}, ${b})`;

const rules: Record<e.BinaryOp, Omit<Op, "name">> = {
  add: { scalar: (a, b) => a + b, gradient: (_, g) => [g, g], wgsl: infix("+"), onnx: "Add" },
  sub: { scalar: (a, b) => a - b, gradient: (_, g) => [g, neg(g)], wgsl: infix("-"), onnx: "Sub" },
  mul: {
    scalar: (a, b) => a * b,
    whole: Math.imul,
    gradient: ({ inputs: [a, b] }, g) => [mul(g, b!), mul(g, a!)],
    wgsl: infix("*"),
    onnx: "Mul",
  },
  div: {
    scalar: (a, b) => a / b,
    gradient: (y, g) => [div(g, y.inputs[1]!), neg(div(mul(g, y), y.inputs[1]!))],
    wgsl: infix("/"),
    onnx: "Div",
  },
  idiv: { scalar: (a, b) => Math.floor(a / b), wgsl: call("neuro_idiv") },
  mod: {
    scalar: (a, b) => a - b * Math.floor(a / b),
    gradient: ({ inputs: [a, b] }, g) => [g, neg(mul(g, e.floor(div(a!, b!))))],
    wgsl: call("neuro_mod"),
  },
  pow: {
    scalar: (a, b) => a ** b,
    gradient: (y, g) => {
      const [a, b] = y.inputs as [Node, Node];
      return [mul(g, mul(b, pow(a, sub(b, 1)))), mul(g, mul(y, log(maximum(a, y.dtype === "f16" ? 2 ** -24 : 1e-30))))];
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

enter({
  name: "select",
  pointwise: true,
  scalar: (c, a, b) => (c === 0 ? b! : a!),
  gradient: ({ inputs: [c] }, g) => [undefined, select(c!, g, 0), select(c!, 0, g)],
  wgsl: ([c, a, b]) => `select(${b}, ${a}, ${c})`,
  // onnxruntime's Where takes no truth values.
  onnx: (o, [c, a, b], { dtype }) =>
    dtype === "bool" ? o.op("Or", [o.op("And", [c!, a!]), o.op("And", [o.op("Not", [c!]), b!])]) : o.op("Where", [c!, a!, b!]),
});

const real = (dtype: DType): boolean => dtype === "f32" || dtype === "f16";

enter({
  name: "cast",
  pointwise: true,
  reference: ([x], { inputs: [from], dtype }) => x!.map((v) => converted(v, from!.dtype, dtype)),
  gradient: ({ inputs: [x], dtype }, g) => [real(x!.dtype) && real(dtype) ? cast(g, x!.dtype) : undefined],
  wgsl: ([x], node) => `${node.dtype}(${x})`,
});

for (const [name, rule] of Object.entries(rules)) enter({ name, pointwise: true, ...rule });

tried((given) => {
  const [x, y] = [given("x", "b s d"), given("y", "s d")];
  const near = e.add(mul(x, x), 0.5);
  const whole = given("below9", "b s", "i32");
  const [p, q] = [given("p", "b s", "bool"), given("q", "s", "bool")];
  return [
    ...[e.add, sub, mul, maximum, e.minimum].flatMap((f): Case[] => [
      [`${f(x, y).op} spreads by name`, f(x, y)],
      [`${f(x, y).op} of whole numbers`, f(whole, 3)],
    ]),
    ["two operands that lack each other's axes", mul(given("g", "b t"), given("z", "d t"))],
    ["axes in another order", e.add(given("a", "s b d"), x)],
    ["div", div(y, near)],
    ["pow of positive numbers", pow(near, y)],
    ["pow to a constant", pow(x, 2)],
    ["idiv rounds down", e.idiv(sub(whole, 4), 3)],
    ["idiv by negative numbers rounds down", e.idiv(sub(whole, 4), -3)],
    ["mod has the divisor's sign", e.mod(sub(whole, 4), 3)],
    ["mod of negative divisors has their sign", e.mod(sub(whole, 4), -3)],
    ["mod of floats", e.mod(x, 0.75)],
    ["mod of floats by negative ones", e.mod(x, -0.75)],
    ...[e.eq, e.ne, e.lt, le, e.gt, ge].flatMap((f): Case[] => [
      [`${f(x, y).op} of floats`, f(x, y)],
      [`${f(x, y).op} of whole numbers`, f(whole, 4)],
    ]),
    ["eq and ne of truth values", e.and(e.eq(p, q), e.ne(q, p))],
    ...[e.and, e.or, e.xor].map((f): Case => [f(p, q).op, f(p, q)]),
    ["select drops what is not taken", select(e.gt(x, 0), log(x), y)],
    ["select of whole numbers and of truth values", select(select(p, q, e.not(q)), whole, -1)],
    ["casts between dtypes", cast(cast(cast(mul(x, 3), "i32"), "bool"), "f32")],
    ["cast of whole numbers", mul(cast(whole, "f32"), 0.5)],
  ];
});

// Every pair: to a type and on to f32. A float goes to u32, and a negative number, only where it fits; so that is left out here.
tried((given) =>
  dtypes.map((from): Case => {
    const raw = given(from === "i32" ? "below200" : `of_${from}`, "b d", from);
    const x = real(from) ? mul(raw, 100) : from === "u32" ? e.mod(raw, 300) : raw;
    const to = dtypes.filter((dtype) => dtype !== from && dtype !== "u32");
    return [
      `casts from ${from} to every type`,
      stack(
        to.map((dtype) => cast(cast(x, dtype), "f32")),
        "c",
      ),
    ];
  }),
);
