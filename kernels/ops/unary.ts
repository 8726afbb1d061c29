/** The elementwise operations of one operand: a record each. */
import { roundEven } from "../ir/dtype.ts";
import * as e from "../ir/elementwise.ts";
import type { Node } from "../ir/node.ts";
import { type Case, enter, type Op, tried } from "./op.ts";

const { add, cos, div, exp, mul, neg, rsqrt, sign, sin, sub } = e;

/** erf to about 1e-16 by its series and its continued fraction (Abramowitz and Stegun 7.1.6 and 7.1.14). */
export function erfOf(x: number): number {
  const a = Math.abs(x);
  if (a < 3) {
    let term = a;
    let total = a;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) {
      term *= (2 * a * a) / (2 * n + 1);
      total += term;
    }
    return (Math.sign(x) * 2 * total * Math.exp(-a * a)) / Math.sqrt(Math.PI);
  }
  let fraction = a;
  for (let n = 60; n > 0; n--) fraction = a + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-a * a) / (fraction * Math.sqrt(Math.PI)));
}

type Rule = Pick<Op, "scalar" | "wgsl" | "onnx"> & { slope?: (x: Node, y: Node) => Node };

const call =
  (name: string) =>
  ([x]: readonly string[]): string =>
    `${name}(${x})`;

const rules: Record<e.UnaryOp, Rule> = {
  neg: { scalar: (x) => -x, slope: () => neg(1), wgsl: ([x]) => `(-${x})`, onnx: "Neg" },
  abs: { scalar: Math.abs, slope: (x) => sign(x), wgsl: call("abs"), onnx: "Abs" },
  sign: { scalar: Math.sign, wgsl: call("sign"), onnx: "Sign" },
  exp: { scalar: Math.exp, slope: (_, y) => y, wgsl: call("exp"), onnx: "Exp" },
  expm1: { scalar: Math.expm1, slope: (_, y) => add(y, 1), wgsl: call("neuro_expm1") },
  log: { scalar: Math.log, slope: (x) => div(1, x), wgsl: call("log"), onnx: "Log" },
  log1p: { scalar: Math.log1p, slope: (x) => div(1, add(x, 1)), wgsl: call("neuro_log1p") },
  sqrt: { scalar: Math.sqrt, slope: (_, y) => div(0.5, y), wgsl: call("sqrt"), onnx: "Sqrt" },
  rsqrt: { scalar: (x) => 1 / Math.sqrt(x), slope: (x, y) => div(mul(y, -0.5), x), wgsl: call("inverseSqrt") },
  tanh: { scalar: Math.tanh, slope: (_, y) => sub(1, mul(y, y)), wgsl: call("neuro_tanh"), onnx: "Tanh" },
  erf: { scalar: erfOf, slope: (x) => mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)), wgsl: call("neuro_erf"), onnx: "Erf" },
  sin: { scalar: Math.sin, slope: (x) => cos(x), wgsl: call("sin"), onnx: "Sin" },
  cos: { scalar: Math.cos, slope: (x) => neg(sin(x)), wgsl: call("cos"), onnx: "Cos" },
  acos: { scalar: Math.acos, slope: (x) => neg(rsqrt(sub(1, mul(x, x)))), wgsl: call("acos"), onnx: "Acos" },
  floor: { scalar: Math.floor, wgsl: call("floor"), onnx: "Floor" },
  ceil: { scalar: Math.ceil, wgsl: call("ceil"), onnx: "Ceil" },
  round: { scalar: roundEven, wgsl: call("round"), onnx: "Round" },
  not: { scalar: (x) => (x === 0 ? 1 : 0), wgsl: ([x]) => `(!${x})`, onnx: "Not" },
};

for (const [name, { slope, ...rule }] of Object.entries(rules))
  enter({
    name,
    pointwise: true,
    ...rule,
    ...(slope ? { gradient: (y: Node, g: Node) => [name === "neg" ? neg(g) : mul(g, slope(y.inputs[0]!, y))] } : {}),
  });

tried((given) => {
  const x = given("x", "b s d");
  const near = add(mul(x, x), 0.5);
  return [
    ...[neg, e.abs, sign, exp, e.expm1, e.tanh, e.erf, sin, cos, e.floor, e.ceil, e.round].map(
      (f): Case => [`${f(x).op} of a tensor`, f(x)],
    ),
    ...[e.log, e.log1p, e.sqrt, rsqrt].map((f): Case => [`${f(near).op} of positive numbers`, f(near)]),
    ["acos inside its domain", e.acos(mul(e.tanh(x), 0.9))],
    ["halves round to even", e.round(div(e.cast(given("below9", "b s", "i32"), "f32"), 2))],
    ["not", e.not(given("p", "b s", "bool"))],
  ];
});
