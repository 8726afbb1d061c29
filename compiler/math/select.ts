// `x[t: i]`: an index removes an axis when it is a number or a case, and gathers when it is a tensor.
import type { Expr, Select, Span } from "../../grammar/index.ts";
import * as k from "../../kernels/index.ts";
import { absentAxis } from "../diagnostics/absent_axis.ts";
import { unknownField } from "../diagnostics/unknown_field.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { agree } from "./align.ts";
import { type Axis, find, keyOf, sameAxis, without } from "./axis.ts";
import { join } from "./flow.ts";
import { nodeOf } from "./nodes.ts";
import { asTensor, tensorOf } from "./operators.ts";
import { pick } from "./prob.ts";
import { axesText, axisNamed, fault, nameOf, type Scope } from "./scope.ts";
import { constant, wholeOf } from "./size.ts";
import { isProb, known, showType, type Tensor, tensor, unknownValue, type Value } from "./value.ts";
import { evaluate, guess } from "./walk.ts";

/** Reports that an operand has no axis of this name, with a guess. */
export function absent(scope: Scope, name: string, axes: readonly Axis[], span: Span): Value {
  const names = axes.map((a) => nameOf(scope, a));
  const near = guess(name, names);
  const hint = near ? `Did you mean ${near}?` : names.length ? `Its axes are ${names.join(", ")}.` : "It has no axes.";
  return fault(scope, absentAxis, span, { axis: name, axes: axesText(scope, axes), hint, ...(near && { near }) });
}

/** Every entry of `x[a: i, b: j]`, from left to right. */
export function select(scope: Scope, e: Select): Value {
  let value: Tensor | undefined = tensorOf(scope, e.object);
  for (const entry of e.entries) {
    if (!value) return unknownValue;
    const next = selectOne(scope, value, entry.label.text, entry.value, entry.span);
    value = next.kind === "tensor" ? next : undefined;
  }
  return value ?? unknownValue;
}

function selectOne(scope: Scope, x: Tensor, name: string, index: Expr, span: Span): Value {
  const over = axisNamed(scope, name, [x.axes]) ?? x.axes.find((a) => a.cases && a.name === name) ?? variableAxis(x, name);
  const axis = over && find(x.axes, over);
  const rest = x.axes.some((a) => a.rest);
  if (!axis && !(rest && over)) return absent(scope, name, x.axes, span);
  if (!axis) return tensor(x.elem, x.axes, { flow: x.flow });
  if (axis.cases && index.kind === "Name") {
    const picked = caseOf(scope, x, index.text, index.span, axis);
    if (picked) return picked;
  }
  const at = asTensor(scope, evaluate(scope, index, "size"), index.span, "An index");
  if (!at) return unknownValue;
  if (at.elem !== "int" && at.elem !== "token") {
    return fault(scope, wrongType, index.span, { what: "An index", expected: "Int", found: showType(at) });
  }
  return at.axes.length === 0 && at.number !== undefined
    ? place(scope, x, axis, at.number, index.span)
    : gather(scope, x, axis, at, index.span);
}

/** `A` of `Comparer<A>` where the judge is a declared one: the only axis that an enumeration stands for. */
function variableAxis(x: Tensor, name: string): Axis | undefined {
  const [only, ...more] = x.axes.filter((a) => a.cases);
  return more.length === 0 && /^\p{Lu}$/u.test(name) ? only : undefined;
}

function place(scope: Scope, x: Tensor, axis: Axis, number: number, span: Span): Value {
  const size = wholeOf(axis.size);
  if (number < 0 || (size !== undefined && number >= size)) {
    return fault(scope, wrongType, span, {
      what: `The index of ${nameOf(scope, axis)}`,
      expected: `from 0 to ${(size ?? 1) - 1}`,
      found: String(number),
    });
  }
  const axes = without(x.axes, [axis]);
  const facts = { flow: join([x], true, span), ...(x.whole ? { whole: {} } : {}) };
  if (!scope.world.trace) return tensor(x.elem, axes, facts);
  const node = isProb(x) ? pick(x, keyOf(axis), k.constant(number, "i32")) : k.pick(nodeOf(x), keyOf(axis), number);
  return tensor(x.elem, axes, { ...facts, node });
}

/** The index's new axes in place of the removed one; axes that both have are aligned. */
function gather(scope: Scope, x: Tensor, axis: Axis, index: Tensor, span: Span): Value {
  const kept = without(x.axes, [axis]);
  if (!agree(scope, { axes: kept, span }, { axes: index.axes, span }, span)) return unknownValue;
  const fresh = index.axes.filter((a) => !find(kept, a));
  const axes = x.axes.flatMap((a) => (sameAxis(a, axis) ? fresh : [a]));
  const flow = join([x], true, span);
  if (!scope.world.trace) return tensor(x.elem, axes, { flow });
  if (!isProb(x)) return tensor(x.elem, axes, { flow, node: k.gather(nodeOf(x), nodeOf(index), keyOf(axis)) });
  return tensor(x.elem, axes, { flow, node: pick(x, keyOf(axis), nodeOf(index)) });
}

/** `s.main` and `s[A: main]`: the place of a case on the axis that an enumeration stands for; undefined when x has no such axis. */
export function caseOf(scope: Scope, x: Tensor, name: string, span: Span, on?: Axis): Value | undefined {
  const axis = on ?? x.axes.find((a) => a.cases);
  if (!axis?.cases) return undefined;
  const index = axis.cases.indexOf(name);
  if (index < 0) return on ? undefined : fault(scope, unknownField, span, { name, of: axis.name, known: axis.cases });
  return place(scope, x, { ...axis, size: constant(axis.cases.length) }, known(index).number!, span);
}
