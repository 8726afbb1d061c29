// Elementwise operands: one must have every axis of the other; `outer` lifts this for one operator.
//
// Shared axes must agree in size and text. In a declaration that is checked on its own, `..` may hold any further axes, so an
// operand with `..` is given the benefit of the doubt; the walk for a call, where `..` is known, is strict.
import type { Span } from "../../grammar/index.ts";
import { ambiguousBroadcast } from "../diagnostics/ambiguous_broadcast.ts";
import { axesDiffer } from "../diagnostics/axes_differ.ts";
import { axisTwice } from "../diagnostics/axis_twice.ts";
import { differentTexts } from "../diagnostics/different_texts.ts";
import { type Axis, find, sizesAgree, textsAgree } from "./axis.ts";
import { axesText, fault, nameOf, type Scope } from "./scope.ts";
import { show } from "./size.ts";

/** An operand as far as aligning goes: its axes and where it was written. */
export interface Operand {
  readonly axes: readonly Axis[];
  readonly span: Span;
}

/** Whether shared axes agree; where they do not, the fault is reported with both origins. */
export function agree(scope: Scope, a: Operand, b: Operand, span: Span): boolean {
  for (const left of a.axes) {
    const right = find(b.axes, left);
    if (!right) continue;
    if (!textsAgree(left, right)) {
      const sides = [a.span, b.span];
      const facts = { axis: nameOf(scope, left), left: left.text!.name, right: right.text!.name, sides };
      fault(
        scope,
        differentTexts,
        span,
        facts,
        labels(scope, a, b, left, right, (x) => `of ${x.text!.name}`),
      );
      return false;
    }
    if (!sizesAgree(left, right)) {
      reportSizes(scope, left, right, a, b, span);
      return false;
    }
  }
  return true;
}

/** Labels on both operands; where both axes were stated at one place, that place says nothing, and the operands are labelled. */
function labels(scope: Scope, a: Operand, b: Operand, left: Axis, right: Axis, of: (x: Axis) => string) {
  const one = left.origin && right.origin && left.origin.file === right.origin.file && left.origin.start === right.origin.start;
  return [
    { span: (one ? undefined : left.origin) ?? a.span, label: `${nameOf(scope, left)} ${of(left)}` },
    { span: (one ? undefined : right.origin) ?? b.span, label: `${nameOf(scope, right)} ${of(right)}` },
  ];
}

/** Reports `axes_differ` between two axes of one name, with a label where each size came from. */
export function reportSizes(scope: Scope, left: Axis, right: Axis, a: Operand, b: Operand, span: Span): void {
  const facts = { axis: nameOf(scope, left), left: show(left.size), right: show(right.size) };
  fault(
    scope,
    axesDiffer,
    span,
    facts,
    labels(scope, a, b, left, right, (x) => `is ${show(x.size)}`),
  );
}

/** Whether every axis stands once; where one would stand twice, the fault is reported. */
export function distinct(scope: Scope, axes: readonly Axis[], span: Span): boolean {
  const twice = axes.find((a, i) => find(axes.slice(0, i), a));
  if (twice) fault(scope, axisTwice, span, { axis: nameOf(scope, twice), axes: axesText(scope, axes) });
  return !twice;
}

/** The axes of an elementwise result; undefined after a fault. With `outer`, the left's axes and then the right's new ones. */
export function align(scope: Scope, op: string, a: Operand, b: Operand, span: Span, outer = false): readonly Axis[] | undefined {
  if (!agree(scope, a, b, span)) return undefined;
  const restA = a.axes.find((x) => x.rest);
  const restB = b.axes.find((x) => x.rest);
  const missingA = b.axes.filter((x) => !x.rest && !find(a.axes, x));
  const missingB = a.axes.filter((x) => !x.rest && !find(b.axes, x));
  if (outer) return [...a.axes, ...missingA, ...(restA ? [] : restB ? [restB] : [])];
  if (missingA.length === 0) return restA || !restB ? a.axes : [restB, ...a.axes];
  if (missingB.length === 0) return restB || !restA ? b.axes : [restA, ...b.axes];
  // Each has axes that the other lacks: `..` of one may hold those of the other.
  if (restA && missingA.length > 0) return a.axes;
  if (restB && missingB.length > 0) return b.axes;
  const facts = { op, left: axesText(scope, a.axes), right: axesText(scope, b.axes) };
  fault(scope, ambiguousBroadcast, span, facts, [
    { span: a.span, label: facts.left },
    { span: b.span, label: facts.right },
  ]);
  return undefined;
}
