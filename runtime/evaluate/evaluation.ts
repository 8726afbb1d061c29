/**
 * An eval of a spec as something to run: opens its task, asks its systems, scores them, and writes what was found below `evals/<name>/` when asked to. Several
 * evals of one name (of several specs) become one table. It prints nothing.
 */
import { join } from "node:path";
import { checkerOf } from "../answer/checker.ts";
import { NeuroError } from "../error.ts";
import { type Progress, silent } from "../progress.ts";
import type { DeviceName } from "../types.ts";
import { type Journal, openJournal, unwritten } from "./journal.ts";
import type { Rankings } from "./ranking.ts";
import { type EvalReport, type Results, reportOf } from "./report.ts";
import type { EvalSpec, Rows, Task } from "./spec.ts";
import { type Asked, askAll, type System } from "./systems.ts";
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
  /** Has questions asked elsewhere, before what is left is asked here. */
  readonly elsewhere?: Elsewhere;
};

/** Is told which of the task's questions lack an answer of some system, and gives what came of them; see {@link askQuestions}. */
export type Elsewhere = (task: Pick<Task<unknown>, "questions">, lacking: readonly number[]) => AsyncIterable<Answered>;

/** What a system said to a question, by its place. */
export type Answered = { readonly system: string; readonly at: number; readonly asked: Asked<unknown> };

/** Runs an eval, or several of one name from several specs as one table. Throws what opening its task throws, and `systems_named_alike`. */
export async function evaluate(evals: readonly Evaluation[], options: EvalOptions = {}): Promise<EvalReport> {
  const { first, task, systems } = await opened(evals, options);
  const journal = await journalOf(evals, systems, options);
  let asked: Asked<unknown>[][];
  try {
    if (options.elsewhere !== undefined) await askElsewhere(options.elsewhere, systems, task, journal);
    asked = await askAll(systems, task, { ...asking(first, options), journal });
  } finally {
    journal.close();
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
    doubt: task.doubt?.(results.flatMap(({ asked: all }) => all.map(({ kept }) => kept))),
  });
  if (options.folder !== undefined) writeResults(options.folder, report, results, task);
  return report;
}

/** An open eval: its task as its options limit it, and its systems. Throws as {@link evaluate} does. */
async function opened(evals: readonly Evaluation[], options: EvalOptions) {
  const first = evals[0]!;
  const task = limited(await openTask(first, options), options.limit);
  const systems = evals.flatMap((one) => systemsOf(one, evals.length > 1));
  const twice = systems.find(({ name }, i) => systems.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined)
    throw new NeuroError("systems_named_alike", `Two systems of the eval ${first.name} are called ${twice.name}.`, {
      hint: "Give specs files of different names.",
    });
  return { first, task, systems };
}

const asking = ({ name, spec }: Evaluation, options: EvalOptions) => ({
  ...options,
  seed: spec.seed ?? 0,
  progress: options.progress ?? silent,
  title: `eval ${name}`,
});

/** Some questions of an eval, for who asks the others elsewhere. */
export type SomeQuestions = {
  /** All of its questions, in order. */
  readonly questions: Task<unknown>["questions"];
  /** Asks those in these places, of all systems. A fault of the eval's first question is thrown, as {@link evaluate} throws it. */
  ask(places: readonly number[], signal?: AbortSignal): Promise<Answered[]>;
};

/** Opens an eval to ask some of its questions. */
export async function someQuestions(one: Evaluation, options: EvalOptions = {}): Promise<SomeQuestions> {
  const { task, systems } = await opened([one], options);
  return {
    questions: task.questions,
    async ask(places, signal) {
      const part = { ...task, questions: places.map((at) => task.questions[at]!) };
      const asked = await askAll(systems, part, { ...asking(one, options), begun: places[0] !== 0, ...(signal && { signal }) });
      return systems.flatMap(({ name }, i) => places.map((at, j) => ({ system: name, at, asked: asked[i]![j]! })));
    },
  };
}

async function askElsewhere(
  elsewhere: Elsewhere,
  systems: readonly System[],
  task: Task<unknown>,
  journal: Journal,
): Promise<void> {
  const lacking = [...task.questions.keys()].filter((at) =>
    systems.some((system) => journal.get(system, task.questions[at]!) === undefined),
  );
  if (lacking.length === 0) return;
  for await (const { system, at, asked } of elsewhere(task, lacking)) journal.put({ name: system }, task.questions[at]!, asked);
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
): Promise<Journal> {
  if (folder === undefined) return unwritten();
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
