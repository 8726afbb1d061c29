// For tests: std's objectives on the models of fixtures/tiny.neuro, and what PyTorch made of them on random batches (objectives.json).
import { readFileSync } from "node:fs";
import { gradients } from "../../kernels/autodiff.ts";
import * as k from "../../kernels/index.ts";
import type { Feeds } from "./feeds.ts";
import type { Instance } from "./instance.ts";
import { objectivePrograms } from "./objective.ts";
import { modelOf, stdlib } from "./testing.ts";

type Face = Readonly<Record<"ids" | "input" | "present", number[]>>;
interface Case {
  readonly objective: string;
  /** Which of the models stands for each parameter; the first is trained. */
  readonly models: Readonly<Record<string, string>>;
  /** Int and Bool arguments. */
  readonly numbers: Readonly<Record<string, number>>;
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** By `<parameter>/<path>`. */
  readonly gradients: Readonly<Record<string, number[]>>;
}
interface Batch {
  readonly sizes: Readonly<Record<string, number>>;
  readonly group: number;
  readonly feeds: Readonly<Record<string, number[] | Face>>;
  readonly grouped: Readonly<Record<string, number[] | Face>>;
  readonly scalars: Readonly<Record<string, number>>;
  readonly weights: Readonly<Record<string, Readonly<Record<string, number[]>>>>;
  readonly other: Readonly<Record<string, number[]>>;
  readonly objectives: Readonly<Record<string, Case>>;
}

/** What PyTorch made of random batches. */
export const batches = JSON.parse(readFileSync(new URL("./fixtures/objectives.json", import.meta.url), "utf8")) as Batch[];

/** Words of the models' vocabulary. */
export const vocab = 7;
/** The text of tiny.neuro. */
export const tiny: string = readFileSync(new URL("./fixtures/tiny.neuro", import.meta.url), "utf8");
const texts = [stdlib("models"), stdlib("objectives"), tiny];
const heads = {
  lm: "LanguageModel",
  worth: "Scorer",
  steps: "TokenScorer",
  point: "Embedder",
  dueller: "Comparer",
  rater: "Scorer",
};
const over = { name: "Aspect", cases: ["main", "safety"] };
const made = modelOf(texts, "lm", vocab);
const instances = Object.fromEntries(
  Object.entries(heads).map(([name, head]): [string, Instance] => {
    const { instance } = modelOf(texts, name, vocab, head);
    return [name, name === "dueller" || name === "rater" ? { ...instance, over } : instance];
  }),
);

/** An objective's programs with these of the tiny models, by parameter. */
export function programsOf(
  objective: string,
  models: Readonly<Record<string, string>>,
  numbers: Readonly<Record<string, number>> = {},
) {
  const placed = new Map(Object.entries(models).map(([param, name]) => [param, instances[name]!]));
  const facts = { decl: made.objective(objective), models: placed, numbers: new Map(Object.entries(numbers)), name: objective };
  return objectivePrograms(made.context, facts, { parts: true })!;
}

/** A weight's path in a program as `<parameter>/<path>`. */
export const weightOf = (name: string, models: Readonly<Record<string, string>>): [string, string] => {
  const at = name.indexOf("/");
  return at < 0 ? [Object.keys(models)[0]!, name] : [name.slice(0, at), name.slice(at + 1)];
};

/** Feeds and sizes of a program over one of the random batches, without what an optimiser gives; `told` says which text each input holds. */
export function feedsOf(p: k.Program, told: Feeds, { models }: Pick<Case, "models">, batch: Batch) {
  const ports = k.inputPorts(p);
  const grouped = ports.some(({ axes }) => axes.some((a) => a.name === "sample"));
  const sizes: Record<string, number> = { ...batch.sizes, ...(grouped && { answer: batch.group }) };
  const feeds: Record<string, number[]> = {};
  for (const { name, role } of ports) {
    if (role === "weight") {
      const [param, path] = weightOf(name, models);
      feeds[name] = (param === "reference" || param === "teacher" ? batch.other : batch.weights[models[param]!]!)[path]!;
    } else if (role === "scalar" && name in batch.scalars) feeds[name] = [batch.scalars[name]!];
    else if (told[name]) {
      const feed = told[name];
      const [, own, face] = /^(.*)\.(ids|input|present)$/.exec(name) ?? [];
      // The second of two answers is read from the second source, and so are both where the second comes first.
      const judged = feed.kind === "source" ? feed.given.filter((f) => f === "left" || f === "right") : [];
      // Documents that are read by themselves are other texts than the prompts.
      const second = feed.kind === "source" && (judged[0] === "right" || feed.given.join() === "documents");
      const text = feed.kind === "source" ? (second ? "source.2" : "source") : own;
      const field = (grouped && batch.grouped[text ?? name]) || batch.feeds[text ?? name]!;
      feeds[name] = face ? (field as Face)[face as keyof Face] : (field as number[]);
    }
  }
  return { feeds, sizes };
}

/** The values of some rows of a batch: inputs along `batch` are cut, all others are what they are. */
export function cut(
  p: k.Program,
  feeds: Readonly<Record<string, readonly number[]>>,
  rows: number,
  [from, to]: readonly [number, number],
): Record<string, readonly number[]> {
  const along = new Set(k.inputPorts(p).flatMap(({ name, axes }) => (axes[0]?.name === "batch" ? [name] : [])));
  const part = (all: readonly number[]) => all.slice((from * all.length) / rows, (to * all.length) / rows);
  return Object.fromEntries(Object.entries(feeds).map(([name, all]) => [name, along.has(name) ? part(all) : all]));
}

/** A program that gives, besides its outputs, the gradient of one of them: `d <path>` for every weight that it reaches. */
export function withGradients(p: k.Program, of: string): k.Program {
  const weights = p.inputs.filter((n) => k.inputOf(n).role === "weight");
  const found = gradients(p.outputs.find((o) => o.name === of)!.node, weights);
  const reached = weights.flatMap((w, i) =>
    found[i] ? [k.output(`d ${k.inputOf(w).name}`, "value", found[i], k.namesOf(w.axes))] : [],
  );
  return k.program(`${p.name} ${of}`, [...p.outputs, ...reached]);
}
