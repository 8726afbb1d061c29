// What a builtin is: one record with its documentation, its rule for types and axes, and the nodes it becomes.
//
// Rule and nodes are one function, since they look at the same arguments. The helpers here read arguments, `over` and `where`.
import type { Axis as AxisTree, Call, Expr, Span } from "../../../grammar/index.ts";
import * as k from "../../../kernels/index.ts";
import { ambiguousBroadcast } from "../../diagnostics/ambiguous_broadcast.ts";
import { missingArgument } from "../../diagnostics/missing_argument.ts";
import { unknownParameter } from "../../diagnostics/unknown_parameter.ts";
import { wrongType } from "../../diagnostics/wrong_type.ts";
import { agree } from "../align.ts";
import { type Axis, find, keyOf } from "../axis.ts";
import type { BuiltinDoc } from "../door.ts";
import { nodeOf } from "../nodes.ts";
import { asNumber, asTensor, boolOf, tensorOf } from "../operators.ts";
import { axesText, axisNamed, fault, lookup, type Scope } from "../scope.ts";
import { absent } from "../select.ts";
import { type Tensor, unknownValue, type Value } from "../value.ts";
import { evaluate } from "../walk.ts";

export interface Builtin extends BuiltinDoc {
  apply(scope: Scope, e: Call): Value;
}

/** Arguments by position and by label, after checking that there are enough and that no label is misspelt. */
export function read(
  scope: Scope,
  e: Call,
  name: string,
  signature: string,
  least: number,
  labels: readonly string[] = [],
  most = least,
): { positional: Expr[]; labelled: Map<string, Expr> } | undefined {
  const positional: Expr[] = [];
  const labelled = new Map<string, Expr>();
  for (const arg of e.args) {
    if (!arg.label) positional.push(arg.value);
    else if (labels.includes(arg.label.text)) labelled.set(arg.label.text, arg.value);
    else {
      fault(scope, unknownParameter, arg.label.span, {
        name: arg.label.text,
        callee: name,
        signature,
        known: labels,
      });
      return undefined;
    }
  }
  if (positional.length < least) {
    fault(scope, missingArgument, e.span, { names: [least === 1 ? "a value" : `${least} values`], callee: name, signature });
    return undefined;
  }
  if (positional.length > most) {
    fault(scope, unknownParameter, positional[most]!.span, {
      name: String(most + 1),
      callee: name,
      signature,
      known: labels,
      positional: "more",
    });
    return undefined;
  }
  return { positional, labelled };
}

/** An argument as a number tensor: a Prob becomes a number, a Bool is refused. */
export function numberArg(scope: Scope, e: Expr, op: string): Tensor | undefined {
  const t = tensorOf(scope, e);
  return t && asNumber(scope, t, e.span, op);
}

/** The axes that `over` names on an operand; all of them for `..`; undefined after a fault. */
export function overAxes(scope: Scope, trees: readonly AxisTree[], t: Tensor, span: Span): Axis[] | undefined {
  const axes: Axis[] = [];
  for (const tree of trees) {
    if (tree.kind === "Ellipsis") {
      axes.push(...t.axes.filter((a) => !a.each && !find(axes, a)));
      continue;
    }
    const axis = operandAxis(scope, tree.name.text, t);
    if (!axis) {
      absent(scope, tree.name.text, t.axes, tree.span ?? span);
      return undefined;
    }
    axes.push(axis);
  }
  return axes;
}

/** The axis a name means on an operand, a `twin` or parameter of type `axis` included; with `..` any axis in sight may be there. */
export function operandAxis(scope: Scope, name: string, t: Tensor): Axis | undefined {
  const value = lookup(scope, name);
  const named = value?.kind === "axis" ? value.axis : axisNamed(scope, name, [t.axes]);
  const there = named && find(t.axes, named);
  if (there) return there;
  return named && t.axes.some((a) => a.rest) ? named : undefined;
}

/** The single axis of `over`; undefined after a fault. */
export function overOne(scope: Scope, e: Call, t: Tensor, name: string, signature: string): Axis | undefined {
  if (e.over?.length !== 1) {
    fault(scope, missingArgument, e.span, { names: ["over one axis"], callee: name, signature });
    return undefined;
  }
  return overAxes(scope, e.over, t, e.span)?.[0];
}

/** The `where` mask of a call beside its operand; false after a fault, undefined without one. */
export function whereMask(scope: Scope, e: Call, t: Tensor): Tensor | undefined | false {
  if (!e.where) return undefined;
  const mask = boolOf(scope, e.where);
  if (!mask) return false;
  const facts = { axes: mask.axes, span: e.where.span };
  if (!agree(scope, facts, { axes: t.axes, span: e.span }, e.where.span)) return false;
  const foreign = mask.axes.filter((a) => !a.rest && !find(t.axes, a));
  if (foreign.length > 0 && !t.axes.some((a) => a.rest)) {
    const left = axesText(scope, t.axes);
    fault(scope, ambiguousBroadcast, e.where.span, { op: "where", left, right: axesText(scope, mask.axes) });
    return false;
  }
  return mask;
}

/**
 * Which places of `over` count (bool): those present on ragged axes, narrowed by the mask; undefined when all do. `among` are the axes of what is
 * reduced: of several texts in one row only the places of one text meet. It is not given where places are only looked at one by one.
 */
export function presence(
  scope: Scope,
  over: readonly Axis[],
  mask: Tensor | undefined,
  among: readonly Axis[] | undefined,
): k.Node | undefined {
  const trace = scope.world.trace!;
  const parts = over.flatMap((a) => (a.text ? (trace.present(a, among) ?? []) : []));
  if (mask && mask.number !== 1) parts.push(nodeOf(mask));
  return parts.length === 0 ? undefined : parts.reduce((a, b) => k.and(a, b));
}

/** Keys of axes, as `kernels/` names them. */
export const keys = (axes: readonly Axis[]): string[] => axes.filter((a) => !a.rest).map(keyOf);

/** An axis named as a plain argument: `size(t)`. */
export function axisArg(scope: Scope, e: Call, name: string, signature: string): Axis | undefined {
  const args = read(scope, e, name, signature, 1);
  const arg = args?.positional[0];
  if (!arg) return undefined;
  const value = arg.kind === "Name" ? lookup(scope, arg.text) : undefined;
  const axis = value?.kind === "axis" ? value.axis : arg.kind === "Name" ? axisNamed(scope, arg.text) : undefined;
  if (axis) return axis;
  if (arg.kind === "Name") absent(scope, arg.text, [...scope.axes.values()], arg.span);
  else fault(scope, wrongType, arg.span, { what: `What \`${name}\` takes`, expected: "the name of an axis", found: "a value" });
  return undefined;
}

/** Every positional argument as a tensor; undefined after a fault. */
export function tensors(scope: Scope, exprs: readonly Expr[]): Tensor[] | undefined {
  const found: Tensor[] = [];
  for (const e of exprs) {
    const t = asTensor(scope, evaluate(scope, e), e.span);
    if (!t) return undefined;
    found.push(t);
  }
  return found;
}

export { unknownValue };
