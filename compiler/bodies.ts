/** The bodies of host declarations: functions, rewards, pipelines and recipes, each walked once. What only one kind of them must keep is said here too. */
import type * as ast from "../grammar/index.ts";
import type { Declaration } from "./declarations.ts";
import { termNotNumber } from "./diagnostics/term_not_number.ts";
import { totalMissing } from "./diagnostics/total_missing.ts";
import { accept, acceptType, type Wanted } from "./infer/accept.ts";
import { walkBody } from "./infer/statements.ts";
import { type Place, Walker } from "./infer/walker.ts";
import type { Program } from "./program.ts";
import { describe, show } from "./show.ts";
import { isNumber, nothing, type Type, unknown } from "./types.ts";

const places: Partial<Record<Declaration["word"], Place>> = {
  fn: "fn",
  reward: "reward",
  pipeline: "pipeline",
  train: "recipe",
  stage: "pipeline",
};

/** Where the body of a declaration stands; undefined for what has no host body. */
export function placeOf(declaration: Declaration): Place | undefined {
  const { node } = declaration;
  return node.kind === "Callable" && (node.body ?? node.value) ? places[declaration.word] : undefined;
}

/** Walks the body of a host declaration, once, and gives the type of its last value. */
export function bodyType(declaration: Declaration, program: Program): Type {
  const known = program.bodies.get(declaration);
  if (known) return known;
  program.bodies.set(declaration, unknown);
  const type = program.within(declaration, () => walkDeclaration(declaration, program));
  program.bodies.set(declaration, type);
  return type;
}

function walkDeclaration(declaration: Declaration, program: Program): Type {
  const place = placeOf(declaration);
  const { node } = declaration;
  if (!place || node.kind !== "Callable") return unknown;
  const walker = new Walker(program, { module: declaration.module, place, declaration });
  const signature = program.declarations.signature(declaration);
  const result = node.result && signature ? signature.result : unknown;
  const wanted: Wanted = { type: result, what: `The result of ${declaration.name}` };
  if (node.value) return accept(node.value, wanted, walker);
  if (!node.body) return unknown;
  const each = declaration.word === "reward" ? (bind: ast.Bind, type: Type) => checkTerm(bind, type, walker) : undefined;
  const type = walkBody(node.body, walker, result, each);
  if (declaration.word === "reward") checkTotal(declaration, node, program);
  else checkResult(node.body, type, wanted, declaration, walker);
  return type;
}

/** Defaults may use earlier parameters; they fit their own. */
export function checkDefaults(declaration: Declaration, program: Program): void {
  const { node } = declaration;
  if (node.kind !== "Callable" && node.kind !== "Setting") return;
  const signature = program.declarations.signature(declaration);
  const walker = new Walker(program, { module: declaration.module, place: placeOf(declaration) ?? "fn", declaration });
  node.params?.forEach((param, at) => {
    const parameter = signature?.parameters[at];
    if (!param.default || !parameter) return;
    // No rows: the function says what it does when none are given.
    if (parameter.type.kind === "rows" && param.default.kind === "List" && param.default.items.length === 0) return;
    const what = `The default of ${parameter.name}`;
    accept(
      param.default,
      { type: parameter.type, what, ...(parameter.unit ? { unit: parameter.unit } : {}), range: parameter.range },
      walker,
    );
  });
}

function checkResult(body: ast.Body, type: Type, wanted: Wanted, declaration: Declaration, walker: Walker): void {
  const last = body.stmts.at(-1);
  const value = last?.kind === "ExprStmt" || last?.kind === "Bind" ? last.value : undefined;
  if (wanted.type.kind === "unknown") return;
  if (value) acceptType(value, type, wanted, walker);
  else acceptType({ kind: "Missing", span: declaration.node.name.span }, nothing, wanted, walker);
}

/** A term is a number, or a record of numbers. */
function checkTerm(bind: ast.Bind, type: Type, walker: Walker): void {
  if (isTerm(type)) return;
  const name = bind.names[0]?.text ?? "";
  const source = walker.source(bind.value);
  walker.report(termNotNumber, bind.value.span, {
    name,
    found: describe(type),
    source,
    as: termKind(type),
    compared: bind.value.kind === "Compare",
  });
  for (const entity of walker.program.bound.get(bind) ?? []) walker.program.entityTypes.set(entity, unknown);
}

function termKind(type: Type): "bool" | "prob" | "other" {
  if (type.kind === "tensor" && (type.elem === "prob" || type.elem === "ratio")) return "prob";
  return type.kind === "bool" ? "bool" : "other";
}

function isTerm(type: Type): boolean {
  if (type.kind === "record") return [...type.fields.values()].every((field) => isTerm(field.type));
  if (type.kind === "tensor") return type.elem === "float" && type.axes.every((axis) => axis.cases !== undefined);
  return isNumber(type) || type.kind === "unknown" || type.kind === "var" || show(type) === "Schedule";
}

function checkTotal(declaration: Declaration, node: ast.Callable, program: Program): void {
  const last = node.body?.stmts.at(-1);
  const name = last?.kind === "Bind" ? last.names[0] : undefined;
  if (name?.text === "total") return;
  const at = name ?? last ?? node.name;
  program.report(totalMissing, at.span, {
    name: declaration.name,
    ...(name ? { last: name.text } : {}),
    unnamed: last?.kind === "ExprStmt",
  });
}
