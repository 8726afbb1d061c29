/**
 * One run of a pipeline: stages start when they are called, give up when they are late, are tried again, are replaced by their `otherwise`, and
 * leave a trace. It knows nothing of what a stage does.
 */

import { NeuroError } from "../error.ts";
import type { CallOptions, DeviceName, Span, StageContext, TokenOffsets, Trace } from "../types.ts";

/** `within` (milliseconds, for each try), `retries` and `otherwise` of a stage call. */
export type StageOptions<T> = { readonly within?: number; readonly retries?: number; readonly otherwise?: () => T | Promise<T> };

/** What a pipeline's body is given. */
export type Run = {
  /**
   * Starts a stage; the promise is its value. `where` is the spec line. Late (`stage_late`) or failed without `otherwise`, it rejects with a
   * NeuroError that names the stage; when the caller gave up, with the caller's reason.
   */
  stage<T>(name: string, where: string, body: (context: StageContext) => T | Promise<T>, options?: StageOptions<T>): Promise<T>;
};

export type OpenRun = {
  readonly run: Run;
  /** The names of replaced stages, in the order of their calls. */
  missing(): string[];
  trace(): Trace;
  /** Stops what still runs. */
  close(): void;
};

export type RunOptions = CallOptions & { readonly offsets: TokenOffsets };

/** Begins a run. Its clock starts now. */
export function openRun(options: RunOptions): OpenRun {
  const begun = performance.now();
  const deadline = options.deadline === undefined ? Number.POSITIVE_INFINITY : Date.now() + options.deadline;
  const own = new AbortController();
  const signal = options.signal === undefined ? own.signal : AbortSignal.any([options.signal, own.signal]);
  const spans: Record_[] = [];
  const state: State = { options, deadline, signal, clock: () => Math.round((performance.now() - begun) * 1000) / 1000 };
  return {
    run: {
      stage(name, where, body, more = {}) {
        const record: Record_ = { stage: name, where, start: state.clock(), end: 0, outcome: "ok", tries: 0, notes: {} };
        spans.push(record);
        const value = runStage(state, record, body, more).finally(() => {
          record.end = state.clock();
        });
        // A binding that nobody awaits any more must not end the process; whoever awaits it still sees the failure.
        value.catch(() => {});
        return value;
      },
    },
    missing: () => spans.filter((span) => span.outcome === "replaced").map((span) => span.stage),
    trace: () => ({ spans: spans.map((span): Span => ({ ...span, notes: { ...span.notes } })) }),
    close: () => own.abort(new Error("the pipeline has ended")),
  };
}

type Record_ = { -readonly [K in keyof Span]: K extends "notes" ? Record<string, string | number | boolean> : Span[K] };
type State = { readonly options: RunOptions; readonly deadline: number; readonly signal: AbortSignal; clock(): number };

async function runStage<T>(state: State, record: Record_, body: (context: StageContext) => T | Promise<T>, options: StageOptions<T>): Promise<T> {
  for (;;) {
    record.tries += 1;
    try {
      return await attempt(state, record, body, options.within);
    } catch (error) {
      record.error = error instanceof Error ? error.message : String(error);
      if (state.signal.aborted) {
        record.outcome = "failed";
        throw state.signal.reason;
      }
      if (Date.now() < state.deadline && record.tries <= (options.retries ?? 0)) continue;
      if (Date.now() < state.deadline && options.otherwise !== undefined) {
        record.outcome = "replaced";
        return options.otherwise();
      }
      record.outcome = "failed";
      throw named(record, error);
    }
  }
}

/** One try: the body races its own time, the deadline and the caller. */
async function attempt<T>(state: State, record: Record_, body: (context: StageContext) => T | Promise<T>, within: number | undefined): Promise<T> {
  state.signal.throwIfAborted();
  const left = Math.min(within ?? Number.POSITIVE_INFINITY, state.deadline - Date.now());
  const late = new AbortController();
  const timer = Number.isFinite(left) ? setTimeout(() => late.abort(tooLate(left, within)), Math.max(0, left)) : undefined;
  const signal = AbortSignal.any([state.signal, late.signal]);
  const { options } = state;
  const context: StageContext = {
    signal,
    deadline: Math.min(state.deadline, Date.now() + left),
    seed: options.seed ?? 0,
    device: options.device ?? defaultDevice,
    offsets: options.offsets,
    note: (name, value) => {
      record.notes[name] = value;
    },
    ...(options.onText === undefined ? {} : { onText: options.onText }),
  };
  try {
    return await Promise.race([aborted(signal), (async () => body(context))()]);
  } finally {
    clearTimeout(timer);
  }
}

const defaultDevice: DeviceName = "auto";

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

function tooLate(left: number, within: number | undefined): NeuroError {
  const what = left === within ? `it took longer than ${seconds(within)}` : "the answer's deadline passed";
  return new NeuroError("stage_late", what, { hint: "Give it more time with `within:`, or say what to do without it with `otherwise:`." });
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

/** A stage's failure with its name and line; the code and the hint of what went wrong stay. */
function named(record: Record_, error: unknown): NeuroError {
  const cause = error instanceof NeuroError ? error : undefined;
  const why = error instanceof Error ? error.message : String(error);
  return new NeuroError(cause?.code ?? "stage_failed", `The stage ${record.stage} failed: ${why}${/[.!?]$/.test(why) ? "" : "."}`, {
    where: cause?.where === undefined ? record.where : `${record.where}, ${cause.where}`,
    ...(cause?.hint === undefined ? {} : { hint: cause.hint }),
    cause: error,
  });
}
