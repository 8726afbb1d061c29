/** The learning rate of a step is a function of its number alone. */

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
