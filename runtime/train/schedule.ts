/** What moves over a fit is a function of the step's number alone: the learning rate, and numbers that a spec gives a Schedule. */

/** A number that moves with the steps of a fit, counted from 1. */
export class Schedule {
  readonly from: number;
  readonly to: number;
  /** Steps in which it goes from one to the other, and those before, in which it stays. */
  readonly steps: number;
  readonly after: number;

  constructor(from: number, to: number, steps: number, after: number) {
    this.from = from;
    this.to = to;
    this.steps = steps;
    this.after = after;
  }

  /** Its value at a step: `from` at the first, `to` once `steps` of them have gone by. */
  at(step: number): number {
    const gone = step - 1 - this.after;
    const share = this.steps > 0 ? Math.min(1, Math.max(0, gone / this.steps)) : gone >= 0 ? 1 : 0;
    return this.from + share * (this.to - this.from);
  }
}

/** `ramp(0, 1, steps: 1_000 steps)` of a spec. */
export function ramp(from: number, to: number, steps: number, { after }: { after: number }): Schedule {
  return new Schedule(from, to, steps, after);
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
