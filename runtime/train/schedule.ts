/** What moves over a fit is a function of the step's number alone: the learning rate, and numbers that a spec gives a Schedule. */

/** A number that moves with the steps of a fit, counted from 1. */
export abstract class Schedule {
  /** Stands for it in the keys of steps: what it was made with. */
  abstract readonly key: string;

  /** Its value at a step. */
  abstract at(step: number): number;

  /**
   * What a step measured, told after it, once for each batch of rows: a schedule may follow what it hears. `rows` counts the batch's rows.
   * A schedule that follows keeps what it knows in `state`, which goes into checkpoints.
   */
  hear(_step: number, _told: Readonly<Record<string, number>>, _rows: number): void {}

  /** What it has heard, as a number; undefined where it follows nothing. */
  state: number | undefined;
}

/** A line between two values. */
class Ramp extends Schedule {
  readonly key: string;
  readonly #from: number;
  readonly #to: number;
  readonly #steps: number;
  readonly #after: number;

  constructor(from: number, to: number, steps: number, after: number) {
    super();
    this.key = `ramp ${from} ${to} ${steps} ${after}`;
    this.#from = from;
    this.#to = to;
    this.#steps = steps;
    this.#after = after;
  }

  override at(step: number): number {
    const gone = step - 1 - this.#after;
    const share = this.#steps > 0 ? Math.min(1, Math.max(0, gone / this.#steps)) : gone >= 0 ? 1 : 0;
    return this.#from + share * (this.#to - this.#from);
  }
}

/** `ramp(0, 1, steps: 1_000 steps)` of a spec: the first value at the first step, the last once so many have gone by. */
export function ramp(from: number, to: number, steps: number, { after }: { after: number }): Schedule {
  return new Ramp(from, to, steps, after);
}

/** How a rate moves: up over `warmup` steps in a line, then along `decay` to `floor` of its height at the last step. */
export type RateSchedule = {
  readonly rate: number;
  readonly warmup: number;
  readonly steps: number;
  readonly decay: "linear" | "cosine" | "constant";
  readonly floor: number;
};

/** The rate of step `step`, counted from 1. The first step is never of rate 0, nor is the last with a floor above 0. */
export function rateAt(schedule: RateSchedule, step: number): number {
  const { rate, warmup, steps, decay, floor } = schedule;
  if (step <= warmup) return (rate * step) / warmup;
  if (decay === "constant") return rate;
  const share = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
  const shape = decay === "linear" ? 1 - share : (1 + Math.cos(Math.PI * share)) / 2;
  return rate * Math.max(floor, shape);
}

/** The rate of a fit's step: what a Schedule says, or along the way from warmup to the last step. */
export function rateOf(
  {
    rate,
    schedule,
    ...way
  }: Omit<RateSchedule, "rate" | "steps" | "decay"> & {
    readonly rate: number | Schedule;
    readonly schedule: RateSchedule["decay"];
  },
  steps: number,
  step: number,
): number {
  return typeof rate === "number" ? rateAt({ ...way, rate, steps, decay: schedule }, step) : rate.at(step);
}

/** The values of moving numbers at a step. */
export const valuesOf = (moving: Readonly<Record<string, Schedule>>, step: number): Record<string, number> =>
  Object.fromEntries(Object.entries(moving).map(([name, one]) => [name, one.at(step)]));

/** What schedules have heard, for a checkpoint; nothing where none listens. */
export function heardBy(moving: Readonly<Record<string, Schedule>>): { heard?: Record<string, number> } {
  const states = Object.entries(moving).flatMap(([name, { state }]) => (state === undefined ? [] : [[name, state] as const]));
  return states.length > 0 ? { heard: Object.fromEntries(states) } : {};
}
