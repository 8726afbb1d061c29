/**
 * An eval of a spec as something to run: opens its task, asks its systems, scores them, and writes what was found below `evals/<name>/` when asked to. Several
 * evals of one name (of several specs) become one table. It prints nothing.
 */
import { join } from "node:path";
import { checkerOf } from "../answer/checker.ts";
import { NeuroError } from "../error.ts";
import { type Progress, silent } from "../progress.ts";
import type { DeviceName } from "../types.ts";
import { type Journal, openJournal } from "./journal.ts";
import type { Rankings } from "./ranking.ts";
import { type EvalReport, type Results, reportOf } from "./report.ts";
import type { EvalSpec, Rows, Task } from "./spec.ts";
import { askAll, type System } from "./systems.ts";
import { answersTask, simpleQaTask } from "./tasks/answers.ts";
import { type Ranked, type RetrievalTask, retrievalTask } from "./tasks/retrieval.ts";
import { writeResults } from "./write.ts";

/** An `eval` of a built spec. */
export type Evaluation = {
  readonly name: string;
  /** The spec line, as `main.neuro:91`. */
  readonly where: string;
  readonly root: string;
  readonly spec: EvalSpec;
  /** All that its systems depend on, as far as the build and the folder tell: programs, indexes, weights. */
  identity(): Promise<unknown>;
};

/** How an eval runs. */
export type EvalOptions = {
  readonly signal?: AbortSignal;
  readonly device?: DeviceName;
  readonly progress?: Progress;
  readonly concurrent?: number;
  /** Only the first so many questions. */
  readonly limit?: number;
  /** Rows that stand for the eval's own. */
  readonly rows?: Rows;
  /** Rankings made elsewhere, beside the spec's systems; for retrieval. */
  readonly runs?: readonly { readonly name: string; readonly rankings: Rankings }[];
  /** Where results are written; nowhere when left out. */
  readonly folder?: string;
  /** Asks everything again. */
  readonly fresh?: boolean;
};

/** Runs an eval, or several of one name from several specs as one table. Throws what opening its task throws, and `systems_named_alike`. */
export async function evaluate(evals: readonly Evaluation[], options: EvalOptions = {}): Promise<EvalReport> {
  const first = evals[0]!;
  const task = limited(await openTask(first, options), options.limit);
  const systems = evals.flatMap((one) => systemsOf(one, evals.length > 1));
  const twice = systems.find(({ name }, i) => systems.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined)
    throw new NeuroError("systems_named_alike", `Two systems of the eval ${first.name} are called ${twice.name}.`, {
      hint: "Give specs files of different names.",
    });
  const journal = await journalOf(evals, systems, options);
  let asked: Awaited<ReturnType<typeof askAll<unknown>>>;
  try {
    asked = await askAll(systems, task, {
      ...options,
      seed: first.spec.seed ?? 0,
      progress: options.progress ?? silent,
      title: `eval ${first.name}`,
      ...(journal === undefined ? {} : { journal }),
    });
  } finally {
    journal?.close();
  }
  const results = [
    ...systems.map(({ name }, i): Results<unknown> => ({ name, asked: asked[i]!, timed: true })),
    ...runsOf(task, first, options),
  ];
  const { spec } = first;
  const against =
    spec.against === undefined
      ? undefined
      : systemsOf(first, evals.length > 1).find(({ plain }) => plain === spec.against?.name)?.name;
  const report = reportOf(results, task.questions, task.metrics, {
    eval: first.name,
    task: spec.task.kind,
    test: spec.test?.kind ?? "permutation",
    correct: spec.correct?.kind ?? "holm",
    level: spec.level ?? 0.95,
    seed: spec.seed ?? 0,
    ...(against === undefined ? {} : { against }),
  });
  if (options.folder !== undefined) writeResults(options.folder, report, results, task);
  return report;
}

/** A system with the name that its pipeline has in its spec. */
type Named = System & { readonly plain: string };

function systemsOf({ spec, root, where }: Evaluation, several: boolean): Named[] {
  const all =
    spec.against === undefined || spec.of.some(({ name }) => name === spec.against!.name) ? spec.of : [spec.against, ...spec.of];
  const file = where.replace(/(?:\.neuro)?:\d+$/, "");
  return all.map((one) => ({ ...one, root, plain: one.name, name: several ? `${file}:${one.name}` : one.name }));
}

async function openTask({ name, where, spec, root }: Evaluation, { rows: own }: EvalOptions): Promise<Task<unknown>> {
  const { task, report } = spec;
  const rows = own ?? task.rows ?? spec.rows;
  try {
    if (task.kind === "retrieval") return (await retrievalTask(task, rows, report, root)) as Task<unknown>;
    if (task.kind === "simpleqa") return (await simpleQaTask(rows, task.by, report)) as Task<unknown>;
    return (await answersTask(rows, task, report)) as Task<unknown>;
  } catch (error) {
    if (!(error instanceof NeuroError)) throw error;
    throw new NeuroError(error.code, `The eval ${name} cannot begin: ${error.message}`, {
      where: error.where ?? where,
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}

const limited = (task: Task<unknown>, limit: number | undefined): Task<unknown> =>
  limit === undefined ? task : { ...task, questions: task.questions.slice(0, limit) };

async function journalOf(
  evals: readonly Evaluation[],
  systems: readonly System[],
  { folder, fresh, device }: EvalOptions,
): Promise<Journal | undefined> {
  if (folder === undefined) return undefined;
  const { task, seed } = evals[0]!.spec;
  const parts = await Promise.all(evals.map((one) => one.identity()));
  const grader =
    task.kind === "simpleqa"
      ? (task.by?.name ?? "words")
      : task.kind === "answers"
        ? [checkerOf(task.by ?? words)?.name, task.least]
        : "";
  const identity = [
    parts,
    systems.map(({ name }) => name),
    task.kind,
    grader,
    seed ?? 0,
    device ?? "auto",
    fresh ? Date.now() : 0,
  ];
  return openJournal(join(folder, "journal.jsonl"), identity);
}

const words = { kind: "words" } as const;

function runsOf(task: Task<unknown>, { name }: Evaluation, { runs = [] }: EvalOptions): Results<unknown>[] {
  if (runs.length === 0) return [];
  if (!("kept" in task))
    throw new NeuroError("run_not_ranked", `The eval ${name} is no task of retrieval, and a run is a ranking.`, {
      hint: "Name runs beside an eval of the task retrieval.",
    });
  const { kept, questions } = task as unknown as RetrievalTask;
  const known = new Set(questions.map(({ id }) => id));
  return runs.map(({ name: run, rankings }) => ({
    name: run,
    timed: false,
    asked: kept(rankings)
      .filter(({ query }) => known.has(query))
      .map((one: Ranked) => ({ kept: one, ms: 0, stages: [] })),
  }));
}
