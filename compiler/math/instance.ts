// A declared model: its architecture walked with the sizes it states, so that what does not divide is said at its field.
import type { Architecture, Arg, Call, Diagnostic, Expr, Model, Param, Span } from "../../grammar/index.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { type Axis, axis } from "./axis.ts";
import { run } from "./body.ts";
import { elemNamed } from "./rows.ts";
import { fault, openScope, type Scope, type World } from "./scope.ts";
import { constant, type Size, symbol } from "./size.ts";
import { type Tensor, tensor, unknownValue, type Value } from "./value.ts";
import { evaluate } from "./walk.ts";

/** Whether a parameter of an architecture is an input: it has axes. All others are configuration. */
export const isInput = (p: Param): boolean => p.type?.kind === "TensorType";

/** Facts that decide the sizes of an instance besides its fields. */
export interface InstanceFacts {
  /** Tokens of its tokenizer; a symbol where it is not trained yet. */
  readonly vocab?: number;
  /** Where faults are reported. */
  readonly site?: Span;
  readonly frame?: number;
}

/** A scope of the architecture's body with the configuration of an instance bound; inputs are still to be bound. */
export function configure(world: World, decl: Model, architecture: Architecture, facts: InstanceFacts = {}): Scope {
  const scope = openScope(world, "model", architecture.span.file, {
    decl: architecture,
    ...(facts.frame === undefined ? {} : { frame: facts.frame }),
    ...(facts.site ? { site: facts.site } : {}),
  });
  const outside = openScope(world, "model", decl.span.file, {
    frame: scope.frame,
    axes: scope.axes,
    path: [],
    ...(facts.site ? { site: facts.site } : {}),
  });
  const size: Size = facts.vocab === undefined ? symbol("vocab") : constant(facts.vocab);
  scope.axes.set("vocab", { name: "vocab", frame: scope.frame, size });
  const fields = new Map<string, Expr>(decl.fields.entries.map((e) => [e.label.text, e.value]));
  for (const param of architecture.params.filter((p) => !isInput(p))) {
    scope.values.set(param.name.text, configuration(scope, outside, param, fields.get(param.name.text)));
  }
  const head = fields.get("head");
  if (head && !hasHead(architecture))
    scope.values.set(ending, pooled(scope, headValue(outside, head) ?? evaluate(outside, head)));
  return scope;
}

/** Whether an architecture says itself what it ends in. */
const hasHead = (architecture: Architecture): boolean => architecture.params.some((p) => p.name.text === "head");

/** The name of the head in the scope of an architecture that does not say itself what it ends in. */
const ending = "head";

/**
 * A head whose `pool` is not fixed reads the last token where an architecture writes: there no other has seen the whole text. Where a text
 * is read both ways, its own default stands.
 */
function pooled(scope: Scope, head: Value): Value {
  if (head.kind !== "callable" || head.fixed?.has("pool") || scope.decl?.kind !== "Architecture") return head;
  const { result } = scope.decl;
  const writes = result.kind === "NamedType" && result.name.text === "LanguageModel";
  if (!writes || !(head.decl.params ?? []).some((p) => p.name.text === "pool")) return head;
  const latest = scope.world.context.value("latest", head.decl.span.file);
  if (latest?.kind !== "Callable") return head;
  return { ...head, fixed: new Map([...(head.fixed ?? []), ["pool", { kind: "callable", decl: latest }]]) };
}

/**
 * The result of an architecture's body whose configuration and inputs are bound. A body ends in a call whose first argument are its
 * states; the `head` of a model takes the place of what is called, with the states alone.
 */
export function resultOf(scope: Scope, architecture: Architecture): Value {
  if (hasHead(architecture) || !scope.values.has(ending)) return run(scope, architecture.body);
  const { stmts } = architecture.body;
  const last = stmts.at(-1);
  const call = last?.kind === "ExprStmt" ? callIn(last.value) : undefined;
  const states = call?.args[0];
  if (!call || !states || states.label) {
    const found = { what: `The end of ${architecture.name.text}`, expected: "a call of its states", found: "something else" };
    return fault(scope, wrongType, last?.span ?? architecture.name.span, found);
  }
  run(scope, { ...architecture.body, stmts: stmts.slice(0, -1) });
  const { span } = call;
  return evaluate(scope, { kind: "Call", callee: { kind: "Name", text: ending, span }, args: [states], span });
}

/** The call that an expression is, or of whose result it takes a place: `linear(y, 1)[o: 0]`. */
function callIn(e: Expr): Call | undefined {
  if (e.kind === "Select") return callIn(e.object);
  return e.kind === "Call" ? e : undefined;
}

function configuration(scope: Scope, outside: Scope, param: Param, field: Expr | undefined): Value {
  const whole = param.type?.kind === "NamedType" && param.type.name.text === "Int" ? "size" : undefined;
  if (field) return headValue(outside, field) ?? evaluate(outside, field, whole);
  return param.default ? evaluate(scope, param.default, whole) : unknownValue;
}

/**
 * `pairwise(over: Aspect)`: a layer applied in part, to be completed by the architecture. `over` is a reserved word, so no
 * parameter has that name: it is the label of the one that is an enumeration.
 */
function headValue(scope: Scope, e: Expr): Value | undefined {
  if (e.kind !== "Call" || e.callee.kind !== "Name") return undefined;
  const layer = scope.world.context.value(e.callee.text, scope.file);
  if (layer?.kind !== "Callable" || layer.word !== "layer") return undefined;
  const open = (layer.params ?? []).filter((p) => p.type?.kind !== "TensorType");
  const enumeration = open.find((p) => p.type?.kind === "NamedType" && p.type.name.text === "Enumeration");
  const nameAt = (arg: Arg, i: number) =>
    arg.label?.text === "over" ? enumeration?.name.text : (arg.label ?? open[i]?.name)?.text;
  const fixed = e.args.map((arg, i) => [nameAt(arg, i) ?? "", evaluate(scope, arg.value, "size")] as const);
  return { kind: "callable", decl: layer, fixed: new Map(fixed) };
}

/** The axes of an input: the last axis of tokens is a text's. */
function inputTensor(scope: Scope, param: Param): Tensor | undefined {
  if (param.type?.kind !== "TensorType") return undefined;
  const elem = elemNamed(param.type.of?.text);
  if (!elem) return undefined;
  const named = param.type.axes.flatMap((a) => (a.kind === "Axis" ? [a.name.text] : []));
  const axes = named.map((name, i): Axis => {
    const ragged = elem === "token" && i === named.length - 1;
    const text = ragged ? { text: { id: param.name.text, name: param.name.text } } : {};
    const made = scope.axes.get(name) ?? axis(name, { frame: scope.frame, size: symbol(name), ...text });
    scope.axes.set(name, made);
    return made;
  });
  return tensor(elem, axes);
}

/** Walks the architecture with an instance's configuration; faults are reported at the instance, with a label at the fields they speak of. */
export function checkInstance(world: World, decl: Model, architecture: Architecture): void {
  const said = (d: Diagnostic): Diagnostic => ({ ...d, more: [...fieldsIn(decl, d.text), ...(d.more ?? [])] });
  const labelled: World = {
    ...world,
    concrete: true,
    context: { ...world.context, report: (d) => world.context.report(said(d)) },
  };
  const scope = configure(labelled, decl, architecture, { site: decl.name.span });
  for (const param of architecture.params.filter(isInput))
    scope.values.set(param.name.text, inputTensor(scope, param) ?? unknownValue);
  resultOf(scope, architecture);
  world.faults = labelled.faults;
}

/** The fields whose numbers a text speaks of: what a person would look at first. */
function fieldsIn(decl: Model, text: string): { span: Span; label: string }[] {
  const numbers = new Set(text.match(/\d+/g) ?? []);
  return decl.fields.entries.flatMap((e) =>
    e.value.kind === "Number" && numbers.has(String(e.value.value))
      ? [{ span: e.span, label: `${e.label.text} is ${e.value.value}` }]
      : [],
  );
}
