/**
 * What a recipe does, as calls of its `run`: every step carries the hash of what it means, so that a killed run resumes and an edit reruns only
 * what depends on it. Knows nothing of how steps are kept.
 */
import type * as ast from "../../grammar/index.ts";
import type { BoundCall, Declaration } from "../declarations.ts";
import type { Type } from "../types.ts";
import { visit } from "../visit.ts";
import { aspectsText } from "./aspects.ts";
import { plainCall } from "./call-arguments.ts";
import type { Writer } from "./expression.ts";
import { textLiteral } from "./literal.ts";
import { propertyName } from "./types.ts";

/** Names that a recipe's `run` has itself: they draw and check, and are never stored. */
const said = new Set(["plot", "report", "require"]);

/** Whether it is a `train` with parameters: recipes call it, and its steps are theirs. */
export function isSubRecipe({ word, node }: Declaration): boolean {
  return word === "train" && node.kind === "Callable" && (node.params ?? []).length > 0;
}

/** Whether a call in a recipe has its turn: a step, or what says something. */
function hasTurn({ callee }: ast.Call, of: Type, w: Writer): boolean {
  const entity = callee.kind === "Name" ? w.emit.checked.resolved(callee) : undefined;
  if (entity?.entity === "builtin") return entity.name === "fit" || entity.name === "evaluate" || said.has(entity.name);
  if (entity?.entity !== "declaration" || entity.node.kind !== "Callable") return false;
  const { word, from } = entity.node;
  return isSubRecipe(entity) || (word === "fn" && (from !== undefined || isWeights(of)));
}

/** Whether an expression makes weights or rows, or asks what weights are worth: its calls are steps of the recipe, wherever they are written. */
export function runsSteps(value: ast.Expr, w: Writer): boolean {
  let found = false;
  visit(value, (node) => {
    if (node.kind !== "Call" || node.callee.kind !== "Name") return;
    const entity = w.emit.checked.resolved(node.callee);
    const of = w.typeOf(node).kind;
    if (of === "weights" || of === "model" || of === "rows") found = true;
    if (entity?.entity === "builtin" && (entity.name === "fit" || entity.name === "evaluate")) found = true;
    if (entity?.entity === "declaration" && entity.word === "train") found = true;
  });
  return found;
}

/**
 * Whether the rounds of a part of a recipe run one after another, because something in it, or in the local functions that it calls, has its turn: a step,
 * or a pipeline, whose stages have little time.
 */
export function inTurn(node: ast.Node, w: Writer): boolean {
  let found = false;
  visit(node, (inner) => {
    if (inner.kind === "Call" && hasTurn(inner, w.typeOf(inner), w)) found = true;
    const entity = inner.kind === "Name" ? w.emit.checked.resolved(inner) : undefined;
    if (entity?.entity === "declaration" && entity.word === "pipeline") found = true;
    if (entity?.entity !== "local" || entity.node.kind !== "LocalFn") return;
    // Within it externs are plain functions, so they have no turn.
    visit(entity.node.value, (part) => {
      const named = part.kind === "Name" ? w.emit.checked.resolved(part) : undefined;
      if (named?.entity === "declaration" && named.word === "pipeline") found = true;
    });
    if (runsSteps(entity.node.value, w)) found = true;
  });
  return found;
}

const isWeights = ({ kind }: Type): boolean => kind === "weights" || kind === "model";

/** The text of a step, or undefined where the call is no step. */
export function stepText(
  node: ast.Call,
  name: string,
  bound: BoundCall | undefined,
  w: Writer,
  callee?: Declaration,
): string | undefined {
  if ((name === "fit" || name === "evaluate") && callee === undefined) return fitText(node, name, w);
  if (said.has(name) && callee === undefined) return w.awaited(`run.${name}(${namedArguments(node, w)})`);
  if (callee?.node.kind !== "Callable") return undefined;
  const { word } = callee.node;
  if (word !== "fn" && word !== "train") return undefined;
  if (isSubRecipe(callee)) {
    const { name: fn, list } = plainCall(callee, bound, w);
    return w.awaited(`${fn}(${["run", ...list].join(", ")})`);
  }
  const facts = `{ key: ${textLiteral(w.emit.meaning(callee))}, where: ${textLiteral(w.emit.where(node.span))} }`;
  if (callee.node.from) {
    const { name: fn, list } = plainCall(callee, bound, w);
    const aspects = callee.module.std && callee.name === "label" ? aspectsText(node, bound, w) : undefined;
    if (aspects) list.push(list.pop()!.replace(/ \}$/, `, ${aspects} }`));
    return w.awaited(`run.step(${textLiteral(callee.name)}, ${fn}, [${list.join(", ")}], ${facts})`);
  }
  if (word === "fn" && isWeights(w.typeOf(node))) {
    const given = [...byName(bound, w), ...defaultsOf(callee, new Set(bound?.args.keys()), w)];
    return w.awaited(`run.merge(${textLiteral(callee.name)}, { ${given.join(", ")} }, ${facts})`);
  }
  return undefined;
}

/** `run.fit([policy], { by: "dpo", with: { reference: sft }, on: rows, steps: 100 }, { key, where })`; one model alone is taken out of the list. */
function fitText(node: ast.Call, name: "fit" | "evaluate", w: Writer): string {
  const models = node.args.filter((arg) => !arg.label).map((arg) => w.expr(arg.value));
  const options = node.args
    .filter((arg) => arg.label)
    .flatMap((arg) => (arg.label!.text === "by" ? objectiveText(arg.value, w) : [w.entry(arg.label!.text, w.expr(arg.value))]));
  const facts = `{ key: ${textLiteral(meaningOfCall(node, w))}, where: ${textLiteral(w.emit.where(node.span))} }`;
  const call = w.awaited(`run.${name}([${models.join(", ")}], { ${options.join(", ")} }, ${facts})`);
  return models.length === 1 && name === "fit" ? `(${call})[0]` : call;
}

/** The objective and its arguments; numbers that were not given are the declaration's, so that the text says all that decides the result. */
function objectiveText(value: ast.Expr, w: Writer): string[] {
  const callee = value.kind === "Call" ? value.callee : value;
  const given = value.kind === "Call" ? value.args : [];
  const fixed = given.map((arg) => w.entry(propertyName(arg.label?.text ?? ""), w.expr(arg.value)));
  const named = new Set(given.map((arg) => arg.label?.text));
  const entity = callee.kind === "Name" ? w.emit.checked.resolved(callee) : undefined;
  if (entity?.entity === "declaration") fixed.push(...defaultsOf(entity, named, w));
  return [`by: ${w.expr(callee)}`, ...(fixed.length > 0 ? [`with: { ${fixed.join(", ")} }`] : [])];
}

/** The numbers of a declaration that a call leaves to their defaults. */
function defaultsOf({ node }: Declaration, given: ReadonlySet<string | undefined>, w: Writer): string[] {
  if (node.kind !== "Callable") return [];
  return (node.params ?? []).flatMap(({ name, default: value }) => {
    const constant = value && !given.has(name.text) ? w.emit.checked.constant(value) : undefined;
    // A Bool of an objective decides which of its programs is meant.
    const plain = constant?.kind === "number" || (constant?.kind === "bool" && node.word === "objective");
    return plain ? [w.entry(propertyName(name.text), String(constant.value))] : [];
  });
}

/** What a fit means: its objective, its data and its models as they are declared. Their arguments and versions join the key while it runs. */
function meaningOfCall(node: ast.Call, w: Writer): string {
  const found = new Set<Declaration>();
  visit(node, (inner) => {
    const entity = inner.kind === "Name" ? w.emit.checked.resolved(inner) : undefined;
    if (entity?.entity === "declaration") found.add(entity);
    // A version of a declared model is a local, and the model is what it is a version of.
    if (inner.kind === "Name" && entity?.entity === "local")
      for (const model of w.flow.started ?? []) if (model.name === entity.name) found.add(model);
  });
  const { host } = w.emit.checked;
  return host.hash(
    [...found]
      .map((declaration) => w.emit.meaning(declaration))
      .sort()
      .join("\n"),
  );
}

/** Positional arguments, then the named ones in one object. */
function namedArguments(node: ast.Call, w: Writer): string {
  const plain = node.args.filter((arg) => !arg.label).map((arg) => w.expr(arg.value));
  const named = node.args.filter((arg) => arg.label).map((arg) => w.entry(propertyName(arg.label!.text), w.expr(arg.value)));
  return [...plain, ...(named.length > 0 ? [`{ ${named.join(", ")} }`] : [])].join(", ");
}

function byName(bound: BoundCall | undefined, w: Writer): string[] {
  return [...(bound?.args ?? [])].map(([name, arg]) => w.entry(propertyName(name), w.expr(arg.value)));
}
