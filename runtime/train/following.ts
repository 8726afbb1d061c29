/**
 * Numbers that follow what a fit measures: a coefficient that holds the divergence at a target, a baseline that is the mean reward so far.
 * What they know is one number, their state; a fit begins with none and keeps it in its checkpoints.
 */
import { Schedule } from "./schedule.ts";

/** A coefficient that grows while the divergence is above its target and shrinks below it. */
class Adaptive extends Schedule {
  readonly key: string;
  readonly #start: number;
  readonly #target: number;
  readonly #horizon: number;

  constructor(start: number, target: number, horizon: number) {
    super();
    this.key = `adaptive ${start} ${target} ${horizon}`;
    this.#start = start;
    this.#target = target;
    this.#horizon = horizon;
  }

  override at(): number {
    return this.state ?? this.#start;
  }

  override hear(_step: number, { kl }: Readonly<Record<string, number>>, rows: number): void {
    if (kl === undefined) return;
    const error = Math.min(0.2, Math.max(-0.2, kl / this.#target - 1));
    this.state = this.at() * (1 + (error * rows) / this.#horizon);
  }
}

/**
 * `adaptive(0.2, target: 6)` of a spec: the coefficient of a divergence that is to stay at `target`, moved by the `kl` of each batch of rows
 * (Ziegler et al. 2019, "Fine-tuning language models from human preferences", section 2.2); `horizon` counts the answers that a full correction takes.
 */
export function adaptive(start: number, { target, horizon }: { target: number; horizon: number }): Schedule {
  return new Adaptive(start, target, horizon);
}

/** The mean of the rewards of the batches before, the older ones weighing less. */
class Running extends Schedule {
  readonly key: string;
  readonly #decay: number;

  constructor(decay: number) {
    super();
    this.key = `running ${decay}`;
    this.#decay = decay;
  }

  override at(): number {
    return this.state ?? 0;
  }

  override hear(_step: number, { reward }: Readonly<Record<string, number>>): void {
    if (reward === undefined) return;
    this.state = this.state === undefined ? reward : this.#decay * this.state + (1 - this.#decay) * reward;
  }
}

/** `running(0.9)` of a spec: REINFORCE's baseline from the rewards so far, `decay` of the old mean staying at each batch (Williams 1992). */
export function running(decay: number): Schedule {
  return new Running(decay);
}
