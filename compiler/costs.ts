/**
 * What a declared model weighs and what its programs cost, without building anything. It takes a moment for each model, so whoever asks while a person
 * types keeps what it was told by `meaningOf`. It knows no machine: bytes and operations, not seconds.
 */
import { bound, sumOf } from "../kernels/cost/cost.ts";
import { flopsOf } from "../kernels/cost/node.ts";
import { evaluate, gradients, inputOf, type Node, nodesOf, output, program, symbolsOfProgram } from "../kernels/index.ts";
import type { Checked } from "./checked.ts";
import type { Declaration } from "./declarations.ts";
import { answer, givens, text, traced } from "./lower/alone.ts";
import { contextOf } from "./lower/context.ts";
import { instanceOf } from "./lower/index.ts";
import { modelPrograms } from "./lower/model.ts";
import { lossProgram } from "./lower/objective.ts";
import { type Use, usesOf } from "./lower/uses.ts";

/** Weights of a model that lie together. */
export interface Part {
  /** The first word of their paths: what the model's body calls or declares. */
  readonly path: string;
  readonly count: number;
}

/** How many numbers training moves. */
export interface Weights {
  readonly count: number;
  /** In the order of the body. */
  readonly parts: readonly Part[];
}

/** The arithmetic of one program. */
export interface ProgramCost {
  /** `forward`, `encode`, `step`. */
  readonly name: string;
  /** Operations with every length as 64, and one text at a time. */
  readonly flops: number;
  /** The lengths that were taken as 64. */
  readonly symbols: readonly string[];
}

/** The instance behind a declaration, with what tracing it needs; undefined for a remote one, and while anything is wrong in the program. */
function opened(checked: Checked, declaration: Declaration) {
  if (declaration.word !== "model" || checked.diagnostics.some(({ severity }) => severity === "error")) return undefined;
  const faults: Parameters<typeof contextOf>[1] = [];
  const instance = instanceOf(checked, declaration, faults);
  return instance && faults.length === 0 ? { instance, context: contextOf(checked, faults) } : undefined;
}

/** The weights of a declared model. */
export function weightsOf(checked: Checked, declaration: Declaration): Weights | undefined {
  const known = opened(checked, declaration);
  if (!known) return undefined;
  const { tracer, model, span } = traced(known.context, known.instance);
  const judged = model.head === "Comparer" ? ["left", "right"] : model.head === "Embedder" ? givens : [answer];
  const given = model.head === "MaskedModel" ? ["masked"] : model.head === "Embedder" ? [] : givens;
  tracer.apply(model, judged.map(text), given.map(text), span);
  const counts = [...tracer.weights.values()].map(({ path, axes }) => ({
    path,
    count: axes.reduce((n, axis) => n * Number(axis.size), 1),
  }));
  return { count: counts.reduce((n, { count }) => n + count, 0), parts: partsOf(counts) };
}

function partsOf(weights: readonly Part[]): Part[] {
  const parts = new Map<string, number>();
  for (const { path, count } of weights) {
    const part = path.split(".")[0]!;
    parts.set(part, (parts.get(part) ?? 0) + count);
  }
  return [...parts].map(([path, count]) => ({ path, count }));
}

/** What the programs cost with which a model reads, scores and writes. */
export function programCosts(checked: Checked, declaration: Declaration): readonly ProgramCost[] {
  const known = opened(checked, declaration);
  if (!known) return [];
  return modelPrograms(known.context, known.instance).programs.map(({ program: each }) => ({
    name: each.name.slice(each.name.indexOf(".") + 1),
    ...costOf(each),
  }));
}

/** What an objective costs for one row, with the models that some recipe fits by it. */
export interface ObjectiveCost {
  /** The declared model behind each parameter. */
  readonly models: ReadonlyMap<string, string>;
  /** Operations of the loss alone. */
  readonly loss: number;
  /** The loss and the gradients of every weight that is trained. */
  readonly learning: number;
  readonly symbols: readonly string[];
}

/** The objectives that recipes fit by, each with its models; empty while anything is wrong. */
export function trainedIn(checked: Checked): readonly Use[] {
  return checked.diagnostics.some(({ severity }) => severity === "error") ? [] : usesOf(checked);
}

/** The cost of one use; undefined where some model has no weights here, or its rows have no program. */
export function objectiveCost(checked: Checked, use: Use): ObjectiveCost | undefined {
  const faults: Parameters<typeof contextOf>[1] = [];
  const declared = checked.modules.flatMap((module) => [...module.declarations.values()]).filter(({ word }) => word === "model");
  const models = new Map<string, NonNullable<ReturnType<typeof instanceOf>>>();
  for (const [parameter, name] of use.models) {
    const declaration = declared.find((each) => each.name === name);
    const instance = declaration && instanceOf(checked, declaration, faults);
    if (!instance) return undefined;
    models.set(parameter, instance);
  }
  const name = use.objective.name.text;
  const made = lossProgram(contextOf(checked, faults), { decl: use.objective, models, numbers: use.numbers, name }, false);
  if (!made || faults.length > 0) return undefined;
  const loss = made.program.outputs.find(({ role }) => role === "loss")!.node;
  const isTrained = (node: Node) => node.op === "input" && inputOf(node).role === "weight" && made.trained(inputOf(node).name);
  const moved = gradients(loss, nodesOf(made.program).filter(isTrained)).filter((node) => node !== undefined);
  const outputs = [loss, ...moved].map((node, at) => output(`value ${at}`, "value", node));
  const { flops, symbols } = costOf(made.program);
  return { models: use.models, loss: flops, learning: costOf(program(name, outputs)).flops, symbols };
}

function costOf(p: Parameters<typeof nodesOf>[0]): Pick<ProgramCost, "flops" | "symbols"> {
  const symbols = symbolsOfProgram(p);
  const flops = evaluate(sumOf(nodesOf(p).map(flopsOf)), bound(symbols, symbols.includes("batch") ? { batch: 1 } : {}));
  return { flops, symbols: symbols.filter((each) => each !== "batch") };
}
