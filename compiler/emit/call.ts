/** Calls of host code as TypeScript: cases, functions, externs with every default filled in, stages inside a trace, steps of a recipe. */
import type * as ast from "../../grammar/index.ts";
import type { BoundCall, Declaration, Entity } from "../declarations.ts";
import { isNumber, type Type } from "../types.ts";
import { plainCall } from "./call-arguments.ts";
import type { Writer } from "./expression.ts";
import { textLiteral } from "./literal.ts";
import { usingText } from "./measure.ts";
import { stageKey } from "./shared.ts";
import { stepText } from "./step.ts";
import { propertyName } from "./types.ts";

/** Functions of numbers that JavaScript has under the same name. */
const mathematics = new Set(["abs", "exp", "log", "sqrt", "sin", "cos", "tanh", "floor", "round", "acos", "sign"]);

/** A call as TypeScript; awaited where its value comes later. */
export function callText(node: ast.Call, w: Writer): string {
  const callee = node.callee.kind === "Name" ? w.emit.checked.resolved(node.callee) : undefined;
  const bound = w.emit.checked.call(node);
  if (callee?.entity === "case") return caseText(node, callee.name, bound, w);
  if (callee?.entity === "builtin") return builtinText(node, callee.name, bound, w);
  if (callee?.entity === "declaration") return declaredText(node, callee, bound, w);
  return w.awaited(`${w.head(node.callee)}(${node.args.map((arg) => w.expr(arg.value)).join(", ")})`);
}

function caseText(node: ast.Call, name: string, bound: BoundCall | undefined, w: Writer): string {
  const named = bound ? [...bound.args] : node.args.map((arg) => [arg.label?.text ?? "", arg] as const);
  const fields = named.map(([label, arg]) => w.entry(propertyName(label), w.expr(arg.value)));
  return `{ ${[`kind: ${textLiteral(name)}`, ...fields].join(", ")} }`;
}

function builtinText(node: ast.Call, name: string, bound: BoundCall | undefined, w: Writer): string {
  if (name === "soft") return softText(node, w);
  if (w.flow.place === "recipe") {
    const step = stepText(node, name, bound, w);
    if (step !== undefined) return step;
  }
  const args = node.args.map((arg) => arg.value);
  const inner = name === "log" ? sigmoidOf(args[0], w) : undefined;
  if (inner) return `-${w.emit.runtime("softplus")}(${w.negated(inner)})`;
  if (mathematics.has(name)) return `Math.${name}(${args.map((arg) => w.expr(arg)).join(", ")})`;
  if ((name === "min" || name === "max") && args.length > 1 && args.every((arg) => isNumber(w.typeOf(arg))))
    return `Math.${name}(${args.map((arg) => w.expr(arg)).join(", ")})`;
  return `${w.emit.runtime(name)}(${args.map((arg) => countable(arg, w)).join(", ")})`;
}

/** An argument of a function of lists; rows are a list when all of them have been read. */
const countable = (arg: ast.Expr, w: Writer): string =>
  w.typeOf(arg).kind === "rows" ? w.awaited(`${w.emit.runtime("collect")}(${w.expr(arg)})`) : w.expr(arg);

/** x where an expression is `sigmoid(x)`: its logarithm is exact, where that of its value would be minus infinity. */
function sigmoidOf(value: ast.Expr | undefined, w: Writer): ast.Expr | undefined {
  if (value?.kind !== "Call" || value.callee.kind !== "Name") return undefined;
  const callee = w.emit.checked.resolved(value.callee);
  return callee?.entity === "builtin" && callee.name === "sigmoid" ? value.args[0]?.value : undefined;
}

/** `soft(x in 150..160, by: 10)`: the comparison is taken apart, so that the distance to it can be measured. */
function softText(node: ast.Call, w: Writer): string {
  const soft = w.emit.runtime("soft");
  const comparison = node.args.find((arg) => !arg.label)?.value;
  const options = node.args
    .filter((arg) => arg.label)
    .map((arg) => w.entry(arg.label!.text, arg.label!.text === "shape" ? shapeText(arg.value, w) : w.expr(arg.value)));
  const more = options.length > 0 ? `, { ${options.join(", ")} }` : "";
  if (comparison?.kind !== "Compare") return `${soft}(undefined${more})`;
  const left = `left: ${w.expr(comparison.left)}`;
  if (comparison.op === "in" && comparison.right.kind === "Range")
    return `${soft}({ ${left}, op: "in", from: ${w.expr(comparison.right.from)}, to: ${w.expr(comparison.right.to)} }${more})`;
  const whole = isWhole(w.typeOf(comparison.left)) && isWhole(w.typeOf(comparison.right)) ? ", whole: true" : "";
  return `${soft}({ ${left}, op: "${comparison.op}", right: ${w.expr(comparison.right)}${whole} }${more})`;
}

const shapeText = (value: ast.Expr, w: Writer): string => (value.kind === "Name" ? textLiteral(value.text) : w.expr(value));
const isWhole = (type: Type): boolean => isNumber(type) && type.kind === "int";

function declaredText(node: ast.Call, callee: Declaration, bound: BoundCall | undefined, w: Writer): string {
  const declared = callee.node;
  if (w.flow.place === "recipe") {
    const step = stepText(node, callee.name, bound, w, callee);
    if (step !== undefined) return step;
  }
  if (callee.word === "reward")
    return w.typeOf(node).kind === "fn" ? givenText(node, callee, w) : earnedText(node, callee, bound, w);
  if (declared.kind !== "Callable")
    return w.awaited(`${w.reference(callee, callee.name)}(${node.args.map((arg) => w.expr(arg.value)).join(", ")})`);
  if (isStage(callee))
    return w.flow.place === "pipeline" ? w.awaited(stageText(node, callee, bound, w)) : w.awaited(stageCall(callee, bound, w));
  const { name, list } = plainCall(callee, bound, w);
  const later = isAwaited(callee, w);
  // What a function of host code asks of models, it asks of those that the recipe has.
  const own = later && node.callee.kind === "Name" ? usingText(callee, node.callee, w) : undefined;
  const text = `${own ?? name}(${list.join(", ")})`;
  return later ? w.awaited(text) : text;
}

/** `quality.given({ form: 0.3 })`: a reward whose numbers are fixed, for whoever asks it about rows. */
function givenText(node: ast.Call, callee: Declaration, w: Writer): string {
  const given = node.args.map((arg) => w.entry(propertyName(arg.label?.text ?? ""), w.expr(arg.value)));
  return `${rewardAsked(node, callee, w)}.given({ ${given.join(", ")} })`;
}

/** `(await quality({ prompt, answer })).reward`: what a reward says of a row that is written out. */
function earnedText(node: ast.Call, callee: Declaration, bound: BoundCall | undefined, w: Writer): string {
  const row = [...(bound?.args ?? [])].map(([name, arg]) => w.entry(propertyName(name), w.expr(arg.value)));
  return `(${w.awaited(`${rewardAsked(node, callee, w)}({ ${row.join(", ")} })`)}).reward`;
}

/** A reward, with the models that the recipe has where one asks it. */
const rewardAsked = (node: ast.Call, callee: Declaration, w: Writer): string =>
  (node.callee.kind === "Name" ? usingText(callee, node.callee, w) : undefined) ?? w.reference(callee, callee.name);

/** Whether a call of it is a stage of a pipeline. */
export function isStage(callee: Entity | undefined): callee is Declaration {
  if (callee?.entity !== "declaration") return false;
  const { node } = callee;
  return (
    (node.kind === "Callable" && node.word === "stage") ||
    (node.kind === "Setting" && node.word === "source" && node.params !== undefined)
  );
}

/** Whether calling it gives a promise: std's externs declared `fn` are synchronous, a user's may be anything, a `fn` of the spec what its body needs. */
function isAwaited(callee: Declaration, w: Writer): boolean {
  const { node } = callee;
  if (node.kind !== "Callable" || node.word !== "fn") return true;
  if (!node.from && !node.extern) return w.emit.isAsync(callee);
  // What asks a reward waits for the models behind it.
  return !callee.module.std || (node.params ?? []).some(({ type }) => type?.kind === "NamedType" && type.name.text === "Reward");
}

/** `run.stage("search", "main.neuro:33", async (at) => search(..., at), { within: 2_000 })`, which is a promise. */
export function stageText(node: ast.Call, callee: Declaration, bound: BoundCall | undefined, w: Writer): string {
  const inner = w.within({ context: "at" });
  const call = stageCall(callee, bound, inner);
  const extra = bound?.extra ?? new Map<string, ast.Arg>();
  const options = [...extra].map(([name, arg]) => {
    if (name !== "otherwise") return `${name}: ${w.expr(arg.value)}`;
    const other = w.within({});
    const value = other.expr(arg.value);
    return `otherwise: ${other.awaits ? "async " : ""}() => ${value.startsWith("{") ? `(${value})` : value}`;
  });
  const key = w.flow.compared && stageKey(node, w.flow.compared, w.emit.checked);
  if (key) options.push(`key: [${[textLiteral(key.hash), ...key.params.map((name) => w.emit.local(name))].join(", ")}]`);
  if (isAnswer(w.typeOf(node)) && !w.flow.telling?.has(node)) options.push("quiet: true");
  const more = options.length > 0 ? `, { ${options.join(", ")} }` : "";
  return `run.stage(${textLiteral(callee.name)}, ${textLiteral(w.emit.where(node.span))}, async (at) => ${call}${more})`;
}

/** What could be told while it is written. */
const isAnswer = (type: Type): boolean => type.kind === "host" && type.name === "Answer";

function stageCall(callee: Declaration, bound: BoundCall | undefined, w: Writer): string {
  const { name, list } = plainCall(callee, bound, w);
  return `${name}(${[...list, w.flow.context ?? "at"].join(", ")})`;
}
