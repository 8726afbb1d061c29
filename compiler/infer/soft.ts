/** `soft(c, by: w, shape: s)`: c is one comparison, and w is measured in what the comparison measures. */
import type * as ast from "../../grammar/index.ts";
import { softNeedsComparison } from "../diagnostics/soft_needs_comparison.ts";
import { choice, optional, required } from "../kinds/kind.ts";
import { describe } from "../show.ts";
import { bool, float, isNumber, noUnits, type Signature, type Type, unknown } from "../types.ts";
import { accept } from "./accept.ts";
import { meet } from "./arguments.ts";
import type { Walker } from "./walker.ts";

const shape = choice("Shape", { exponential: [], logistic: [] });

const signature: Signature = {
  parameters: [
    required("c", bool, "One comparison."),
    optional("by", unknown, "How far from true the value is 1/e: half the width of a range, a quarter of a bound, at least 1."),
    optional("shape", shape, "exponential, or the product of logistics scaled to a peak of 1."),
  ],
  result: float(),
};

/** The type of a call of `soft` in host code. */
export function softType(node: ast.Call, walker: Walker): Type {
  const met = meet(node, { name: "soft", signature }, walker);
  const c = met.args.get("c");
  const type = c ? walker.infer(c.value) : unknown;
  const compared = c?.value.kind === "Compare" ? c.value : undefined;
  if (c && !compared && type.kind !== "unknown" && !isChained(c.value, walker))
    walker.report(softNeedsComparison, c.value.span, { found: foundAs(c.value, type), ...productOf(node) });
  const by = met.args.get("by");
  if (by) {
    const measured = compared && walker.program.typeOf(compared.left);
    const units = measured && isNumber(measured) ? measured.units : noUnits;
    accept(
      by.value,
      { type: measured?.kind === "unknown" ? unknown : float(units), what: "`by` of soft", range: { low: 0 } },
      walker,
    );
  }
  const shaped = met.args.get("shape");
  if (shaped) accept(shaped.value, { type: shape, what: "`shape` of soft" }, walker);
  return type.kind === "tensor" ? { ...type, elem: "float" } : float();
}

/** Comparisons that are joined by `and` in a call that says nothing else: each can be soft, and all together are a product. */
function productOf(call: ast.Call): { product?: { call: ast.Span; joins: readonly ast.Span[] } } {
  const joins: ast.Span[] = [];
  const compared = (node: ast.Expr): boolean => {
    if (node.kind === "Compare") return true;
    if (node.kind !== "Binary" || node.op !== "and") return false;
    joins.push({ ...node.opSpan, start: node.left.span.end, end: node.right.span.start });
    return compared(node.left) && compared(node.right);
  };
  const [only, ...more] = call.args;
  return only && more.length === 0 && compared(only.value) ? { product: { call: call.span, joins } } : {};
}

/** `1 < x < 3` was reported by the parser, which reads it as two comparisons. */
const isChained = (node: ast.Expr, walker: Walker): boolean =>
  (walker.program.syntax.get(node.span.file) ?? []).some(
    ({ code, span }) => code === "chained_comparison" && span.start >= node.span.start && span.end <= node.span.end,
  );

const foundAs = (node: ast.Expr, type: Type): string =>
  node.kind === "Binary" && (node.op === "and" || node.op === "or") ? `two of them joined by \`${node.op}\`` : describe(type);
