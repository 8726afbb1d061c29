// A call binds axes in order: the axis variables of a parameter to the axes of its argument, agreeing wherever they repeat.
//
// Two variables may bind one axis; inside they are twins. `..` stands for any other axes, one set per signature, and an
// argument that lacks some is spread over them. Results come back under the caller's names. Knows nothing of bodies.
import type { Expr, Param, Span, Type } from "../../grammar/index.ts";
import { axesDiffer } from "../diagnostics/axes_differ.ts";
import { axisOrder } from "../diagnostics/axis_order.ts";
import { axisTwice } from "../diagnostics/axis_twice.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { reportSizes } from "./align.ts";
import { type Axis, find, sameAxis, sizesAgree, textsAgree, twinSet } from "./axis.ts";
import { nodeOf, spread, withAxes } from "./nodes.ts";
import { asNumber, tensorOf } from "./operators.ts";
import { elemNamed } from "./rows.ts";
import { axesText, fault, nameOf, type Scope } from "./scope.ts";
import { equal, type Size, show } from "./size.ts";
import { isProb, showType, type Tensor, tensor, type Value } from "./value.ts";

type TensorType = Extract<Type, { kind: "TensorType" }>;

/** One call's bindings besides the names in the callee's scope. */
export interface Binding {
  readonly callee: Scope;
  readonly caller: Scope;
  /** What `..` holds, once the first argument with `..` is bound. */
  rest: Axis[];
  /** Parameters declared with `..`, by name. */
  readonly open: Set<string>;
  /** Second names inside the callee of axes of the caller. */
  readonly twins: { readonly inner: Axis; readonly outer: Axis }[];
  /** A place where the call itself can be blamed. */
  readonly site: Span;
}

/** The type of a parameter as it is written: `[b, t, d]`. */
const showParam = (t: TensorType): string => `[${t.axes.map((a) => (a.kind === "Ellipsis" ? ".." : a.name.text)).join(", ")}]`;

/** Binds a tensor argument to a parameter; the tensor as the callee sees it, or undefined after a fault. */
export function bindTensor(b: Binding, param: Param, type: TensorType, given: Tensor, arg: Expr | undefined): Tensor | undefined {
  const span = arg?.span ?? param.span;
  const cast = castTo(b, param, type, given, span);
  if (!cast) return undefined;
  const ellipsis = type.axes.findIndex((a) => a.kind === "Ellipsis");
  const named = type.axes.flatMap((a) => (a.kind === "Axis" ? [a] : []));
  if (ellipsis < 0 && named.length !== cast.axes.length) {
    const rest = cast.axes.find((a) => a.rest);
    if (rest) return cast;
    return arg === undefined || cast.axes.length === 0 ? spreadDefault(b, named, cast) : wrong(b, param, type, cast, span);
  }
  if (ellipsis >= 0 && arg === undefined && cast.axes.length === 0) {
    b.open.add(param.name.text);
    return spreadDefault(b, named, cast);
  }
  if (named.length > cast.axes.filter((a) => !a.rest).length)
    return cast.axes.some((a) => a.rest) ? cast : wrong(b, param, type, cast, span);
  const before = ellipsis < 0 ? named.length : ellipsis;
  const after = named.length - before;
  const explicit = [...cast.axes.slice(0, before), ...cast.axes.slice(cast.axes.length - after)];
  const others = ellipsis < 0 ? [] : cast.axes.slice(before, cast.axes.length - after);
  const inOrder = named.every((a, i) => orderIsMeant(b, param, type, named, i, explicit[i]!, cast, span) && a);
  if (!inOrder) return undefined;
  let result: Tensor | undefined = cast;
  for (const [i, variable] of named.entries()) {
    result = result && bindVariable(b, variable.name.text, sizeOf(b, variable), explicit[i]!, result, span, variable.span);
  }
  if (ellipsis >= 0) {
    b.open.add(param.name.text);
    const fresh = others.filter((a) => !find(b.rest, a));
    b.rest =
      fresh.length > 0 && others.length >= b.rest.length
        ? [...others, ...b.rest.filter((a) => !find(others, a))]
        : [...b.rest, ...fresh];
  }
  return result;
}

function wrong(b: Binding, param: Param, type: TensorType, t: Tensor, span: Span): undefined {
  fault(b.caller, wrongType, span, {
    what: `\`${param.name.text}\``,
    expected: showParam(type),
    found: t.axes.length ? axesText(b.caller, t.axes) : showType(t),
  });
  return undefined;
}

const sizeOf = (b: Binding, variable: { readonly size?: Expr }): Size | undefined =>
  variable.size ? tensorOf(b.callee, variable.size, "size")?.size : undefined;

/** The element a parameter wants: an Int widens, a probability becomes a number, a Bool does not. */
function castTo(b: Binding, param: Param, type: TensorType, t: Tensor, span: Span): Tensor | undefined {
  const elem = elemNamed(type.of?.text);
  if (!elem || t.elem === elem) return t;
  if (elem === "float") {
    const number = asNumber(b.caller, t, span, param.name.text);
    return number && (number.elem === "token" ? undefined : number);
  }
  const fits =
    (elem === "ratio" && t.elem === "prob") || (elem === "int" && t.elem === "token") || (elem === "token" && t.elem === "int");
  if (fits) return { ...t, elem };
  fault(b.caller, wrongType, span, {
    what: `\`${param.name.text}\``,
    expected: `of ${type.of?.text ?? "Float"}`,
    found: showType(t),
  });
  return undefined;
}

/** A number where axes are declared (`bias: [h = heads, t, s] = 0`) is spread over them; those not bound yet are introduced. */
function spreadDefault(b: Binding, named: readonly Extract<TensorType["axes"][number], { kind: "Axis" }>[], t: Tensor): Tensor {
  const axes = named.map((a): Axis => {
    const bound = b.callee.axes.get(a.name.text);
    if (bound) return bound;
    const made: Axis = {
      name: a.name.text,
      frame: b.callee.frame,
      size: sizeOf(b, a) ?? { terms: [], key: "0" },
      origin: a.span,
    };
    b.callee.axes.set(a.name.text, made);
    return made;
  });
  const node = b.callee.world.trace ? { node: spread(nodeOf(t), axes) } : {};
  return tensor(t.elem, axes, { flow: t.flow, ...node });
}

function orderIsMeant(
  b: Binding,
  param: Param,
  type: TensorType,
  named: readonly { readonly name: { readonly text: string } }[],
  i: number,
  axis: Axis,
  t: Tensor,
  span: Span,
): boolean {
  const name = nameOf(b.caller, axis);
  const other = named.findIndex((a, j) => j !== i && a.name.text === name);
  if (other < 0 || named[i]!.name.text === name) return true;
  const wanted = showParam(type);
  fault(b.caller, axisOrder, span, { axis: name, place: named[i]!.name.text, given: axesText(b.caller, t.axes), wanted }, [
    { span: param.span, label: `${param.name.text} is ${wanted}` },
  ]);
  return false;
}

/** Binds one axis variable; the tensor comes back relabelled when the variable became a twin. */
export function bindVariable(
  b: Binding,
  name: string,
  size: Size | undefined,
  axis: Axis,
  t: Tensor,
  span: Span,
  declared: Span,
): Tensor | undefined {
  const { callee } = b;
  const bound = callee.axes.get(name);
  if (bound) {
    const outer = b.twins.find((w) => sameAxis(w.inner, bound))?.outer ?? bound;
    if (sameAxis(outer, axis) && textsAgree(outer, axis) && sizesAgree(outer, axis)) {
      return outer === bound ? t : withAxes(t, [axis], [bound]);
    }
    if (sameAxis(outer, axis) && textsAgree(outer, axis))
      reportSizes(b.caller, outer, axis, { axes: [], span: declared }, { axes: [], span }, span);
    else {
      const facts = {
        axis: name,
        left: nameOf(b.caller, outer),
        right: nameOf(b.caller, axis),
        hint: `Give both the same axis for ${name}, or rename one.`,
        bound: true as const,
      };
      fault(b.caller, axesDiffer, span, facts, [{ span: declared, label: `${name} is ${facts.left}` }]);
    }
    return undefined;
  }
  if (size && !equal(size, axis.size) && !sizesAgree({ ...axis, size }, axis)) {
    fault(b.caller, axesDiffer, span, { axis: name, left: show(size), right: show(axis.size) }, [
      { span: declared, label: `${name} is ${show(size)} here` },
    ]);
    return undefined;
  }
  const taken = [...callee.axes.values()].find((a) => sameAxis(a, axis));
  if (!taken) {
    callee.axes.set(name, axis);
    return t;
  }
  const inner: Axis = { ...axis, name, frame: callee.frame, twins: twinSet(axis) };
  callee.axes.set(name, inner);
  b.twins.push({ inner, outer: axis });
  return withAxes(t, [axis], [inner]);
}

/** Spreads every argument declared with `..` over all of it, so that the callee sees one set. */
export function spreadRest(b: Binding, values: Map<string, Value>): void {
  for (const name of b.open) {
    const t = values.get(name);
    if (t?.kind !== "tensor") continue;
    const missing = b.rest.filter((a) => !find(t.axes, a));
    if (missing.length === 0) continue;
    const axes = [...b.rest, ...t.axes.filter((a) => !find(b.rest, a))];
    const node = b.callee.world.trace ? { node: spread(nodeOf(t), axes) } : {};
    values.set(name, tensor(t.elem, axes, { flow: t.flow, ...node, ...(isProb(t) && t.whole ? { whole: {} } : {}) }));
  }
}

/** A callee's result under its caller's names: twins back to one axis, introduced axes into the caller's frame. */
export function exportResult(b: Binding, value: Value, declared: Type | undefined, calleeName: string): Value {
  if (value.kind !== "tensor") return value;
  const { callee, caller } = b;
  const from: Axis[] = [];
  const to: Axis[] = [];
  for (const a of value.axes) {
    if (a.frame !== callee.frame) continue;
    const twin = b.twins.find((w) => sameAxis(w.inner, a));
    from.push(a);
    to.push(twin ? twin.outer : { ...a, frame: caller.frame });
  }
  const target = (a: Axis): Axis => to[from.findIndex((f) => sameAxis(f, a))] ?? a;
  const axes = value.axes.map(target);
  const twice = axes.find((a, i) => axes.some((x, j) => j < i && sameAxis(x, a)));
  if (twice) {
    return fault(caller, axisTwice, b.site, {
      axis: nameOf(caller, twice),
      axes: `[${axes.map((a) => nameOf(caller, a)).join(", ")}] from ${calleeName}`,
    });
  }
  const ordered = inDeclaredOrder(callee, value, declared);
  return withAxes(ordered, from, to);
}

/** A result has its axes in the order in which its declaration lists them. */
function inDeclaredOrder(callee: Scope, t: Tensor, declared: Type | undefined): Tensor {
  if (declared?.kind !== "TensorType" || t.axes.some((a) => a.rest)) return t;
  const named = declared.axes.map((a) => (a.kind === "Axis" ? t.axes.find((x) => nameOf(callee, x) === a.name.text) : "rest"));
  if (named.some((a) => a === undefined)) return t;
  const listed = named.filter((a): a is Axis => a !== "rest" && a !== undefined);
  const others = t.axes.filter((a) => !find(listed, a));
  const axes = named.flatMap((a) => (a === "rest" ? others : a ? [a] : []));
  return axes.length === t.axes.length ? { ...t, axes } : t;
}
