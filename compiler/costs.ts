/**
 * What a declared model weighs and what its programs cost, without building anything. It takes a moment for each model, so whoever asks while a person
 * types keeps what it was told by `meaningOf`. It knows no machine: bytes and operations, not seconds.
 */
import { bound, sumOf } from "../kernels/cost/cost.ts";
import { flopsOf } from "../kernels/cost/node.ts";
import { evaluate, nodesOf, symbolsOfProgram } from "../kernels/index.ts";
import type { Checked } from "./checked.ts";
import type { Declaration } from "./declarations.ts";
import { answer, givens, text, traced } from "./lower/alone.ts";
import { contextOf } from "./lower/context.ts";
import { instanceOf } from "./lower/index.ts";
import { type LoweredProgram, modelPrograms } from "./lower/model.ts";

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
  return known ? modelPrograms(known.context, known.instance).programs.map(costOf) : [];
}

function costOf({ program }: LoweredProgram): ProgramCost {
  const symbols = symbolsOfProgram(program);
  const flops = evaluate(sumOf(nodesOf(program).map(flopsOf)), bound(symbols, symbols.includes("batch") ? { batch: 1 } : {}));
  return { name: program.name.slice(program.name.indexOf(".") + 1), flops, symbols: symbols.filter((each) => each !== "batch") };
}
