/** Arithmetic that is less work: identities, constants drawn together, operations that have a cheaper form. */
import { converted } from "../ir/dtype.ts";
import { abs, add, cast, div, exp, mul, neg, rsqrt, select, sqrt, sub } from "../ir/elementwise.ts";
import { axisOf, type Node } from "../ir/node.ts";
import { extraAxes } from "../ir/reduce.ts";
import { concat, expand, type PadAttrs, rename } from "../ir/shape.ts";
import type { Size } from "../ir/size.ts";
import { constant, constantValue } from "../ir/source.ts";
import { logSigmoid } from "../ops/logsigmoid.ts";
import { sigmoid } from "../ops/sigmoid.ts";
import { overOf, softmax } from "../ops/softmax.ts";
import { opOf, ops } from "../ops/table.ts";
import { type Rule, rule, table } from "./rule.ts";

/** A value spread to the axes of the node it stands for. */
const spread = (x: Node, like: Node): Node => expand(x, extraAxes(like, x));

const is = (node: Node, value: number): boolean => constantValue(node) === value;

/** One operand being a constant, on either side of a commutative operation. */
function withConstant(node: Node): { x: Node; c: number } | undefined {
  const [a, b] = node.inputs as [Node, Node];
  const [left, right] = [constantValue(a), constantValue(b)];
  if (right !== undefined && left === undefined) return { x: a, c: right };
  return left !== undefined && right === undefined ? { x: b, c: left } : undefined;
}

const folded: Rule = rule("an operation on constants -> its result", (node) => {
  const { scalar } = opOf(node.op);
  const values = node.inputs.map(constantValue);
  if (!scalar || values.length === 0 || values.some((v) => v === undefined)) return undefined;
  const result = scalar(...(values as number[]));
  return Number.isFinite(result) ? constant(result, node.dtype) : undefined;
});

const foldedCast = rule("cast(constant) -> constant", ({ inputs: [x], dtype }) => {
  const value = constantValue(x!);
  return value === undefined ? undefined : constant(converted(value, x!.dtype, dtype), dtype);
});

const powers: Readonly<Record<string, (x: Node) => Node>> = {
  "1": (x) => x,
  "2": (x) => mul(x, x),
  "3": (x) => mul(mul(x, x), x),
  "-1": (x) => div(1, x),
  "0.5": (x) => sqrt(x),
  "-0.5": (x) => rsqrt(x),
};

/** What a product with a negated factor is the negative of. */
function opposite(node: Node): Node | undefined {
  if (node.op === "neg") return node.inputs[0]!;
  if (node.op !== "mul") return undefined;
  const [a, b] = node.inputs as [Node, Node];
  if (a.op === "neg") return mul(a.inputs[0]!, b);
  return b.op === "neg" ? mul(a, b.inputs[0]!) : undefined;
}

/** Two parts with zeros around them, the first before the second, as one. */
function tiled(a: Node, b: Node): Node | undefined {
  const around = (n: Node): PadAttrs | undefined => (n.op === "pad" ? (n.attrs as PadAttrs) : undefined);
  const [first, second] = [around(a), around(b)];
  if (!first || second?.axis !== first.axis || first.value !== 0 || second.value !== 0) return undefined;
  const [x, y] = [a.inputs[0]!, b.inputs[0]!];
  const size = (n: Node): Size => axisOf(n, first.axis)!.size;
  if (first.before !== 0 || second.after !== 0 || first.after !== size(y) || second.before !== size(x)) return undefined;
  return concat([x, y], first.axis);
}

const rules: Record<string, Rule[]> = {
  add: [
    rule("x + 0 -> x", (n) => {
      const found = withConstant(n);
      return found?.c === 0 ? found.x : undefined;
    }),
    rule("(x + c) + d -> x + (c + d)", (n) => {
      const outer = withConstant(n);
      const inner = outer?.x.op === "add" ? withConstant(outer.x) : undefined;
      return outer && inner ? add(inner.x, inner.c + outer.c) : undefined;
    }),
    rule(
      "pad(x) + pad(y) -> concat(x, y) where each fills what the other leaves",
      ({ inputs: [a, b] }) => tiled(a!, b!) ?? tiled(b!, a!),
    ),
    rule("x + -y z -> x - y z", ({ inputs: [a, b] }) => {
      const [left, right] = [opposite(a!), opposite(b!)];
      return right ? sub(a!, right) : left && sub(b!, left);
    }),
  ],
  sub: [
    rule("x - 0 -> x", ({ inputs: [a, b] }) => (is(b!, 0) ? a : undefined)),
    rule("0 - x -> -x", ({ inputs: [a, b] }) => (is(a!, 0) ? neg(b!) : undefined)),
    rule("x - c -> x + -c", ({ inputs: [a, b] }) =>
      constantValue(b!) === undefined || b!.dtype === "u32" ? undefined : add(a!, -constantValue(b!)!),
    ),
    rule("x - -y z -> x + y z", ({ inputs: [a, b] }) => {
      const right = opposite(b!);
      return right && add(a!, right);
    }),
  ],
  mul: [
    rule("x * 1 -> x", (n) => {
      const found = withConstant(n);
      return found?.c === 1 ? found.x : undefined;
    }),
    rule("x * -1 -> -x", (n) => {
      const found = withConstant(n);
      return found?.c === -1 ? neg(found.x) : undefined;
    }),
    rule("(x * c) * d -> x * (c * d)", (n) => {
      const outer = withConstant(n);
      const inner = outer?.x.op === "mul" ? withConstant(outer.x) : undefined;
      return outer && inner ? mul(inner.x, inner.c * outer.c) : undefined;
    }),
    rule("-x * c -> x * -c", (n) => {
      const found = withConstant(n);
      return found?.x.op === "neg" ? mul(found.x.inputs[0]!, -found.c) : undefined;
    }),
    rule("-x * -y -> x * y", ({ inputs: [a, b] }) =>
      a!.op === "neg" && b!.op === "neg" ? mul(a!.inputs[0]!, b!.inputs[0]!) : undefined,
    ),
  ],
  div: [
    rule("x / c -> x * (1 / c)", ({ inputs: [a, b] }) => (constantValue(b!) ? mul(a!, 1 / constantValue(b!)!) : undefined)),
    rule("x / sqrt(y) -> x * rsqrt(y)", ({ inputs: [a, b] }) => (b!.op === "sqrt" ? mul(a!, rsqrt(b!.inputs[0]!)) : undefined)),
  ],
  neg: [
    rule("-(-x) -> x", ({ inputs: [x] }) => (x!.op === "neg" ? x!.inputs[0] : undefined)),
    rule("-(x - y) -> y - x", ({ inputs: [x] }) => (x!.op === "sub" ? sub(x!.inputs[1]!, x!.inputs[0]!) : undefined)),
    rule("-(x * c) -> x * -c", ({ inputs: [x] }) => {
      const found = x!.op === "mul" ? withConstant(x!) : undefined;
      return found ? mul(found.x, -found.c) : undefined;
    }),
  ],
  pow: [rule("x ^ n -> products and roots", ({ inputs: [x, n] }) => powers[String(constantValue(n!))]?.(x!))],
  abs: [rule("abs(-x) -> abs(x)", ({ inputs: [x] }) => (x!.op === "neg" ? abs(x!.inputs[0]!) : undefined))],
  log: [
    rule("log(exp(x)) -> x", ({ inputs: [x] }) => (x!.op === "exp" ? x!.inputs[0] : undefined)),
    rule("log(sigmoid(x)) -> logSigmoid(x)", ({ inputs: [x] }) => (x!.op === "sigmoid" ? logSigmoid(x!.inputs[0]!) : undefined)),
  ],
  exp: [
    rule("exp(logSoftmax(x)) -> softmax(x)", ({ inputs: [x] }) =>
      x!.op === "logSoftmax" ? softmax(x!.inputs[0]!, overOf(x!.attrs), x!.inputs[1]) : undefined,
    ),
    rule("exp(logSigmoid(x)) -> sigmoid(x)", ({ inputs: [x] }) => (x!.op === "logSigmoid" ? sigmoid(x!.inputs[0]!) : undefined)),
    rule("exp(x + log(y)) -> exp(x) * y", ({ inputs: [x] }) => {
      if (x!.op !== "add" && x!.op !== "sub") return undefined;
      const [a, b] = x!.inputs as [Node, Node];
      if (b.op !== "log") return undefined;
      return x!.op === "add" ? mul(exp(a), b.inputs[0]!) : div(exp(a), b.inputs[0]!);
    }),
  ],
  select: [
    rule("select(c, x, x) -> x", (n) => (n.inputs[1] === n.inputs[2] ? spread(n.inputs[1]!, n) : undefined)),
    rule("select(constant, x, y) -> x or y", (n) => {
      const value = constantValue(n.inputs[0]!);
      return value === undefined ? undefined : spread(n.inputs[value === 0 ? 2 : 1]!, n);
    }),
    rule("select(not c, x, y) -> select(c, y, x)", ({ inputs: [c, x, y] }) =>
      c!.op === "not" ? select(c!.inputs[0]!, y!, x!) : undefined,
    ),
  ],
  rename: [
    rule("rename(rename(x)) -> rename(x)", (n) => {
      const [x] = n.inputs;
      if (x!.op !== "rename") return undefined;
      const inner = x!.inputs[0]!;
      return rename(inner, Object.fromEntries(inner.axes.map((a, i) => [a.name, n.axes[i]!.name])));
    }),
  ],
  not: [rule("not not x -> x", ({ inputs: [x] }) => (x!.op === "not" ? x!.inputs[0] : undefined))],
  and: [
    rule("x and x -> x", ({ inputs: [a, b] }) => (a === b ? a : undefined)),
    rule("x and true -> x, x and false -> false", (n) => {
      const found = withConstant(n);
      return found && (found.c === 0 ? spread(constant(0, "bool"), n) : found.x);
    }),
  ],
  or: [
    rule("x or x -> x", ({ inputs: [a, b] }) => (a === b ? a : undefined)),
    rule("x or false -> x, x or true -> true", (n) => {
      const found = withConstant(n);
      return found && (found.c === 0 ? found.x : spread(constant(1, "bool"), n));
    }),
  ],
  cast: [
    foldedCast,
    rule("cast to what it is -> x", ({ inputs: [x], dtype }) => (x!.dtype === dtype ? x : undefined)),
    rule("cast(cast(truth)) -> cast(truth)", ({ inputs: [x], dtype }) =>
      x!.op === "cast" && x!.inputs[0]!.dtype === "bool" ? cast(x!.inputs[0]!, dtype) : undefined,
    ),
  ],
};

const foldable = ops.filter((op) => op.scalar).map((op) => op.name);

/** Identities and constant folding. */
export const algebra = table(
  "algebra",
  Object.fromEntries(
    [...new Set([...foldable, ...Object.keys(rules)])].map((op) => [
      op,
      [...(foldable.includes(op) ? [folded] : []), ...(rules[op] ?? [])],
    ]),
  ),
);
