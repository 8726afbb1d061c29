/**
 * Asks several systems the questions of a task, each question of all systems before the next, so that they share the work of equal stages, and keeps what the
 * task needs. A question that fails is kept as one that found nothing, unless it is a system's first: then the fault is the system's, and it is thrown.
 * It scores nothing.
 */
import { NeuroError } from "../error.ts";
import { type SharedStages, sharing } from "../pipeline/shared.ts";
import type { Progress } from "../progress.ts";
import type { CallOptions, DeviceName, Span } from "../types.ts";
import type { Journal } from "./journal.ts";
import type { Measured, Question, Task } from "./spec.ts";

/** A system that is measured: a pipeline and the folder of its spec, whose data and weights it uses. */
export type System = Measured & { readonly root: string };

/** Times of the stages of one question, in milliseconds; `shared` when another system did the work. */
export type StageTime = { readonly stage: string; readonly where: string; readonly ms: number; readonly shared?: true };

/** What is kept of one question. `ms` counts shared work as if the system had done it. */
export type Asked<K> = {
  readonly kept: K;
  readonly ms: number;
  readonly stages: readonly StageTime[];
  readonly failed?: string;
};

/** How questions are asked. */
export type AskOptions = {
  readonly signal?: AbortSignal;
  readonly device?: DeviceName;
  readonly seed?: number;
  /** Whether the task's questions come after others that went well. */
  readonly begun?: boolean;
  /** Questions under way at once; times are true with one. */
  readonly concurrent?: number;
  readonly progress: Progress;
  readonly title: string;
  /** What was asked before and need not be asked again. */
  readonly journal?: Journal;
};

/** Every system's results, in the order of the task's questions. */
export async function askAll<K>(systems: readonly System[], task: Task<K>, options: AskOptions): Promise<Asked<K>[][]> {
  const results = systems.map(() => new Array<Asked<K>>(task.questions.length));
  const shown = options.progress.task(options.title, task.questions.length, "questions");
  let next = 0;
  let done = 0;
  const begun = systems.map(() => options.begun ?? false);
  const work = async () => {
    for (let at = next++; at < task.questions.length; at = next++) {
      options.signal?.throwIfAborted();
      const question = task.questions[at]!;
      const scopes = new Map<string, SharedStages>();
      for (const [i, system] of systems.entries()) {
        const known = options.journal?.get<Asked<K>>(system, question);
        const scope = scopes.get(system.root) ?? new Map();
        scopes.set(system.root, scope);
        results[i]![at] = known ?? (await ask(system, question, task, scope, options, !begun[i]));
        begun[i] = true;
        if (known === undefined) options.journal?.put(system, question, results[i]![at]!);
      }
      shown.update(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, options.concurrent ?? 1) }, work));
  shown.end();
  return results;
}

async function ask<K>(
  system: System,
  question: Question,
  task: Task<K>,
  scope: SharedStages,
  options: AskOptions,
  first: boolean,
): Promise<Asked<K>> {
  const { signal, device, seed = 0 } = options;
  const stages: StageTime[] = [];
  const call: CallOptions = {
    seed,
    ...(signal === undefined ? {} : { signal }),
    ...(device === undefined ? {} : { device }),
    onSpan: (span) => void stages.push(timeOf(span)),
  };
  const given = system.takes.map((name) => question.row[name]);
  const begun = performance.now();
  try {
    const result = await sharing(scope, () => (system.run as (...all: unknown[]) => Promise<unknown>)(...given, call));
    const own = performance.now() - begun;
    const spared = stages.filter(({ shared }) => shared).reduce((sum, { ms }) => sum + ms, 0);
    return { kept: await task.keep(result, question, call), ms: own + spared, stages };
  } catch (error) {
    signal?.throwIfAborted();
    // What is wrong with a system from its first question on is not of the question; what is no NeuroError is a fault of ours.
    if (first || !(error instanceof NeuroError)) throw error;
    return { kept: task.failed(question), ms: performance.now() - begun, stages, failed: error.message };
  }
}

function timeOf({ stage, where, start, end, notes }: Span): StageTime {
  const took = typeof notes.took === "number" ? notes.took : end - start;
  return { stage, where, ms: took, ...(notes.shared === true ? { shared: true as const } : {}) };
}
