// What moves values and computes none: the names after `->` become axes, those in scope with their size, new ones stated or inferred.
import type { Axis as AxisTree, Call, Span } from "../../../grammar/index.ts";
import type * as k from "../../../kernels/index.ts";
import { missingArgument } from "../../diagnostics/missing_argument.ts";
import { sizeNotDivisible } from "../../diagnostics/size_not_divisible.ts";
import { distinct, reportSizes } from "../align.ts";
import { type Axis, sizesAgree } from "../axis.ts";
import { join } from "../flow.ts";
import { indivisible, tensorOf } from "../operators.ts";
import { fault, type Scope } from "../scope.ts";
import { constant, divide, equal, isConstant, multiply, type Size, show } from "../size.ts";
import { type Tensor, tensor, unknownValue, type Value } from "../value.ts";

/** A tensor whose values are those of another, in other places; `unknown` where an axis would stand twice. */
export function moved(scope: Scope, x: Tensor, axes: readonly Axis[], span: Span, node: () => k.Node): Value {
  if (!distinct(scope, axes, span)) return unknownValue;
  return tensor(x.elem, axes, {
    flow: join([x], true, span),
    ...(x.whole ? { whole: {} } : {}),
    ...(scope.world.trace ? { node: node() } : {}),
  });
}

/** The one axis after `->`; undefined after a fault. */
export function toOne(scope: Scope, e: Call, name: string, signature: string): Extract<AxisTree, { kind: "Axis" }> | undefined {
  const to = e.to?.[0];
  if (e.to?.length === 1 && to?.kind === "Axis") return to;
  fault(scope, missingArgument, e.span, { names: ["-> one axis"], callee: name, signature });
  return undefined;
}

/** The axis of a name with a known size: the one in scope when the sizes agree, else a new one, in scope from here on. */
export function axisOfSize(scope: Scope, tree: Extract<AxisTree, { kind: "Axis" }>, size: Size): Axis | undefined {
  const name = tree.name.text;
  const bound = scope.axes.get(name);
  const made: Axis = { name, frame: scope.frame, size, origin: tree.span };
  if (!bound) {
    scope.axes.set(name, made);
    return made;
  }
  if (equal(bound.size, size) || (!isConstant(bound.size) && sizesAgree(bound, made))) return bound;
  reportSizes(scope, bound, made, { axes: [], span: tree.span }, { axes: [], span: tree.span }, tree.span);
  return undefined;
}

/** The axes of a split: sizes stated, or those of axes in scope; at most one is inferred. Their product is `whole`. */
export function splitAxes(scope: Scope, trees: readonly AxisTree[], whole: Axis, span: Span): Axis[] | undefined {
  const named = trees.flatMap((t) => (t.kind === "Axis" ? [t] : []));
  const sizes = named.map((t) => (t.size ? tensorOf(scope, t.size, "size")?.size : scope.axes.get(t.name.text)?.size));
  if (named.some((t, i) => t.size && !sizes[i])) return undefined;
  const open = sizes.filter((s) => s === undefined).length;
  const product = sizes.reduce<Size>((p, s) => (s ? multiply(p, s) : p), constant(1));
  if (open > 1) {
    const names = named
      .filter((_, i) => !sizes[i])
      .slice(1)
      .map((t) => `the size of ${t.name.text}`);
    fault(scope, missingArgument, span, { names, callee: "split", signature: "split(x over d -> h = 8, k)" });
    return undefined;
  }
  const stated = named.flatMap((t) => t.size ?? []);
  const rest = divide(whole.size, product);
  if (!rest || (open === 0 && isConstant(rest) && !equal(rest, constant(1)))) {
    fault(
      scope,
      sizeNotDivisible,
      span,
      indivisible(whole.size, product, stated.length === 1 ? stated[0] : undefined, `${whole.name} of ${show(whole.size)}`),
    );
    return undefined;
  }
  const axes = named.map((t, i) => axisOfSize(scope, t, sizes[i] ?? rest));
  return axes.every((a) => a !== undefined) ? (axes as Axis[]) : undefined;
}
