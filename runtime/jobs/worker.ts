/**
 * A worker: takes parts of a system's work as long as it is let, does them, and says that it lives. Work that it would do otherwise than whoever
 * divided it is left to others. It knows no kind of work.
 */
import { hostname } from "node:os";
import { NeuroError } from "../error.ts";
import type { System } from "../system.ts";
import type { Jobs, Needs, Taken, Work } from "./jobs.ts";

/** A kind of work, as a worker does it. */
export type Kind = {
  /** Opens a work of this system: what it needs to be alike here, and what does a part. Throws what opening throws. */
  open(system: System, name: string, given: Uint8Array): Promise<Opened>;
};

/** An open work. */
export type Opened = {
  readonly needs: Needs;
  part(given: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
};

/** How a worker works. */
export type WorkOptions = {
  readonly kinds: Readonly<Record<string, Kind>>;
  readonly signal: AbortSignal;
  /** Ends when no work is left, rather than to wait for more. */
  readonly untilDone?: boolean;
  /** Parts under way at once. */
  readonly atOnce?: number;
  /** Told what happens, a line each. */
  readonly log: (line: string) => void;
};

/** Parts that a worker did, and those that it could not do. */
export type Worked = { readonly done: number; readonly failed: number };

/** Milliseconds between signs of life, and between looks for work. */
const pulse = 3_000;
const pause = 500;
/** Milliseconds until what kept a work from being taken is looked at again. */
const again = 30_000;

/** Works until the signal says to stop; a part under way is then given back. Throws `state_lost`. */
export async function work(jobs: Jobs, system: System, options: WorkOptions): Promise<Worked> {
  const worker = new Worker(jobs, system, options);
  await Promise.all(Array.from({ length: options.atOnce ?? 1 }, () => worker.run()));
  return { done: worker.done, failed: worker.failed };
}

class Worker {
  done = 0;
  failed = 0;
  readonly #jobs: Jobs;
  readonly #system: System;
  readonly #options: WorkOptions;
  readonly #name = `${hostname()} ${process.pid}`;
  /** Works that were opened, and what kept others from being taken. */
  readonly #opened = new Map<string, Opened>();
  readonly #left = new Map<string, { readonly why: string; readonly at: number }>();

  constructor(jobs: Jobs, system: System, options: WorkOptions) {
    this.#jobs = jobs;
    this.#system = system;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { signal, untilDone } = this.#options;
    while (!signal.aborted) {
      const open = await this.#jobs.open(this.#system.name);
      for (const id of this.#opened.keys()) if (!open.some((work) => work.id === id)) this.#opened.delete(id);
      if (await this.#takeOne(open)) continue;
      if (untilDone && open.every(({ id }) => this.#left.has(id))) return;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** Does a part of the first work that has one. */
  async #takeOne(open: readonly Work[]): Promise<boolean> {
    for (const work of open) {
      if (this.#options.signal.aborted) return false;
      const opened = await this.#open(work);
      if (opened === undefined) continue;
      const taken = await this.#jobs.take(work, this.#name);
      if (taken === undefined) continue;
      await this.#do(work, opened, taken);
      return true;
    }
    return false;
  }

  async #open(work: Work): Promise<Opened | undefined> {
    const known = this.#opened.get(work.id);
    if (known !== undefined) return known;
    if (Date.now() - (this.#left.get(work.id)?.at ?? 0) < again) return undefined;
    try {
      const kind = this.#options.kinds[work.kind];
      if (kind === undefined) return this.#leave(work, `this version of neuro knows no work of the kind ${work.kind}`);
      const opened = await kind.open(this.#system, work.name, await this.#jobs.given(work));
      const other = Object.keys(work.needs).filter((name) => work.needs[name] !== opened.needs[name]);
      if (other.length > 0)
        return this.#leave(work, `it was divided with ${other.map((name) => `another ${name}`).join(" and ")} than is here`);
      this.#left.delete(work.id);
      this.#opened.set(work.id, opened);
      return opened;
    } catch (error) {
      if (!(error instanceof NeuroError)) throw error;
      return this.#leave(work, error.message);
    }
  }

  /** Says once why a work is left to others; it is looked at again, since what differs may change. */
  #leave({ id, kind, name }: Work, why: string): undefined {
    if (this.#left.get(id)?.why !== why) this.#options.log(`${kind} ${name} is left to others: ${why}`);
    this.#left.set(id, { why, at: Date.now() });
  }

  async #do({ kind, name }: Work, opened: Opened, taken: Taken): Promise<void> {
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#options.signal, stop.signal]);
    const beats = setInterval(() => {
      // A part that others have taken meanwhile need not be finished; a state that is away for a moment is asked again.
      taken.alive().then(
        (own) => own || stop.abort(new NeuroError("part_taken", "Another worker has taken the part.")),
        () => {},
      );
    }, pulse);
    const begun = performance.now();
    try {
      const result = await opened.part(taken.given, signal);
      await taken.done(result);
      this.done += 1;
      this.#options.log(`${kind} ${name}: part ${taken.part + 1} in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    } catch (error) {
      if (error instanceof NeuroError && error.code === "state_lost") throw error;
      await taken.failed(error);
      if (this.#options.signal.aborted) return;
      this.failed += 1;
      this.#options.log(
        `${kind} ${name}: part ${taken.part + 1} failed: ${error instanceof Error ? error.message : String(error)}`,
      );
    } finally {
      clearInterval(beats);
    }
  }
}
