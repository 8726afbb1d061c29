// The statements of a body: weights are declared, names bound, `repeat` carries what it rebinds, the last expression is the result.
import type { Axis as AxisTree, Bind, Body, Callable, Goal, Repeat, Stmt, Weight } from "../../grammar/index.ts";
import { axis as kernelAxis, rename } from "../../kernels/index.ts";
import { absentAxis } from "../diagnostics/absent_axis.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { distinct, reportSizes } from "./align.ts";
import { type Axis, keyOf, sizesAgree, twinSet } from "./axis.ts";
import { initOf } from "./init.ts";
import { asTensor, tensorOf } from "./operators.ts";
import { fault, innerScope, lookup, type Scope } from "./scope.ts";
import { constant, symbol, symbolsOf } from "./size.ts";
import { kernelSize } from "./trace.ts";
import { known, type Tensor, tensor, unknownValue, type Value } from "./value.ts";
import { evaluate } from "./walk.ts";

/** The result of a declaration's body, whose parameters are bound in `scope`. */
export function bodyValue(scope: Scope, decl: Pick<Callable, "body" | "value">): Value {
  if (decl.value) return evaluate(scope, decl.value, wantOf(scope));
  return decl.body ? run(scope, decl.body) : unknownValue;
}

const wantOf = (scope: Scope) => {
  const result = scope.decl?.result;
  return result?.kind === "NamedType" && result.name.text === "Int" ? "size" : undefined;
};

/** Every statement in order; the value of the last expression. */
export function run(scope: Scope, body: Body): Value {
  let last: Value = unknownValue;
  for (const stmt of body.stmts) last = statement(scope, stmt) ?? last;
  return last;
}

function statement(scope: Scope, s: Stmt): Value | undefined {
  switch (s.kind) {
    case "Weight":
      assign(scope, s.name.text, weight(scope, s));
      return undefined;
    case "Bind":
      bind(scope, s);
      return undefined;
    case "LocalFn":
      assign(scope, s.name.text, { kind: "local", decl: s, scope });
      return undefined;
    case "Repeat":
      repeat(scope, s);
      return undefined;
    case "Minimize":
    case "Maximize":
      goal(scope, s);
      return undefined;
    case "ExprStmt":
      return evaluate(scope, s.value);
    default:
      return s satisfies never;
  }
}

/** A second binding of a name is a new version, seen wherever the first was; a new name ends with its block. */
function assign(scope: Scope, name: string, value: Value): void {
  for (let s: Scope | undefined = scope; s; s = s.outer) {
    if (s.values.has(name)) {
      s.values.set(name, value);
      return;
    }
  }
  scope.values.set(name, value);
}

function bind(scope: Scope, s: Bind): void {
  const value = evaluate(scope, s.value);
  const name = s.names[0]!.text;
  if (value.kind === "axis") {
    const named: Axis = { ...value.axis, name, frame: scope.frame, twins: twinSet(value.axis), origin: s.span };
    scope.axes.set(name, named);
    return;
  }
  if (value.kind === "tensor" && value.axes.length === 0 && value.number === undefined) scope.goal?.metrics.set(name, value);
  assign(scope, name, value);
}

/** The loss of an objective is what `minimize` takes; `maximize x` minimizes -x. */
function goal(scope: Scope, s: Goal): void {
  if (!scope.goal) return;
  const t = asTensor(scope, evaluate(scope, s.value), s.value.span, "A loss");
  if (!t) return;
  scope.goal.loss = t;
  scope.goal.span = s.value.span;
  scope.goal.maximize = s.kind === "Maximize";
}

/** `weight w: [i, o = wide] = normal(0, 1)`: names in scope are these axes, a new one states its size. */
function weight(scope: Scope, s: Weight): Value {
  if (s.type.kind !== "TensorType") {
    return fault(scope, wrongType, s.type.span, {
      what: "The type of a weight",
      expected: "axes, as in [i, o = 8]",
      found: "something else",
    });
  }
  const axes: Axis[] = [];
  for (const tree of s.type.axes) {
    const axis = weightAxis(scope, tree);
    if (!axis) return unknownValue;
    axes.push(axis);
  }
  if (!distinct(scope, axes, s.type.span)) return unknownValue;
  const init = initOf(scope, s);
  if (!init) return unknownValue;
  const { trace } = scope.world;
  if (!trace) return tensor("float", axes);
  const names = s.type.axes.map((a) => (a.kind === "Axis" ? a.name.text : ".."));
  const path = [...scope.path, s.name.text, ...(scope.turn === undefined ? [] : [scope.turn])].join(".");
  const plain = trace.weight(
    path,
    axes.map((a, i) => kernelAxis(names[i]!, kernelSize(a.size))),
    init,
  );
  return tensor("float", axes, { node: rename(plain, Object.fromEntries(axes.map((a, i) => [names[i]!, keyOf(a)]))) });
}

/** One axis of a weight: known here, or new with the size it states; undefined after a fault. */
function weightAxis(scope: Scope, a: AxisTree): Axis | undefined {
  const refuse = (expected: string, found: string): undefined => {
    const what = a.kind === "Axis" ? `The axis ${a.name.text} of a weight` : "An axis of a weight";
    fault(scope, wrongType, a.span, { what, expected, found });
  };
  if (a.kind === "Ellipsis") return refuse("a name", "`..`");
  const name = a.name.text;
  const size = a.size ? tensorOf(scope, a.size, "size")?.size : undefined;
  if (a.size && !size) return undefined;
  const bound = scope.axes.get(name) ?? enumerated(scope, name);
  if (!bound && !size) {
    const hint = `Give its size: ${name} = 8.`;
    fault(scope, absentAxis, a.span, { axis: name, axes: `[${[...scope.axes.keys()].join(", ")}]`, hint });
    return undefined;
  }
  const axis: Axis = bound ?? { name, frame: scope.frame, size: size!, origin: a.span };
  if (bound && size && !sizesAgree(bound, { ...bound, size })) {
    const here = { axes: [], span: a.span };
    reportSizes(scope, bound, { ...bound, size, origin: a.span }, here, here, a.span);
    return undefined;
  }
  if (axis.text) return refuse("of a fixed size", `as long as ${axis.text.name} is`);
  if (scope.world.concrete && varies(axis)) return refuse("of a fixed size", "of no fixed size");
  if (!scope.axes.has(name)) scope.axes.set(name, axis);
  return axis;
}

/** Whether a size depends on more than a vocabulary that is still to be trained. */
const varies = (a: Axis): boolean => symbolsOf(a.size).some((s) => s !== "vocab");

/** An enumeration given as configuration may stand as an axis: `weight w: [d, over]`. */
function enumerated(scope: Scope, name: string): Axis | undefined {
  const value = lookup(scope, name);
  if (value?.kind !== "enumeration") return undefined;
  return {
    name: value.name,
    frame: scope.frame,
    size: value.cases.length ? constant(value.cases.length) : symbol(value.name),
    cases: value.cases,
  };
}

/** `repeat n { }` in a layer: n copies in order, each with weights of its own; the names it rebinds are carried. */
function repeat(scope: Scope, s: Repeat): void {
  const over = evaluate(scope, s.over, "size");
  const range = over.kind === "range" ? over : over.kind === "tensor" ? { from: known(1), to: over } : undefined;
  if (!range) {
    if (over.kind !== "unknown")
      fault(scope, wrongType, s.over.span, {
        what: "What is repeated over",
        expected: "a count or a range",
        found: "something else",
      });
    return;
  }
  const first = range.from.number;
  const last = range.to.number;
  // A walk that only checks sees every turn alike: once is enough.
  const turns = first === undefined || last === undefined || !scope.world.trace ? 1 : last - first + 1;
  const carried = new Map([...carriedNames(scope, s.body)].map((name) => [name, lookup(scope, name)]));
  const opened = new Map(scope.calls);
  for (let i = 0; i < turns; i++) {
    const value: Tensor = first === undefined || !scope.world.trace ? tensor("int", []) : known(first + i);
    const inner = innerScope(scope, { turn: scope.turn === undefined ? `${i + 1}` : `${scope.turn}.${i + 1}` });
    if (s.name) inner.values.set(s.name.text, value);
    run(inner, s.body);
  }
  countRepeated(scope, opened);
  for (const [name, before] of carried) checkCarried(scope, s, name, before);
}

/** Calls inside a `repeat` count once per written call, so that a later call of the same layer has the next number. */
function countRepeated(scope: Scope, before: ReadonlyMap<string, number>): void {
  for (const [key, count] of [...scope.calls]) {
    const [name, turn] = key.split("#");
    if (!turn?.endsWith("1") || before.has(key)) continue;
    scope.calls.set(name!, (scope.calls.get(name!) ?? 0) + count);
  }
  for (const key of [...scope.calls.keys()]) if (key.includes("#")) scope.calls.delete(key);
}

function carriedNames(scope: Scope, body: Body): Set<string> {
  return new Set(
    body.stmts.flatMap((s) => (s.kind === "Bind" ? s.names.map((n) => n.text).filter((n) => lookup(scope, n)) : [])),
  );
}

/** What a turn gives to the next must have the axes with which the first began. */
function checkCarried(scope: Scope, s: Repeat, name: string, before: Value | undefined): void {
  const after = lookup(scope, name);
  if (before?.kind !== "tensor" || after?.kind !== "tensor") return;
  const text = (t: Tensor) =>
    t.axes
      .map((a) => keyOf(a))
      .sort()
      .join(", ");
  if (text(before) === text(after)) return;
  fault(scope, wrongType, s.span, {
    what: `\`${name}\` after a turn`,
    expected: `[${text(before)}], as before it`,
    found: `[${text(after)}]`,
  });
}
