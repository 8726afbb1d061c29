/** A range that is written out runs upwards. */
import type { Expr } from "../../grammar/index.ts";
import { reversedRange } from "../diagnostics/reversed_range.ts";
import { units } from "../units.ts";
import type { Rule } from "./rule.ts";

export const reversedRangeRule: Rule = {
  name: "reversed-range",
  node(node, program, module) {
    if (node.kind !== "Range") return;
    const [from, to] = [literal(node.from), literal(node.to)];
    if (!from || !to) return;
    const shared = from.unit ?? to.unit;
    if (from.value * factor(shared) <= to.value * factor(to.unit)) return;
    const text = (expr: Expr) => module.text.slice(expr.span.start, expr.span.end);
    const unit = !from.unit && to.unit ? ` ${to.unit}` : "";
    const low = text(node.from);
    const high = unit ? text(node.to).replace(new RegExp(`\\s*${to.unit}$`, "u"), "") : text(node.to);
    program.report(reversedRange, node.span, { low, high: unit ? high : text(node.to), unit });
  },
};

const factor = (unit: string | undefined): number => (unit && units.get(unit)?.factor) || 1;

function literal(node: Expr): { value: number; unit?: string } | undefined {
  if (node.kind === "Unary" && node.op === "-") {
    const inner = literal(node.operand);
    return inner && { ...inner, value: -inner.value };
  }
  return node.kind === "Number" ? { value: node.value, ...(node.unit ? { unit: node.unit.text } : {}) } : undefined;
}
