// Calls: a builtin, a model, a declared function walked with these arguments, or a local function expanded in place.
import type { Architecture, Arg, Call, Callable, Expr, LocalFn, Param, Span, Type } from "../../grammar/index.ts";
import { missingArgument } from "../diagnostics/missing_argument.ts";
import { missingUnit } from "../diagnostics/missing_unit.ts";
import { noGradient } from "../diagnostics/no_gradient.ts";
import { notInThisVersion } from "../diagnostics/not_in_this_version.ts";
import { outsideRange } from "../diagnostics/outside_range.ts";
import { unknownName } from "../diagnostics/unknown_name.ts";
import { unknownParameter } from "../diagnostics/unknown_parameter.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { wrongUnit } from "../diagnostics/wrong_unit.ts";
import { apply } from "./application.ts";
import type { Axis } from "./axis.ts";
import { bodyValue } from "./body.ts";
import { builtins } from "./builtins/index.ts";
import { cutBy, join } from "./flow.ts";
import { callKey, recall, remember } from "./memory.ts";
import { asNumber, asTensor } from "./operators.ts";
import { isNumberType } from "./rows.ts";
import { axisNamed, fault, innerScope, lookup, namesIn, openScope, type Scope, type Want, type World } from "./scope.ts";
import { absent } from "./select.ts";
import { type Binding, bindTensor, bindVariable, exportResult, spreadRest } from "./signature.ts";
import { showType, type Tensor, tensor, unknownValue, type Value } from "./value.ts";
import { evaluate } from "./walk.ts";

/** The value of a call. */
export function call(scope: Scope, e: Call, _want?: Want): Value {
  if (e.callee.kind === "Name") {
    const name = e.callee.text;
    const local = lookup(scope, name);
    const declared = local ? undefined : scope.world.context.value(name, scope.file);
    if (!local && declared?.kind !== "Callable" && declared?.kind !== "Model") {
      const builtin = builtins.get(name);
      if (builtin) return builtin.apply(scope, e);
      const known = [...namesIn(scope), ...scope.world.context.names(scope.file), ...builtins.keys()];
      return fault(scope, unknownName, e.callee.span, { name, known });
    }
  }
  const callee = evaluate(scope, e.callee);
  switch (callee.kind) {
    case "model":
      return apply(scope, callee, e);
    case "callable":
      return callDeclared(scope, callee.decl, e.args, e.span, callee.fixed);
    case "local":
      return callLocal(scope, callee.decl, callee.scope, e);
    case "unknown":
      return callee;
    default:
      return fault(scope, wrongType, e.callee.span, {
        what: "What is called",
        expected: "a function or a model",
        found: showType(callee),
      });
  }
}

/** A local `fn f(y) = ..`: its body with the arguments in place of its parameters, in the scope where it was declared. */
function callLocal(scope: Scope, decl: LocalFn, home: Scope, e: Call): Value {
  const matched = match(scope, decl.name.text, decl.params, e.args, e.span);
  if (!matched) return unknownValue;
  const inner = innerScope(home, { ...(scope.site ? { site: scope.site } : {}), silent: scope.silent });
  for (const param of decl.params) {
    const arg = matched.get(param.name.text);
    inner.values.set(param.name.text, arg ? evaluate(scope, arg) : param.default ? evaluate(inner, param.default) : unknownValue);
  }
  return evaluate(inner, decl.value);
}

/** Arguments by parameter; undefined after a fault. */
export function match(
  scope: Scope,
  callee: string,
  params: readonly Param[],
  args: readonly Arg[],
  span: Span,
  fixed?: ReadonlyMap<string, Value>,
): Map<string, Expr> | undefined {
  const found = new Map<string, Expr>();
  const open = params.filter((p) => !fixed?.has(p.name.text));
  const signature = `${callee}(${params.map((p) => p.name.text + (p.default ? " = .." : "")).join(", ")})`;
  let good = true;
  args.forEach((arg, i) => {
    const name = arg.label?.text ?? open[i]?.name.text;
    if (name !== undefined && params.some((p) => p.name.text === name) && !found.has(name)) found.set(name, arg.value);
    else {
      const known = params.map((p) => p.name.text);
      fault(scope, unknownParameter, (arg.label ?? arg).span, {
        name: name ?? String(i + 1),
        callee,
        signature,
        known,
        ...(arg.label ? {} : { positional: "more" as const }),
      });
      good = false;
    }
  });
  const missing = open.filter((p) => !p.default && !found.has(p.name.text)).map((p) => p.name.text);
  if (good && missing.length > 0) {
    fault(scope, missingArgument, span, { names: missing, callee, signature });
    good = false;
  }
  return good ? found : undefined;
}

/** A declared `fn` or `layer`, walked with the caller's own axes. */
export function callDeclared(
  scope: Scope,
  decl: Callable,
  args: readonly Arg[],
  span: Span,
  fixed?: ReadonlyMap<string, Value>,
): Value {
  const name = decl.name.text;
  const matched = match(scope, name, decl.params ?? [], args, span, fixed);
  if (!matched) return unknownValue;
  if (decl.extern) return external(scope, decl, matched, span);
  scope.world.ensure?.(decl);
  const callee = openScope(scope.world, decl.word === "layer" ? "layer" : "fn", decl.span.file, {
    decl,
    path: decl.word === "layer" ? [...scope.path, weightName(scope, name)] : scope.path,
    ...(decl.word === "layer" ? {} : { calls: scope.calls }),
    site: scope.site ?? span,
    silent: scope.silent || scope.world.dirty.has(decl),
  });
  const b: Binding = { callee, caller: scope, rest: [], open: new Set(), twins: [], site: span };
  for (const param of decl.params ?? []) {
    const value = bind(b, param, matched.get(param.name.text), fixed?.get(param.name.text));
    if (value.kind === "unknown") return value;
    callee.values.set(param.name.text, value);
  }
  spreadRest(b, callee.values);
  return exportResult(...walked(b, decl), decl.result, name);
}

/** A body's value under its call's binding; in a check, that of a call like it, if one was walked before and said nothing. */
function walked(b: Binding, decl: Callable): readonly [Binding, Value] {
  const { world } = b.callee;
  const key = world.trace || b.callee.silent ? undefined : callKey(b.callee.values);
  const known = key === undefined ? undefined : recall(world.memory, decl, key);
  if (known) return [{ ...known.binding, caller: b.caller, site: b.site }, known.value];
  if (tooMuch(world)) {
    const refused =
      world.trace && fault(b.caller, notInThisVersion, b.site, { name: decl.name.text, kind: "function that calls so deep" });
    return [b, refused ?? unknownValue];
  }
  const before = world.faults;
  world.depth++;
  const value = bodyValue(b.callee, decl);
  world.depth--;
  if (key !== undefined && world.faults === before) remember(world.memory, decl, key, { binding: b, value });
  return [b, value];
}

/**
 * A body is walked once per call, so a tower of calls that each call twice would double per storey. Past these bounds a check
 * leaves a call undecided (nobody writes such by hand); a trace refuses it.
 */
function tooMuch(world: World): boolean {
  return world.depth >= 150 || (!world.trace && ++world.walks > 5_000);
}

/** The path of a call's weights: the callee, its number from the second on, the turn inside `repeat`; never one twice. */
function weightName(scope: Scope, callee: string): string {
  const { calls, turn } = scope;
  const key = turn === undefined ? callee : `${callee}#${turn}`;
  calls.set(key, (calls.get(key) ?? 0) + 1);
  let number = calls.get(key)! + (turn === undefined ? 0 : (calls.get(callee) ?? 0));
  const name = () => [callee, ...(number > 1 ? [number] : []), ...(turn === undefined ? [] : [turn])].join(".");
  while (calls.has(`=${name()}`)) number++;
  calls.set(`=${name()}`, 1);
  return name();
}

/** One parameter: an axis by name, a tensor with its axes bound in order, configuration, or a thing. */
function bind(b: Binding, param: Param, arg: Expr | undefined, fixed: Value | undefined): Value {
  const { type } = param;
  if (type?.kind === "NamedType" && type.name.text === "axis") return bindAxis(b, param, arg);
  const [home, expr] = arg ? [b.caller, arg] : [b.callee, param.default];
  const whole = type?.kind === "NamedType" && type.name.text === "Int";
  const value = fixed ?? (expr ? evaluate(home, expr, whole ? "size" : undefined) : unknownValue);
  if (value.kind === "unknown" || !type) return value;
  if (type.kind === "TensorType") {
    const t = asTensor(b.caller, value, expr?.span ?? param.span, `\`${param.name.text}\``);
    return (t && bindTensor(b, param, type, t, arg)) ?? unknownValue;
  }
  return isNumberType(type) && type.kind === "NamedType" ? number(b, param, type, value, expr?.span ?? param.span) : value;
}

function bindAxis(b: Binding, param: Param, arg: Expr | undefined): Value {
  const a: Axis | undefined = arg?.kind === "Name" ? axisOf(b.caller, arg.text) : undefined;
  if (!a) {
    if (arg?.kind === "Name") return absent(b.caller, arg.text, [...b.caller.axes.values()], arg.span);
    return fault(b.caller, wrongType, arg?.span ?? b.site, {
      what: `\`${param.name.text}\``,
      expected: "the name of an axis",
      found: "a value",
    });
  }
  const name = param.name.text;
  if (!bindVariable(b, name, undefined, a, tensor("int", [a]), arg!.span, param.span)) return unknownValue;
  return { kind: "axis", axis: b.callee.axes.get(name)! };
}

/** An axis by name: one of this scope, or the value of a parameter declared `axis`. */
export function axisOf(scope: Scope, name: string): Axis | undefined {
  const value = lookup(scope, name);
  return value?.kind === "axis" ? value.axis : axisNamed(scope, name);
}

/** Int, Float, Bool: a number without axes (with axes it is a mistake about the parameter). */
function number(b: Binding, param: Param, type: Extract<Type, { kind: "NamedType" }>, value: Value, span: Span): Value {
  const t = asTensor(b.caller, value, span, `\`${param.name.text}\``);
  if (!t || !measured(b, param, type, t, span)) return unknownValue;
  if (type.name.text === "Bool" ? t.elem === "bool" : t.elem !== "bool") {
    if (t.axes.every((a) => a.rest || a.each))
      return type.name.text === "Bool" ? t : (asNumber(b.caller, t, span, param.name.text) ?? unknownValue);
    return fault(b.caller, wrongType, span, { what: `\`${param.name.text}\``, expected: type.name.text, found: showType(t) });
  }
  if (t.elem === "bool") return asNumber(b.caller, t, span, param.name.text) ?? unknownValue;
  return fault(b.caller, wrongType, span, { what: `\`${param.name.text}\``, expected: type.name.text, found: showType(t) });
}

/** The unit a parameter declares stands on a literal, and a literal lies in the range a parameter declares. */
function measured(b: Binding, param: Param, type: Extract<Type, { kind: "NamedType" }>, t: Tensor, span: Span): boolean {
  const what = `\`${param.name.text}\``;
  const unit = type.unit?.text;
  if (t.literal && (t.unit ?? "") !== (unit ?? "")) {
    const written = String(t.number);
    if (unit && !t.unit) fault(b.caller, missingUnit, span, { expected: unit, what, written });
    else fault(b.caller, wrongUnit, span, { found: t.unit ?? "", expected: unit ?? "", what, written });
    return false;
  }
  const range = param.range && evaluate(b.callee, param.range);
  if (range?.kind !== "range" || t.number === undefined) return true;
  const [low, high] = [range.from.number ?? -Infinity, range.to.number ?? Infinity];
  if (t.number >= low && t.number <= high) return true;
  fault(b.caller, outsideRange, span, { value: String(t.number), range: `${low}..${high}`, what });
  return false;
}

/** TypeScript inside mathematics: its value has no gradient, and a graph cannot hold it. */
function external(scope: Scope, decl: Callable, args: ReadonlyMap<string, Expr>, span: Span): Value {
  const parts: Tensor[] = [];
  for (const arg of args.values()) {
    const v = evaluate(scope, arg);
    if (v.kind === "unknown") return v;
    if (v.kind === "tensor") parts.push(v);
  }
  const flow = join(parts, false, span);
  if (scope.world.trace) {
    if (flow.grads[0])
      return fault(scope, noGradient, span, { through: `the TypeScript of ${decl.name.text}`, model: flow.grads[0] });
    return fault(scope, notInThisVersion, span, { name: decl.name.text, kind: "extern inside a formula" });
  }
  const result = decl.result?.kind === "NamedType" && decl.result.name.text === "Bool" ? "bool" : "float";
  return tensor(result, parts.find((p) => p.axes.length > 0)?.axes ?? [], {
    flow: cutBy(flow, `extern ${decl.name.text}`, span),
  });
}

/** Any declaration that has parameters. */
export type Declared = Callable | Architecture;
