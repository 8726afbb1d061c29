/** A call: first what is called, then its arguments against its parameters. Each kind of callee has its own rule. */
import type * as ast from "../../grammar/index.ts";
import type { Declaration, Entity } from "../declarations.ts";
import { unknownParameter } from "../diagnostics/unknown_parameter.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { noBindings, substitute } from "../fits.ts";
import { describe, showSignature } from "../show.ts";
import { type FnType, isNumber, type ModelType, type Parameter, type Signature, type Type, unknown } from "../types.ts";
import { type Callee, type Met, meet, stageExtras } from "./arguments.ts";
import { expandLocal } from "./expand.ts";
import { mathematicalCall } from "./mathematical.ts";
import { entityType, resolve } from "./names.ts";
import { acceptArguments, checkReward } from "./parameters.ts";
import { specialCall } from "./special.ts";
import { acceptExtras } from "./stage.ts";
import type { Walker } from "./walker.ts";

/** The type of a call. */
export function callType(node: ast.Call, expected: Type, walker: Walker): Type {
  const chosen = caseCall(node, expected, walker);
  if (chosen) return chosen;
  if (node.callee.kind !== "Name") return valueCall(node, walker.infer(node.callee), walker.source(node.callee), walker);
  const entity = resolve(node.callee, walker, callable(expected));
  if (!entity) {
    // A named argument may be a case that only the callee knows.
    for (const { label, value } of node.args) if (label && value.kind === "Name") walker.program.silent.add(value);
    inferArguments(node, walker);
    return unknown;
  }
  const type = entityType(entity, walker);
  walker.program.exprTypes.set(node.callee, type);
  return entityCall(node, entity, type, expected, walker);
}

/** What is called may give what is asked for, or be one of its cases; it is of no type itself. */
const callable = (expected: Type): Type => (expected.kind === "variant" || expected.kind === "enum" ? expected : unknown);

function entityCall(node: ast.Call, entity: Entity, type: Type, expected: Type, walker: Walker): Type {
  const special = entity.entity === "builtin" ? specialCall(node, entity.name, walker) : undefined;
  if (special) return special;
  if (entity.entity === "builtin") return mathematicalCall(node, entity.name, walker);
  if (entity.entity === "local" && entity.node.kind === "LocalFn") return localCall(node, entity, walker);
  if (entity.entity === "declaration" && type.kind === "fn") return declaredCall(node, entity, type, expected, walker);
  return valueCall(node, type, entity.name, walker);
}

/** `beam(width: 4)` where a choice is asked for. */
function caseCall(node: ast.Call, expected: Type, walker: Walker): Type | undefined {
  if (expected.kind !== "variant" || node.callee.kind !== "Name") return undefined;
  const signature = expected.cases.get(node.callee.text);
  if (!signature) return undefined;
  const entity: Entity = { entity: "case", name: node.callee.text, of: expected.name };
  walker.program.names.set(node.callee, entity);
  const met = meet(node, { name: node.callee.text, signature }, walker);
  acceptArguments(signature, met, node, node.callee.text, walker, noBindings());
  walker.program.calls.set(node, { callee: entity, signature, args: met.args, extra: met.extra, given: [], result: expected });
  return { ...expected, chosen: node.callee.text };
}

function localCall(node: ast.Call, entity: Extract<Entity, { entity: "local" }>, walker: Walker): Type {
  if (entity.node.kind !== "LocalFn") return unknown;
  const parameters = entity.node.params.map((param) => ({
    name: param.name.text,
    type: unknown,
    optional: param.default !== undefined,
  }));
  const signature: Signature = { parameters, result: unknown };
  const met = meet(node, { name: entity.name, signature }, walker);
  const types = parameters.map((parameter) => {
    const arg = met.args.get(parameter.name);
    return arg ? walker.infer(arg.value) : undefined;
  });
  inferRest(node, walker);
  if (!met.ok) return unknown;
  const result = expandLocal(
    entity,
    types.map((type) => type ?? unknown),
    walker,
  );
  walker.program.calls.set(node, { callee: entity, signature, args: met.args, extra: met.extra, given: [], result });
  return result;
}

function declaredCall(node: ast.Call, declaration: Declaration, type: FnType, expected: Type, walker: Walker): Type {
  const { program } = walker;
  const { signature } = type;
  const isStage = declaration.word === "stage" || (declaration.word === "source" && type.kind === "fn");
  // A reward is asked about rows by whoever it is given to; there its numbers may be fixed beforehand.
  const asReward = declaration.word === "reward" && expected.kind === "host" && expected.name === "Reward";
  const partial = declaration.word === "objective" || declaration.word === "layer" || asReward;
  // What flows through a layer is given by the model whose head it is.
  const inputs = declaration.word === "layer" ? signature.parameters.filter((parameter) => parameter.type.kind === "tensor") : [];
  const supplied = new Set(inputs.map((parameter) => parameter.name));
  const callee: Callee = {
    name: declaration.name,
    signature,
    supplied,
    ...(isStage ? { extras: stageExtras } : {}),
    ...(partial ? { partial } : {}),
  };
  const met = meet(node, callee, walker);
  if (node.given) noBar(node, declaration.name, signature, walker);
  const bindings = noBindings();
  const result = partial
    ? partialType(node, type, met, declaration, walker)
    : program.declarations.isTensorial(declaration)
      ? tensorialCall(node, declaration, met, walker)
      : plainCall(node, declaration, signature, met, walker, bindings);
  program.calls.set(node, { callee: declaration, signature, args: met.args, extra: met.extra, given: node.given ?? [], result });
  acceptExtras(met.extra, result, declaration.name, walker);
  return met.ok ? result : program.declarations.resultAfterFault(signature);
}

/** What a reward is asked about is known of functions of the library; a recipe passes it on. */
const isExtern = ({ node }: Declaration): boolean => node.kind === "Callable" && node.extern;

function plainCall(
  node: ast.Call,
  declaration: Declaration,
  signature: Signature,
  met: Met,
  walker: Walker,
  bindings = noBindings(),
): Type {
  const ok = acceptArguments(signature, met, node, declaration.name, walker, bindings);
  inferRest(node, walker);
  const result = versionOf(substitute(signature.result, bindings), met, walker);
  if (ok && isExtern(declaration)) checkReward(signature, met, result, declaration.name, walker);
  return result;
}

/** A model that a sub-recipe gives back is a new version of the model that it was given: the first argument, alone or in a list, of that kind. */
function versionOf(result: Type, met: Met, walker: Walker): Type {
  if (result.kind !== "model" || result.name !== undefined) return result;
  for (const { value } of met.args.values()) {
    const type = walker.program.typeOf(value);
    const given = type.kind === "list" ? type.of : type;
    if (given.kind === "model" && given.name !== undefined && given.head === result.head) return given;
  }
  return result;
}

function tensorialCall(node: ast.Call, declaration: Declaration, met: Met, walker: Walker): Type {
  const args = node.args.map((arg) => ({
    ...(arg.label ? { label: arg.label.text } : {}),
    type: walker.infer(arg.value),
    value: arg.value,
  }));
  inferRest(node, walker);
  if (!met.ok || args.some((arg) => isHalfKnown(arg.type)) || declaration.node.kind !== "Callable") return unknown;
  const whole = args.some((arg) => isWeights(arg.type)) ? ofWeights(declaration) : undefined;
  if (whole) {
    const bindings = noBindings();
    return acceptArguments(whole, met, node, declaration.name, walker, bindings) ? substitute(whole.result, bindings) : unknown;
  }
  return walker.program.mathematics.call(declaration.node, args, node);
}

/** Weights of a model, or a list of them. */
const isWeights = (type: Type): boolean =>
  type.kind === "weights" || type.kind === "model" || (type.kind === "list" && isWeights(type.of));

/** What a function whose tensors are all `[..]` asks for when it is given whole models; undefined for any other function. */
function ofWeights({ node }: Declaration): Signature | undefined {
  if (node.kind !== "Callable" || node.result?.kind !== "TensorType" || !hasRest(node.result.axes)) return undefined;
  const parameters = (node.params ?? []).map(({ name, type, default: value }): Parameter => {
    const axes = type?.kind === "TensorType" ? type.axes : [];
    const one: Type = { kind: "weights" };
    return {
      name: name.text,
      type: hasRest(axes) ? (axes.length === 2 ? { kind: "list", of: one } : one) : unknown,
      optional: value !== undefined,
    };
  });
  return { parameters, result: { kind: "weights" } };
}

const hasRest = (axes: readonly { readonly kind: string }[]): boolean => axes.some(({ kind }) => kind === "Ellipsis");

/** Naming an objective or a layer with some arguments fixes them; whoever takes it supplies the rest. */
function partialType(node: ast.Call, type: FnType, met: Met, declaration: Declaration, walker: Walker): Type {
  const moves = declaration.word !== "layer";
  const parameters = type.signature.parameters.map((each) =>
    moves && isNumber(each.type) ? { ...each, moves: true as const } : each,
  );
  acceptArguments({ ...type.signature, parameters }, met, node, declaration.name, walker, noBindings());
  const fixed = new Map([...met.args].map(([name, arg]) => [name, walker.program.typeOf(arg.value)]));
  return { ...type, fixed, partial: true };
}

/** A value that is called: a model, or a function that was given. */
function valueCall(node: ast.Call, type: Type, name: string, walker: Walker): Type {
  if (type.kind === "model") return modelCall(node, type, walker);
  if (type.kind === "fn") {
    const met = meet(node, { name, signature: type.signature }, walker);
    acceptArguments(type.signature, met, node, name, walker, noBindings());
    return type.signature.result;
  }
  inferArguments(node, walker);
  if (type.kind !== "unknown" && type.kind !== "var")
    walker.report(wrongType, node.callee.span, {
      found: describe(type),
      expected: "a function or a model",
      what: "What is called",
    });
  return unknown;
}

/** Wrong, or a model whose enumeration is: what follows would only repeat it. */
const isHalfKnown = (type: Type): boolean => type.kind === "unknown" || (type.kind === "model" && type.over?.kind === "unknown");

function modelCall(node: ast.Call, model: ModelType, walker: Walker): Type {
  const argument = (arg: ast.Arg) => ({
    ...(arg.label ? { label: arg.label.text } : {}),
    type: walker.infer(arg.value),
    value: arg.value,
  });
  const scored = node.args.map(argument);
  const given = (node.given ?? []).map(argument);
  if ([{ type: model }, ...scored, ...given].some((arg) => isHalfKnown(arg.type))) return unknown;
  return walker.program.mathematics.apply(model, scored, given, node);
}

function noBar(node: ast.Call, name: string, signature: Signature, walker: Walker): void {
  const [first] = node.given ?? [];
  if (!first) return;
  const known = signature.parameters.map((parameter) => parameter.name);
  walker.report(unknownParameter, first.span, {
    name: "",
    callee: name,
    signature: showSignature(name, signature),
    known,
    positional: "more",
  });
}

/** Whatever stands in a call that nothing can be said about is still read. */
function inferArguments(node: ast.Call, walker: Walker): void {
  for (const arg of node.args) walker.infer(arg.value);
  inferRest(node, walker);
}

function inferRest(node: ast.Call, walker: Walker): void {
  for (const arg of node.given ?? []) walker.infer(arg.value);
  if (node.where) walker.infer(node.where);
}
