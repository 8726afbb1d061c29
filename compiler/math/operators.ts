// `+ - * / ^`, comparisons, `and or not`, `if`: elementwise over named axes, in the log where both sides are probabilities.
import type { Binary, BinaryOp, Compare, CompareOp, Expr, If, Span, Unary } from "../../grammar/index.ts";
import * as k from "../../kernels/index.ts";
import { boolAsNumber } from "../diagnostics/bool_as_number.ts";
import { probNeedsLog } from "../diagnostics/prob_needs_log.ts";
import { sizeNotDivisible } from "../diagnostics/size_not_divisible.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { align } from "./align.ts";
import { checkLeak, join } from "./flow.ts";
import { nodeOf, numberNode } from "./nodes.ts";
import { probBinary } from "./prob.ts";
import { fault, type Scope, type Want } from "./scope.ts";
import { add, divide, multiply, nearestDivisors, type Size, show, subtract } from "./size.ts";
import { isNumeric, isProb, known, showType, type Tensor, tensor, truth, unknownValue, type Value } from "./value.ts";
import { evaluate, sourceOf } from "./walk.ts";

/** The value as a tensor, or undefined after a fault; anything but a tensor is `wrong_type`. */
export function asTensor(scope: Scope, v: Value, span: Span, what = "This"): Tensor | undefined {
  if (v.kind === "tensor") return v;
  if (v.kind !== "unknown") fault(scope, wrongType, span, { what, expected: "a number or tensor", found: showType(v) });
  return undefined;
}

/** The value as a number: a Bool is refused, a Prob leaves its logarithm unless it is that of a whole text. */
export function asNumber(scope: Scope, t: Tensor, span: Span, op: string): Tensor | undefined {
  if (t.elem === "bool") {
    fault(scope, boolAsNumber, span, { op, source: sourceOf(scope, span) });
    return undefined;
  }
  if (!isProb(t)) return t;
  if (t.whole) {
    fault(scope, probNeedsLog, span, { hint: `Write log(${sourceOf(scope, span)}).`, wrapped: ["log(", ")"] });
    return undefined;
  }
  const facts = { flow: t.flow, ...(scope.world.trace ? { node: numberNode(t) } : {}) };
  return tensor("float", t.axes, facts);
}

/** An expression as a tensor, or undefined after a fault. */
export function tensorOf(scope: Scope, expr: Expr, want?: Want): Tensor | undefined {
  return asTensor(scope, evaluate(scope, expr, want), expr.span);
}

const folds: Record<"+" | "-" | "*" | "/" | "^", (a: number, b: number) => number> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "^": (a, b) => a ** b,
};

/** An arithmetic or logical operator between two expressions; `outer` asks for every combination. */
export function binary(scope: Scope, e: Binary, want?: Want, outer = false): Value {
  if (e.op === "and" || e.op === "or") return logical(scope, e, outer);
  const a = tensorOf(scope, e.left, want);
  const b = tensorOf(scope, e.right, want);
  return a && b ? arithmetic(scope, e.op, a, b, e, want, outer) : unknownValue;
}

function arithmetic(
  scope: Scope,
  op: Exclude<BinaryOp, "and" | "or">,
  a: Tensor,
  b: Tensor,
  e: Binary,
  want: Want,
  outer: boolean,
): Value {
  const folded = foldNumbers(scope, op, a, b, e, want);
  if (folded) return folded;
  const axes = align(scope, op, { axes: a.axes, span: e.left.span }, { axes: b.axes, span: e.right.span }, e.span, outer);
  if (!axes) return unknownValue;
  if (op === "*") checkLeak(scope, a, b, e.left.span, e.right.span);
  const prob = probBinary(scope, op, a, b, axes, e.span);
  if (prob) return prob;
  const x = asNumber(scope, a, e.left.span, op);
  const y = asNumber(scope, b, e.right.span, op);
  if (!x || !y) return unknownValue;
  const linear = op === "+" || op === "-" || (op === "*" && (free(x) || free(y))) || (op === "/" && free(y));
  const whole = x.elem !== "float" && y.elem !== "float" && op !== "/" && op !== "^";
  const flow = join([x, y], linear, e.span);
  if (!scope.world.trace) return tensor(whole ? "int" : "float", axes, { flow });
  return tensor(whole ? "int" : "float", axes, { flow, node: arithmeticNode(op, x, y, whole) });
}

const free = (t: Tensor): boolean => t.flow.grads.length === 0;

function arithmeticNode(op: "+" | "-" | "*" | "/" | "^", x: Tensor, y: Tensor, whole: boolean): k.Node {
  const [a, b] = whole ? [nodeOf(x), nodeOf(y)] : [numberNode(x), numberNode(y)];
  if (op === "+") return k.add(a, b);
  if (op === "-") return k.sub(a, b);
  if (op === "*") return k.mul(a, b);
  if (op === "/") return k.div(a, b);
  if (y.number === 2) return k.mul(a, a);
  if (x.number !== undefined && x.number > 0) return k.exp(k.mul(b, Math.log(x.number)));
  if (y.number !== undefined && Number.isInteger(y.number) && y.number > 0 && y.number < 9) {
    return Array.from({ length: y.number - 1 }).reduce<k.Node>((p) => k.mul(p, a), a);
  }
  return k.pow(a, b);
}

/** Numbers and sizes that are known while compiling are computed here; a size must divide exactly. */
function foldNumbers(
  scope: Scope,
  op: "+" | "-" | "*" | "/" | "^",
  a: Tensor,
  b: Tensor,
  e: Binary,
  want: Want,
): Value | undefined {
  if (a.axes.length > 0 || b.axes.length > 0 || a.elem === "bool" || b.elem === "bool") return undefined;
  if (a.size && b.size && (op !== "/" || want === "size") && op !== "^") {
    const size =
      op === "+"
        ? add(a.size, b.size)
        : op === "-"
          ? subtract(a.size, b.size)
          : op === "*"
            ? multiply(a.size, b.size)
            : divide(a.size, b.size);
    if (!size) return fault(scope, sizeNotDivisible, e.span, indivisible(a.size, b.size, e.right));
    const value = a.number !== undefined && b.number !== undefined ? folds[op](a.number, b.number) : undefined;
    return tensor("int", [], { size, ...(value === undefined ? {} : { number: value }) });
  }
  if (a.number === undefined || b.number === undefined || a.flow.grads.length + b.flow.grads.length > 0) return undefined;
  const value = folds[op](a.number, b.number);
  const whole = a.elem === "int" && b.elem === "int" && op !== "/" && op !== "^";
  return known(value, whole ? "int" : "float");
}

/** The facts of a size that does not divide, with the nearest parts that do. */
export function indivisible(whole: Size, part: Size, written?: Expr, name = show(whole)) {
  const near = nearestDivisors(whole, part);
  return {
    whole: name,
    part: show(part),
    ...(near ? { hint: `${show(whole)} divides by ${near}.`, near: near.split(" ").at(-1)! } : {}),
    ...(written?.kind === "Number" ? { at: written.span } : {}),
  };
}

function logical(scope: Scope, e: Binary, outer: boolean): Value {
  const a = boolOf(scope, e.left);
  const b = boolOf(scope, e.right);
  if (!a || !b) return unknownValue;
  if (a.number !== undefined && b.number !== undefined)
    return truth(e.op === "and" ? a.number + b.number === 2 : a.number + b.number > 0);
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    if (one.number !== undefined && one.axes.length === 0) return (e.op === "and") === (one.number === 1) ? other : one;
  }
  const axes = align(scope, e.op, { axes: a.axes, span: e.left.span }, { axes: b.axes, span: e.right.span }, e.span, outer);
  if (!axes) return unknownValue;
  return tensor("bool", axes, scope.world.trace ? { node: (e.op === "and" ? k.and : k.or)(nodeOf(a), nodeOf(b)) } : {});
}

/** An expression as a Bool tensor, or undefined after a fault. */
export function boolOf(scope: Scope, expr: Expr): Tensor | undefined {
  const t = tensorOf(scope, expr);
  if (t && t.elem !== "bool") {
    fault(scope, wrongType, expr.span, { what: "This", expected: "a Bool", found: showType(t) });
    return undefined;
  }
  return t;
}

/** `-x` and `not c`. */
export function unary(scope: Scope, e: Unary): Value {
  if (e.op === "not") {
    const c = boolOf(scope, e.operand);
    if (!c) return unknownValue;
    if (c.number !== undefined) return truth(c.number === 0);
    return { ...c, ...(c.node ? { node: k.not(c.node) } : {}) };
  }
  const t = tensorOf(scope, e.operand);
  const x = t && asNumber(scope, t, e.operand.span, "-");
  if (!x) return unknownValue;
  if (x.number !== undefined) return known(-x.number, x.elem === "int" ? "int" : "float");
  if (x.size) return tensor("int", [], { size: multiply(x.size, known(-1).size!) });
  return tensor(x.elem === "token" ? "int" : x.elem, x.axes, { flow: x.flow, ...(x.node ? { node: k.neg(x.node) } : {}) });
}

const compares: Record<Exclude<CompareOp, "in">, [(a: k.Operand, b: k.Operand) => k.Node, (a: number, b: number) => boolean]> = {
  "==": [k.eq, (a, b) => a === b],
  "!=": [k.ne, (a, b) => a !== b],
  "<": [k.lt, (a, b) => a < b],
  "<=": [k.le, (a, b) => a <= b],
  ">": [k.gt, (a, b) => a > b],
  ">=": [k.ge, (a, b) => a >= b],
};

/** A comparison, or `x in low..high` with both ends included. No gradient passes: a mask is data. */
export function compare(scope: Scope, e: Compare, outer = false): Value {
  const left = tensorOf(scope, e.left);
  if (e.op === "in") {
    const range = evaluate(scope, e.right);
    if (!left || range.kind !== "range") return unknownValue;
    const low = compareTensors(scope, ">=", left, range.from, e, outer);
    const high = compareTensors(scope, "<=", left, range.to, e, outer);
    if (low.kind !== "tensor" || high.kind !== "tensor") return unknownValue;
    if (low.number !== undefined && high.number !== undefined) return truth(low.number + high.number === 2);
    return tensor("bool", low.axes, scope.world.trace ? { node: k.and(nodeOf(low), nodeOf(high)) } : {});
  }
  const right = tensorOf(scope, e.right);
  return left && right ? compareTensors(scope, e.op, left, right, e, outer) : unknownValue;
}

function compareTensors(scope: Scope, op: Exclude<CompareOp, "in">, a: Tensor, b: Tensor, e: Compare, outer: boolean): Value {
  const both = a.elem === "bool" && b.elem === "bool";
  const x = both ? a : asNumber(scope, a, e.left.span, op);
  const y = both ? b : asNumber(scope, b, e.right.span, op);
  if (!x || !y) return unknownValue;
  const [build, fold] = compares[op];
  if (x.number !== undefined && y.number !== undefined) return truth(fold(x.number, y.number));
  const axes = align(scope, op, { axes: x.axes, span: e.left.span }, { axes: y.axes, span: e.right.span }, e.span, outer);
  if (!axes) return unknownValue;
  if (!scope.world.trace) return tensor("bool", axes);
  const whole = both || ((isNumeric(x) || x.elem === "token") && x.elem !== "float" && y.elem !== "float");
  return tensor("bool", axes, { node: whole ? build(nodeOf(x), nodeOf(y)) : build(numberNode(x), numberNode(y)) });
}

/** `if c then a else b`: one branch where c is known while compiling, elementwise where it is a tensor. */
export function choose(scope: Scope, e: If, want?: Want): Value {
  const c = boolOf(scope, e.condition);
  if (!c) return unknownValue;
  if (c.number !== undefined) return evaluate(scope, c.number ? e.yes : e.no, want);
  const yes = evaluate(scope, e.yes, want);
  const no = evaluate(scope, e.no, want);
  if (yes.kind !== "tensor" || no.kind !== "tensor") return yes.kind === "unknown" ? yes : no.kind === "unknown" ? no : yes;
  const prob = yes.elem === "prob" && no.elem === "prob";
  const a = prob || yes.elem === "bool" ? yes : asNumber(scope, yes, e.yes.span, "if");
  const b = prob || no.elem === "bool" ? no : asNumber(scope, no, e.no.span, "if");
  if (!a || !b) return unknownValue;
  const inner = align(scope, "if", { axes: a.axes, span: e.yes.span }, { axes: b.axes, span: e.no.span }, e.span);
  const axes = inner && align(scope, "if", { axes: c.axes, span: e.condition.span }, { axes: inner, span: e.yes.span }, e.span);
  if (!axes) return unknownValue;
  const elem = a.elem === b.elem ? a.elem : "float";
  const flow = join([a, b], true, e.span);
  if (!scope.world.trace) return tensor(elem, axes, { flow });
  const same = a.elem === b.elem;
  return tensor(elem, axes, {
    flow,
    node: k.select(nodeOf(c), same ? nodeOf(a) : numberNode(a), same ? nodeOf(b) : numberNode(b)),
  });
}
