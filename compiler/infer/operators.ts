/** Operators of host code: numbers with units, Bool, rows. Whatever has axes is the mathematics' business and keeps its axes here. */
import type * as ast from "../../grammar/index.ts";
import { boolAsNumber } from "../diagnostics/bool_as_number.ts";
import { probNeedsLog } from "../diagnostics/prob_needs_log.ts";
import { unitsDiffer } from "../diagnostics/units_differ.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { commonRows, fits } from "../fits.ts";
import { describe, show } from "../show.ts";
import { bool, isNumber, type NumberType, noUnits, type Type, type Units, unknown } from "../types.ts";
import { combine, isPlain, raise, sameUnits, showUnits } from "../units.ts";
import type { Walker } from "./walker.ts";

/** `a op b`. */
export function binaryType(node: ast.Binary, walker: Walker): Type {
  const left = walker.infer(node.left);
  const right = walker.infer(node.right);
  if (node.op === "and" || node.op === "or") {
    for (const [side, type] of [
      [node.left, left],
      [node.right, right],
    ] as const)
      needsBool(side, type, node.op, walker);
    return bool;
  }
  if (left.kind === "unknown" || right.kind === "unknown") return unknown;
  if (node.op === "+" && left.kind === "rows" && right.kind === "rows") return commonRows(left, right);
  if (left.kind === "tensor" || right.kind === "tensor")
    return needsLog(node, left, right, walker) ? unknown : widest(left, right);
  if (left.kind === "weights" || left.kind === "model") return left;
  const numbers = [numberSide(node.left, left, node.op, walker), numberSide(node.right, right, node.op, walker)];
  const [a, b] = numbers;
  return a && b ? arithmetic(node, a, b, walker) : unknown;
}

/** The operand with axes; a Prob or Ratio without any that meets a number becomes one. */
function widest(left: Type, right: Type): Type {
  const tensors = [left, right].filter((type) => type.kind === "tensor");
  const [first, other] = tensors;
  const wide = other && other.axes.length > first!.axes.length ? other : first!;
  const { kind, axes, elem } = wide;
  if (tensors.length === 2) return { kind, axes, elem };
  return axes.length === 0 ? { kind: "float", units: noUnits } : { kind, axes, elem: "float" };
}

/** The probability of a whole text meets a number: it would be 0 for all but the shortest. */
function needsLog(node: ast.Binary, left: Type, right: Type, walker: Walker): boolean {
  for (const [side, type, other] of [
    [node.left, left, right],
    [node.right, right, left],
  ] as const) {
    if (type.kind !== "tensor" || (type.elem !== "prob" && type.elem !== "ratio") || !isNumber(other)) continue;
    // `sigmoid` of a number is no text's.
    if (type.value?.kind === "tensor" && !type.value.whole) continue;
    walker.report(probNeedsLog, side.span, { hint: `Write log(${walker.source(side)}).`, wrapped: ["log(", ")"] });
    return true;
  }
  return false;
}

function needsBool(node: ast.Expr, type: Type, op: string, walker: Walker): void {
  if (type.kind === "unknown" || type.kind === "bool" || type.kind === "tensor" || type.kind === "var") return;
  walker.report(wrongType, node.span, { found: describe(type), expected: "Bool", what: `An operand of \`${op}\`` });
}

function numberSide(node: ast.Expr, type: Type, op: string, walker: Walker): NumberType | undefined {
  if (isNumber(type)) return type;
  if (type.kind === "host" && type.name === "Schedule") return { kind: "float", units: noUnits };
  if (type.kind === "bool") walker.report(boolAsNumber, node.span, { op, source: walker.source(node) });
  else if (type.kind !== "var")
    walker.report(wrongType, node.span, { found: describe(type), expected: "a number", what: `An operand of \`${op}\`` });
  return undefined;
}

function arithmetic(node: ast.Binary, a: NumberType, b: NumberType, walker: Walker): Type {
  const value = a.value !== undefined && b.value !== undefined ? compute(node.op, a.value, b.value) : undefined;
  const kind =
    a.kind === "int" && b.kind === "int" && node.op !== "/" && !(node.op === "^" && (b.value ?? -1) < 0) ? "int" : "float";
  switch (node.op) {
    case "*":
      return { kind, units: combine(a.units, b.units, 1), value };
    case "/":
      return { kind, units: combine(a.units, b.units, -1), value };
    case "^":
      return { kind, units: isPlain(a.units) || b.value === undefined ? a.units : raise(a.units, b.value), value };
    default:
      if (!equalUnits(node, node.op, a.units, b.units, walker)) return unknown;
      return { kind, units: a.units, value };
  }
}

function compute(op: ast.BinaryOp, a: number, b: number): number | undefined {
  switch (op) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return b === 0 ? undefined : a / b;
    default:
      return a ** b;
  }
}

function equalUnits(node: ast.Expr, op: string, left: Units, right: Units, walker: Walker): boolean {
  if (sameUnits(left, right)) return true;
  const named = (units: Units) => showUnits(units) || "a plain number";
  walker.report(unitsDiffer, node.span, { op, left: named(left), right: named(right) });
  return false;
}

/** A comparison of two values of one type, or membership. */
export function compareType(node: ast.Compare, walker: Walker): Type {
  const left = walker.infer(node.left);
  const right = walker.infer(node.right, node.op === "in" ? unknown : left);
  if (left.kind === "unknown" || right.kind === "unknown") return bool;
  if (left.kind === "tensor" || right.kind === "tensor") {
    const wide = widest(left, right);
    return wide.kind === "tensor" ? { ...wide, elem: "bool" } : bool;
  }
  if (node.op === "in") return membership(node, left, right, walker);
  const equality = node.op === "==" || node.op === "!=";
  if (isNumber(left) && isNumber(right)) equalUnits(node, node.op, left.units, right.units, walker);
  else if (equality) comparable(node, left, right, walker);
  else
    for (const [side, type] of [
      [node.left, left],
      [node.right, right],
    ] as const)
      numberSide(side, type, node.op, walker);
  return bool;
}

function comparable(node: ast.Compare, left: Type, right: Type, walker: Walker): void {
  if (!fits(left, right) && !fits(right, left))
    walker.report(wrongType, node.right.span, { found: describe(right), expected: show(left), what: "What is compared" });
}

function membership(node: ast.Compare, left: Type, right: Type, walker: Walker): Type {
  if (right.kind === "range") {
    const side = numberSide(node.left, left, "in", walker);
    if (side) equalUnits(node, "in", side.units, right.of.units, walker);
  } else if (right.kind === "list") {
    if (!fits(left, right.of) && !fits(right.of, left))
      walker.report(wrongType, node.left.span, {
        found: describe(left),
        expected: show(right.of),
        what: "What is looked for in this list",
      });
  } else
    walker.report(wrongType, node.right.span, {
      found: describe(right),
      expected: "a range or a list",
      what: "The right side of `in`",
    });
  return bool;
}

/** `-x` and `not c`. */
export function unaryType(node: ast.Unary, walker: Walker): Type {
  const type = walker.infer(node.operand);
  if (node.op === "not") {
    needsBool(node.operand, type, "not", walker);
    return type.kind === "tensor" ? type : bool;
  }
  if (type.kind === "unknown" || type.kind === "tensor") return type;
  const number = numberSide(node.operand, type, "-", walker);
  return number ? { ...number, value: number.value === undefined ? undefined : -number.value } : unknown;
}
