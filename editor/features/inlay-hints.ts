/**
 * What the compiler knows beside what is written: types and axes of bindings, names of parameters at literals, how many weights a model has, how much of
 * a window a call may fill, what a stage costs. Nothing is said that the line says already.
 */
import type { Type } from "../../compiler/types.ts";
import { windowUse } from "../../compiler/window.ts";
import type * as ast from "../../grammar/index.ts";
import { children } from "../at.ts";
import type { View } from "../service.ts";
import type { Range } from "../words.ts";
import { costOf, fitCosts, stageCost } from "./costs.ts";
import { bytes, counted, flops, sized } from "./sized.ts";
import { declarationOf, typeOf, typeOfBinding } from "./typing.ts";

export interface InlayHint {
  readonly at: number;
  readonly label: string;
  readonly kind: "type" | "parameter" | "cost";
  /** Markdown. */
  readonly tooltip?: string;
}

/** Seconds that a model's program takes on this machine, where it was measured: `step` of `policy`. */
export type Times = (model: string, program: string) => number | undefined;

/** The hints of a range of the text, in its order. */
export function inlayHints(view: View, range: Range, times: Times = () => undefined): InlayHint[] {
  const found: InlayHint[] = [];
  const walk = (node: ast.Node): void => {
    if (node.span.end < range.start || node.span.start > range.end) return;
    found.push(...hintsOf(view, node, times));
    for (const child of children(node)) walk(child);
  };
  for (const decl of view.tree.decls) if (decl.kind !== "Use") walk(decl);
  return found.filter(({ at }) => range.start <= at && at <= range.end).sort((a, b) => a.at - b.at);
}

function hintsOf(view: View, node: ast.Node, times: Times): InlayHint[] {
  switch (node.kind) {
    case "Bind":
      return node.names.flatMap((name, at) => bindingHint(view, node, name, at));
    case "Call":
      return [...argumentHints(view, node), ...windowHint(view, node), ...stageHint(view, node, times), ...fitHint(view, node)];
    case "Model":
      return weightHint(view, node);
    case "Callable":
      return resultHint(view, node);
    default:
      return [];
  }
}

// ── types ───────────────────────────────────────────────────────────────────

function bindingHint(view: View, node: ast.Bind, name: ast.Name, at: number): InlayHint[] {
  const type = typeOfBinding(view.checked, node, at);
  if (says(node.value, type)) return [];
  return [{ at: name.span.end, label: `: ${sized(type)}`, kind: "type" }];
}

/** Whether the value says by itself what it is. */
function says(value: ast.Expr, type: Type): boolean {
  if (["unknown", "nothing", "fn", "axis", "var"].includes(type.kind)) return true;
  return ["Number", "Text", "Bool", "Name", "Record"].includes(value.kind) || sized(type).length > 60;
}

/** The result of a function that does not state it. */
function resultHint(view: View, node: ast.Callable): InlayHint[] {
  if (node.result || node.word !== "fn" || !node.params || !node.value) return [];
  const declaration = view.module.declarations.get(node.name.text);
  const host = declaration?.node === node ? view.checked.signature(declaration)?.result : undefined;
  const type = host && host.kind !== "unknown" ? host : typeOf(view.checked, node.value);
  if (type.kind === "unknown" || type.kind === "nothing") return [];
  const close = view.text.indexOf(")", node.params.at(-1)?.span.end ?? node.name.span.end);
  return close < 0 || close > node.value.span.start ? [] : [{ at: close + 1, label: ` -> ${sized(type)}`, kind: "type" }];
}

// ── arguments ───────────────────────────────────────────────────────────────

const literals = new Set<ast.Expr["kind"]>(["Number", "Text", "Bool", "List", "Record"]);

/** Names of parameters at literals that have none, where there is more than one parameter. */
function argumentHints(view: View, node: ast.Call): InlayHint[] {
  const call = view.checked.call(node);
  if (!call || call.callee?.entity === "builtin" || call.signature.parameters.length < 2) return [];
  return [...call.args].flatMap(([name, { label, value }]): InlayHint[] => {
    const literal = literals.has(value.kind) || (value.kind === "Unary" && value.operand.kind === "Number");
    // A text alone says what it is: `files("docs/*.md")`.
    const plain = value.kind === "Text" && node.args.length === 1;
    return label || !literal || plain ? [] : [{ at: value.span.start, label: `${name}:`, kind: "parameter" }];
  });
}

// ── costs ───────────────────────────────────────────────────────────────────

function windowHint(view: View, node: ast.Call): InlayHint[] {
  const use = windowUse(node, view.checked);
  if (!use) return [];
  const { budget, most, window, model } = use;
  const parts = most === undefined ? `${budget}` : `${budget} + ${most}`;
  const left = window - budget - (most ?? 0);
  const tooltip = `The context may take ${budget} tokens${most === undefined ? "" : `, the answer ${most}`}; ${model} sees ${window} at a time. ${left} are left for the question.`;
  return [{ at: node.span.end, label: ` ${parts} of ${window} tokens`, kind: "cost", tooltip }];
}

/** What a stage costs that writes or reads with a model of this program. */
function stageHint(view: View, node: ast.Call, times: Times): InlayHint[] {
  const cost = stageCost(view, node);
  if (!cost) return [];
  const { model, program, weights, each } = cost;
  const seconds = times(model, program.name);
  const time = seconds === undefined ? "" : `, ${duration(seconds)}`;
  const label = ` ${flops(program.flops)}, ${bytes(4 * weights)}${time} a ${each}`;
  const tooltip = `\`${model}.${program.name}\`: ${flops(program.flops)} a ${each} with ${program.symbols.join(", ")} = 64, and ${bytes(4 * weights)} of weights to read as f32.`;
  return [{ at: node.span.end, label, kind: "cost", tooltip }];
}

/** What a fit computes for each row that it learns from. */
function fitHint(view: View, node: ast.Call): InlayHint[] {
  const by =
    node.callee.kind === "Name" && node.callee.text === "fit" ? view.checked.call(node)?.args.get("by")?.value : undefined;
  const name = by?.kind === "Call" ? by.callee : by;
  const objective = name?.kind === "Name" ? view.checked.resolved(name) : undefined;
  if (objective?.entity !== "declaration") return [];
  const first = node.args[0]?.value;
  const trained = first?.kind === "Name" ? first.text : "";
  const costs = fitCosts(view, objective);
  const cost = costs.find(({ models }) => [...models.values()].includes(trained)) ?? (costs.length === 1 ? costs[0] : undefined);
  if (!cost) return [];
  const tooltip = `The loss of one row is ${flops(cost.loss)}, with its gradients ${flops(cost.learning)}, with ${cost.symbols.join(", ")} = 64.`;
  return [{ at: node.span.end, label: ` ${flops(cost.learning)} a row`, kind: "cost", tooltip }];
}

const duration = (seconds: number): string =>
  seconds >= 1
    ? `${seconds.toPrecision(3)} s`
    : seconds >= 1e-3
      ? `${(seconds * 1e3).toPrecision(3)} ms`
      : `${(seconds * 1e6).toPrecision(3)} µs`;

/** How many weights a model has, behind its name. */
function weightHint(view: View, node: ast.Model): InlayHint[] {
  const declaration = declarationOf(view, node.name.text);
  const weights = declaration && costOf(view, declaration)?.weights;
  if (!weights) return [];
  const largest = weights.parts.toSorted((a, b) => b.count - a.count).slice(0, 4);
  const tooltip = largest.map(({ path, count }) => `- ${path}: ${counted(count)}`).join("\n");
  return [{ at: node.architecture.span.end, label: ` ${counted(weights.count)} weights`, kind: "cost", tooltip }];
}
