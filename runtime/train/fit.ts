/**
 * A fit is a function of its settings, its data and the weights it begins with: killed at any moment and begun again, it ends with the
 * same bytes on the same device. Knows nothing of devices (a {@link Trainer} does the arithmetic) or of recipes.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { ahead, batches, type Walk } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Collated } from "../data/feeds.ts";
import type { Row } from "../data/row.ts";
import type { Tensors } from "../device/device.ts";
import { NeuroError } from "../error.ts";
import { type Progress, rate as rateText, type Task } from "../progress.ts";
import type { Seed } from "../random.ts";
import type { WeightTensor } from "../weights/tensors.ts";
import { type Again, type Position, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import type { Guard } from "./guard.ts";
import { filterJournal, Journal, readJournal } from "./journal.ts";
import { Losses } from "./losses.ts";
import { EventFile } from "./report/tensorboard.ts";
import type { Player } from "./rollouts.ts";
import { Safe } from "./safe.ts";
import { heardBy, type RateSchedule, rateOf, type Schedule, valuesOf } from "./schedule.ts";
import { TooLong } from "./too-long.ts";

/** The numbers that a training step is given besides its batch; those of the objective that move are among them. */
export type Scalars = {
  readonly rate: number;
  readonly step: number;
  readonly clip: number;
  readonly decay: number;
  readonly seed: number;
};

/** What makes training steps: one objective's program on a device, with weights and moments that stay there. */
export interface Trainer {
  /** The device, as far as it decides the last bits of a result: `cpu, 2 threads`. */
  readonly device: string;
  /** Puts weights, and moments where there are any (`m.<path>`, `v.<path>`; zeros otherwise), on the device. */
  load(tensors: ReadonlyMap<string, WeightTensor>): Promise<void>;
  /** Turns rows into the program's data inputs. */
  collate(rows: readonly Row[]): Collated;
  /** One optimiser step; gives `loss` and every other metric. */
  step(batch: Collated, scalars: Scalars): Promise<Readonly<Record<string, number>>>;
  /** Weights and moments as they are now, as copies. */
  read(): Promise<Map<string, WeightTensor>>;
  /** The weights alone, as copies. */
  weights(): Promise<Map<string, WeightTensor>>;
  /** Weights and moments as they lie on the device, by name; they stay the trainer's and move with its steps. */
  readonly held: Tensors;
  close(): void;
}

/** How `fit` learns, every default filled in. */
export type FitSettings = {
  /** Optimiser steps, or passes over the data: exactly one of the two. */
  readonly steps?: number;
  readonly epochs?: number;
  /** Rows of a step. */
  readonly batch: number;
  /**
   * Parts in which a step's batch is computed, one after another: less memory, the same result. An objective is defined on the whole
   * batch; its means and counts run over all of it.
   */
  readonly accumulate: number;
  /** Its highest, or what it is at each step. */
  readonly rate: number | Schedule;
  readonly warmup: number;
  readonly schedule: RateSchedule["decay"];
  /** The share of `rate` below which it does not fall. */
  readonly floor: number;
  /** The largest norm of the gradient. */
  readonly clip: number;
  /** AdamW's weight decay. */
  readonly decay: number;
  /** Steps that learn from the same rollouts; 1 where it is not said. */
  readonly reuse?: number;
  /** Several short rows lie in one of the window: less padding, the same result. */
  readonly pack?: true;
  readonly seed: Seed;
};

/** One fit with everything around it. */
export type FitJob = {
  /** What people call it: `policy by cross_entropy`. */
  readonly label: string;
  /** The step's key; a checkpoint of another key is not taken. */
  readonly key: string;
  readonly settings: FitSettings;
  readonly trainer: Trainer;
  readonly start: ReadonlyMap<string, WeightTensor>;
  /** Rows, or the prompts of rows that are made as it goes. */
  readonly on: Dataset;
  readonly player?: Player;
  /** Numbers of the objective that move with the steps. */
  readonly moving?: Readonly<Record<string, Schedule>>;
  /** What may end it before its time. */
  readonly guard?: Guard;
  /** Where its checkpoint lies, the run's metrics, and the folder of its event files for TensorBoard. */
  readonly folder: string;
  readonly metrics: string;
  readonly events: string;
  /** Milliseconds between checkpoints. */
  readonly every: number;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
};

/** What a fit made. `tensors` holds weights only; `stopped` says why it ended before its time, and after which step the weights are its own. */
export type Fitted = {
  readonly tensors: Map<string, WeightTensor>;
  readonly position: Position;
  readonly stopped?: { readonly why: string; readonly step: number; readonly kept: number };
};

/**
 * Trains, going on from a checkpoint where there is one. A guard may end it early, with the last weights that kept its bounds. Throws `guard_broken`
 * when they do not hold before the first step, `interrupted` when the signal is aborted (after writing a checkpoint),
 * `loss_not_finite` (the last checkpoint stays), `no_rows` and what reading the data throws.
 */
export async function fit(job: FitJob): Promise<Fitted> {
  const path = join(job.folder, "checkpoint.safetensors");
  const saved = readCheckpoint(path, job.key);
  const start: Position = saved?.position ?? { step: 0, batch: 0, tokens: 0, metrics: {} };
  const steps = await countSteps(job);
  if (saved !== undefined && saved.device !== job.trainer.device) {
    job.progress.note(
      `${job.label} began on ${saved.device} and goes on on ${job.trainer.device}: the last bits of its weights may differ.`,
    );
  }
  const safe = new Safe(job, saved);
  await job.trainer.load(new Map([...job.start, ...safe.others]));
  filterJournal(job.metrics, (line) => isOther(line, job.key, start.step));
  const losses = new Losses(lossesOf(readJournal(job.metrics), job.key));
  const metrics = new Journal(job.metrics);
  const events = new EventFile(job.events, start.step);
  const task = job.progress.task(job.label, steps, "steps");
  task.update(start.step, saved === undefined ? "" : "resumed");
  try {
    const position = await walk(job, start, steps, { metrics, events, task, losses, safe }, async (at) => {
      const tensors = new Map([...(await job.trainer.read()), ...safe.tensors]);
      writeCheckpoint(path, job.key, { position: at, device: job.trainer.device, tensors });
    });
    // Weights that the loss does not reach are what they were.
    const tensors = new Map(job.start);
    const { stopped } = safe;
    for (const [name, tensor] of stopped ? safe.good : await job.trainer.read()) if (!isMoment(name)) tensors.set(name, tensor);
    task.end(stopped ? `stopped by its guard: ${stopped.why}` : losses.whole);
    return { tensors, position, ...(stopped && { stopped }) };
  } catch (error) {
    task.end("stopped");
    throw error;
  } finally {
    metrics.close();
    events.close();
  }
}

/** Removes a fit's checkpoint, once its result is safe elsewhere. */
export function forgetCheckpoint(folder: string): void {
  rmSync(join(folder, "checkpoint.safetensors"), { force: true });
}

/** Moments are named `m.<path>` and `v.<path>`. */
function isMoment(name: string): boolean {
  return name.startsWith("m.") || name.startsWith("v.");
}

/** Where a fit says what it measured. */
type Told = {
  readonly metrics: Journal;
  readonly events: EventFile;
  readonly task: Task;
  readonly losses: Losses;
  readonly safe: Safe;
};

/** A fit on its way: where it stands, and up to which step it is saved. */
class Way {
  at: Position;
  readonly #job: FitJob;
  readonly #steps: number;
  readonly #told: Told;
  readonly #save: (at: Position) => Promise<void>;
  #kept: number;
  #due: number;

  constructor(job: FitJob, start: Position, steps: number, told: Told, save: (at: Position) => Promise<void>) {
    this.at = start;
    this.#job = job;
    this.#steps = steps;
    this.#told = told;
    this.#save = save;
    this.#kept = start.step;
    this.#due = Date.now() + job.every;
    // One schedule may be given to two fits: each begins with what a checkpoint of its own knows, or with nothing.
    for (const [name, one] of Object.entries(job.moving ?? {})) one.state = start.heard?.[name];
  }

  /** Whether there is nothing left to do: all steps are made, or a guard has stopped it. */
  get ended(): boolean {
    return this.at.step >= this.#steps || this.#told.safe.stopped !== undefined;
  }

  /** One step from a batch, then everything that is told of it. */
  async step({ index, batch, told: earned, kept: again, used }: Ready): Promise<void> {
    const { settings, trainer, moving = {}, label } = this.#job;
    const { safe } = this.#told;
    const step = this.at.step + 1;
    const rate = rateOf(settings, this.#steps, step);
    const given = valuesOf(moving, step);
    const { clip, decay } = settings;
    const begun = performance.now();
    const measured = await trainer.step(batch, { ...given, rate, step, clip, decay, seed: wordOf(settings.seed) });
    checkFinite(measured, step, label, this.#kept);
    const speed = batch.tokens / ((performance.now() - begun) / 1000);
    const seen = await safe.look(step, step >= this.#steps);
    const all = { ...measured, ...earned };
    if (used !== true) for (const one of Object.values(moving)) one.hear(step, all, batch.rows.length);
    this.at = {
      step,
      batch: index + 1,
      tokens: this.at.tokens + batch.tokens,
      metrics: all,
      ...(again && { again }),
      ...heardBy(moving),
      ...safe.position,
    };
    this.#tell({ ...all, ...besides(all, given), ...seen, rate }, measured.loss, speed);
  }

  #tell(measured: Readonly<Record<string, number>>, loss: number | undefined, speed: number): void {
    const { label, key } = this.#job;
    const { metrics, events, task, losses } = this.#told;
    const { step, tokens } = this.at;
    const told = { ...measured, tokens, tokens_per_second: Math.round(speed) };
    metrics.add({ fit: label, key, step, ...told }, false);
    events.add(step, told);
    losses.add(loss);
    task.update(step, `${losses.now}, ${rateText(speed)} tokens/s`);
  }

  /** Lets others have their turn, and saves where that is due. Throws `interrupted` when the signal is aborted. */
  async pause(): Promise<void> {
    const { signal, every, label } = this.#job;
    // Lets signals and timers through: a device may compute without ever leaving the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted || Date.now() >= this.#due) {
      await this.#save(this.at);
      this.#kept = this.at.step;
      this.#due = Date.now() + every;
    }
    if (signal?.aborted) throw interrupted(label, this.at.step, this.#steps);
  }
}

async function walk(
  job: FitJob,
  start: Position,
  steps: number,
  told: Told,
  save: (at: Position) => Promise<void>,
): Promise<Position> {
  const { settings, player } = job;
  const plan: Walk = {
    batch: player?.promptsFor(settings.batch) ?? settings.batch,
    seed: settings.seed,
    stretch: await job.on.stretch(),
    ...(settings.epochs === undefined ? {} : { epochs: Math.ceil(settings.epochs) }),
  };
  const way = new Way(job, start, steps, told, save);
  const long = new TooLong();
  if (start.step >= steps) return start;
  if (start.step === 0) await told.safe.begin(told);
  let usable = Number.POSITIVE_INFINITY;
  for await (const ready of player ? played(job, player, plan, start) : ahead(collated(job, plan, start.batch))) {
    const { pass, batch } = ready;
    long.note(batch.left);
    usable = batch.rows.length > 0 ? pass : Math.min(usable, pass);
    // A whole pass without a row to train on will be like the next one.
    if (pass > usable + 1) throw noRows(job, long);
    if (batch.rows.length === 0) continue;
    await way.step(ready);
    if (way.ended) break;
    await way.pause();
  }
  long.end();
  if (way.at.step === 0) throw noRows(job, long);
  return way.at;
}

/** The numbers that moved, by their parameters: `kl weight` where what was measured has the name already. */
function besides(told: Readonly<Record<string, number>>, given: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name in told ? `${name} weight` : name, value]));
}

/** A batch that is ready, what its rows earned where they were made for it, and what of them is still to be used. */
type Ready = {
  readonly index: number;
  /** The number of the pass over the rows, from 0. */
  readonly pass: number;
  readonly batch: Collated;
  readonly told?: Readonly<Record<string, number>>;
  readonly kept?: Again | undefined;
  /** Whether a step before this one learned from the same rows. */
  readonly used?: boolean;
};

async function* collated(job: FitJob, plan: Walk, from: number): AsyncGenerator<Ready> {
  for await (const { index, epoch, rows } of batches(job.on, plan, from))
    yield { index, pass: epoch, batch: job.trainer.collate(rows) };
}

/** Batches of rows that the weights of the moment make; `reuse` steps learn from the same ones (PPO's epochs). */
async function* played(job: FitJob, player: Player, plan: Walk, at: Position): AsyncGenerator<Ready> {
  const again = function* (index: number, pass: number, { rows, left, told }: Again): Generator<Ready> {
    const batch = job.trainer.collate(rows as readonly Row[]);
    for (let more = left; more > 0; more--)
      yield { index, pass, batch, told, used: more < reuse, kept: more > 1 ? { rows, left: more - 1, told } : undefined };
  };
  const reuse = job.settings.reuse ?? 1;
  // A checkpoint does not tell the pass of the rows it keeps: none is later than this one.
  if (at.again) yield* again(at.batch - 1, Number.POSITIVE_INFINITY, at.again);
  for await (const { index, epoch, rows } of batches(player.prompts, plan, at.batch)) {
    const { rows: made, told } = await player.play(rows, index, index * reuse + 1);
    yield* again(index, epoch, { rows: made, told, left: reuse });
  }
}

/** With `epochs` the schedule must know how long the way is, so the rows are counted first. */
async function countSteps({ settings, on }: FitJob): Promise<number> {
  if (settings.steps !== undefined) return settings.steps;
  let rows = 0;
  for await (const _ of on) rows++;
  // A part of a pass is as many batches as make it up.
  return Math.ceil((settings.epochs ?? 1) * Math.ceil(rows / settings.batch));
}

/** Lines of other fits stay, and those of this one up to the step that it goes on from. */
function isOther(line: unknown, key: string, step: number): boolean {
  const { key: of, step: at } = line as { key?: unknown; step?: unknown };
  return of !== key || (typeof at === "number" && at <= step && step > 0);
}

function checkFinite(measured: Readonly<Record<string, number>>, step: number, label: string, kept: number): void {
  const wrong = ["loss", "gradient_norm"].find((name) => name in measured && !Number.isFinite(measured[name]));
  if (wrong === undefined) return;
  const last = kept > 0 ? `The checkpoint of step ${kept} is kept.` : "There was no checkpoint yet.";
  throw new NeuroError(
    "loss_not_finite",
    `${label}: at step ${step} the ${wrong.replace("_", " ")} is ${measured[wrong]}. ${last}`,
    {
      where: `step ${step}`,
      hint: "Lower `rate`, lengthen `warmup`, or lower `clip`; then train again.",
    },
  );
}

function interrupted(label: string, step: number, steps: number): NeuroError {
  return new NeuroError("interrupted", `${label}: stopped after step ${step} of ${steps}; everything is saved.`, {
    hint: "Run the same command again to go on from here.",
  });
}

function noRows({ label, on }: FitJob, { any }: TooLong): NeuroError {
  const what = any ? `every row of ${on.name} is longer than the model's window` : `there are no ${on.name} to train on`;
  const hint = any
    ? "Give the model a larger `window`, or shorten the rows: fewer documents, a bound on answers."
    : "What made them says why, above: pairs that no gap allows, answers that nobody liked, labels that nobody gave.";
  return new NeuroError("no_rows", `${label}: ${what}.`, { where: on.name, hint });
}

/** A spec's seed as one 32-bit word, for programs that draw random numbers themselves. */
function wordOf(seed: Seed): number {
  return typeof seed === "number"
    ? seed >>> 0
    : [...JSON.stringify(seed)].reduce((hash, c) => (Math.imul(hash, 31) + c.charCodeAt(0)) >>> 0, 7);
}

/** The losses of a fit's steps that were written down before. */
function lossesOf(lines: readonly unknown[], key: string): number[] {
  return (lines as { key?: string; loss?: number }[]).flatMap((line) =>
    line.key === key && line.loss !== undefined ? [line.loss] : [],
  );
}
