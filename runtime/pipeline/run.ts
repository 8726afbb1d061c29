/**
 * One run of a pipeline: stages start when they are called, give up when they are late, are tried again, are replaced by their `otherwise`, and
 * leave a trace. It knows nothing of what a stage does.
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { NeuroError } from "../error.ts";
import type { CallOptions, DeviceName, Span, StageContext, TokenOffsets, Trace } from "../types.ts";
import { rankedOf, textsOf } from "./ranked.ts";
import { type StageKey, sharedOr } from "./shared.ts";

/**
 * `within` (milliseconds, for each try), `retries` and `otherwise` of a stage call; `key` where pipelines are compared, see `shared.ts`; `quiet` for a
 * stage whose answer is not the pipeline's: nobody is told what it writes.
 */
export type StageOptions<T> = {
  readonly within?: number;
  readonly retries?: number;
  readonly otherwise?: () => T | Promise<T>;
  readonly key?: StageKey;
  readonly quiet?: boolean;
};

/** What a pipeline's body is given. */
export type Run = {
  /**
   * Starts a stage; the promise is its value. `where` is the spec line. Late (`stage_late`) or failed without `otherwise`, it rejects with a
   * NeuroError that names the stage; when the caller gave up, with the caller's reason.
   */
  stage<T>(name: string, where: string, body: (context: StageContext) => T | Promise<T>, options?: StageOptions<T>): Promise<T>;
  /** A binding that needs the values of others: starts at once, and is a promise. */
  later<T>(body: () => T | Promise<T>): Promise<T>;
};

/** A run that has begun, and what it leaves. */
export type OpenRun = {
  readonly run: Run;
  /** The same run for a pipeline that its pipeline calls: one signal, deadline, seed and trace; tokens as that one counts them. Nobody is told what it writes. */
  inner(offsets: TokenOffsets): Run;
  /** The names of replaced stages, in the order of their calls; where several stages have one name, each with its line. */
  missing(): string[];
  trace(): Trace;
  /** Stops what still runs. */
  close(): void;
};

/** How a run is bounded and seeded, and how its stages count tokens. */
export type RunOptions = CallOptions & { readonly offsets: TokenOffsets };

/** Begins a run. Its clock starts now. */
export function openRun(options: RunOptions): OpenRun {
  const begun = performance.now();
  const deadline = options.deadline === undefined ? Number.POSITIVE_INFINITY : Date.now() + options.deadline;
  const own = new AbortController();
  const signal = options.signal === undefined ? own.signal : AbortSignal.any([options.signal, own.signal]);
  const spans: Record_[] = [];
  const state: State = { options, deadline, signal, clock: () => Math.round((performance.now() - begun) * 1000) / 1000 };
  const { onText: _, ...unseen } = options;
  return {
    run: runOf(state, spans),
    inner: (offsets) => runOf({ ...state, options: { ...unseen, offsets } }, spans),
    missing: () =>
      spans
        .filter((span) => span.outcome === "replaced")
        .map(({ stage, where }) => (spans.filter((span) => span.stage === stage).length > 1 ? `${stage} (${where})` : stage)),
    trace: () => ({ spans: spans.map((span): Span => ({ ...span, notes: { ...span.notes } })) }),
    close: () => own.abort(new Error("the pipeline has ended")),
  };
}

/** What a pipeline's body is given: each stage that it starts leaves its span among `spans`. */
function runOf(state: State, spans: Record_[]): Run {
  return {
    stage(name, where, body, more = {}) {
      const record: Record_ = { stage: name, where, start: state.clock(), end: 0, outcome: "ok", tries: 0, notes: {} };
      spans.push(record);
      const timed = async () => ({ value: await runStage(state, record, body, more), took: state.clock() - record.start });
      const told = sharedOr(more.key, timed).then(({ value, took, shared }) => {
        if (shared) Object.assign(record.notes, { shared, took });
        const ranked = rankedOf(value);
        if (ranked !== undefined) record.ranked = ranked;
        const texts = textsOf(value);
        if (texts !== undefined) record.texts = texts;
        return value;
      });
      return binding(
        told.finally(() => {
          record.end = state.clock();
          state.options.onSpan?.({ ...record, notes: { ...record.notes } });
        }),
      );
    },
    later: (body) => binding((async () => body())()),
  };
}

/** The stage on whose behalf code runs: told when it waits for a binding, because that is not its own time. */
const waiting = new AsyncLocalStorage<{ waits(): void; goesOn(): void }>();

/** What `stage` and `later` return: a promise that tells the stage that awaits it. */
class Binding<T> extends Promise<T> {
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting is what is to be noticed.
  override then<A = T, B = never>(
    done?: ((value: T) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const stage = waiting.getStore();
    if (stage === undefined) return super.then(done, failed);
    stage.waits();
    return super.then(
      (value) => {
        stage.goesOn();
        return (done ?? ((same: T) => same as unknown as A))(value);
      },
      (reason) => {
        stage.goesOn();
        if (failed) return failed(reason);
        throw reason;
      },
    );
  }
}

/** A binding that nobody awaits any more must not end the process; whoever awaits it still sees the failure. */
function binding<T>(value: Promise<T>): Promise<T> {
  const bound = new Binding<T>((resolve, reject) => value.then(resolve, reject));
  // Its own `then` would tell the stage around it that it waits.
  Promise.prototype.then.call(bound, undefined, () => {});
  return bound;
}

type Record_ = { -readonly [K in keyof Span]: K extends "notes" ? Record<string, string | number | boolean> : Span[K] };
type State = { readonly options: RunOptions; readonly deadline: number; readonly signal: AbortSignal; clock(): number };

async function runStage<T>(
  state: State,
  record: Record_,
  body: (context: StageContext) => T | Promise<T>,
  options: StageOptions<T>,
): Promise<T> {
  for (;;) {
    record.tries += 1;
    try {
      return await attempt(state, record, body, options);
    } catch (error) {
      record.error = error instanceof Error ? error.message : String(error);
      // Neither the caller's leaving nor the failure of a stage that this one waited for is its own.
      if (state.signal.aborted || (error instanceof NeuroError && failures.has(error))) {
        record.outcome = "failed";
        throw state.signal.aborted ? state.signal.reason : error;
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

/** One try: the body races its own time, the deadline and the caller. Its time begins when what it waits for is there. */
async function attempt<T>(
  state: State,
  record: Record_,
  body: (context: StageContext) => T | Promise<T>,
  { within = Number.POSITIVE_INFINITY, quiet = false }: StageOptions<T>,
): Promise<T> {
  state.signal.throwIfAborted();
  const late = new AbortController();
  const signal = AbortSignal.any([state.signal, late.signal]);
  let timer: NodeJS.Timeout | undefined;
  const start = (own: number) => {
    clearTimeout(timer);
    const left = Math.min(own, state.deadline - Date.now());
    if (Number.isFinite(left)) timer = setTimeout(() => late.abort(tooLate(left === own ? own : undefined)), Math.max(0, left));
  };
  const clock = {
    waits: () => start(Number.POSITIVE_INFINITY),
    goesOn: () => {
      record.start = state.clock();
      start(within);
    },
  };
  start(within);
  try {
    return await Promise.race([
      aborted(signal),
      waiting.run(clock, async () => body(contextOf(state, record, signal, within, quiet))),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

function contextOf(
  { options, deadline }: State,
  record: Record_,
  signal: AbortSignal,
  within: number,
  quiet: boolean,
): StageContext {
  return {
    signal,
    deadline: Math.min(deadline, Date.now() + within),
    seed: options.seed ?? 0,
    device: options.device ?? defaultDevice,
    offsets: options.offsets,
    note: (name, value) => {
      record.notes[name] = value;
    },
    ...(options.wishes === undefined ? {} : { wishes: options.wishes }),
    ...(options.onText === undefined || quiet ? {} : { onText: options.onText }),
  };
}

const defaultDevice: DeviceName = "auto";

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

function tooLate(within: number | undefined): NeuroError {
  const what = within === undefined ? "the answer's deadline passed" : `it took longer than ${seconds(within)}`;
  return new NeuroError("stage_late", what, {
    hint: "Give it more time with `within:`, or say what to do without it with `otherwise:`.",
  });
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

/** Failures that name their stage already. */
const failures = new WeakSet<NeuroError>();

/** A stage's failure with its name and line; the code and the hint of what went wrong stay. */
function named(record: Record_, error: unknown): NeuroError {
  const cause = error instanceof NeuroError ? error : undefined;
  const why = error instanceof Error ? error.message : String(error);
  const message = `The stage ${record.stage} failed: ${why}${/[.!?]$/.test(why) ? "" : "."}`;
  const failure = new NeuroError(cause?.code ?? "stage_failed", message, {
    where: cause?.where === undefined ? record.where : `${record.where}, ${cause.where}`,
    ...(cause?.hint === undefined ? {} : { hint: cause.hint }),
    cause: error,
  });
  failures.add(failure);
  return failure;
}
