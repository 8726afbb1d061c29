/**
 * The weights that a fit falls back on: those of the last look of its guard at which every bound held. They go into checkpoints, so that a killed fit
 * falls back on the very same ones. Without a guard it does nothing.
 */
import { NeuroError } from "../error.ts";
import type { WeightTensor } from "../weights/tensors.ts";
import type { Checkpoint, Position } from "./checkpoint.ts";
import type { FitJob, Fitted } from "./fit.ts";
import type { Best, Look } from "./guard.ts";
import type { Journal } from "./journal.ts";
import type { EventFile } from "./report/tensorboard.ts";

type Tensors = ReadonlyMap<string, WeightTensor>;
const prefix = "good.";

/** What a guard has seen of a fit, and the weights that it would keep. */
export class Safe {
  /** Everything of a checkpoint but these weights. */
  readonly others: Tensors;
  /** The weights of the last look that was fine. */
  good: Tensors;
  /** Why the fit ended before its time. */
  stopped: Fitted["stopped"];
  #job: FitJob;
  #at: number;
  #best: Best;

  /** Takes up what a checkpoint knows; the start is good until a look says otherwise. */
  constructor(job: FitJob, saved: Checkpoint | undefined) {
    const all = [...(saved?.tensors ?? [])];
    const mine = all.filter(([name]) => name.startsWith(prefix));
    this.#job = job;
    this.others = new Map(all.filter(([name]) => !name.startsWith(prefix)));
    this.good = mine.length > 0 ? new Map(mine.map(([name, tensor]) => [name.slice(prefix.length), tensor])) : job.start;
    this.#at = saved?.position.guard?.good ?? 0;
    this.#best = saved?.position.guard?.best ?? {};
  }

  /** What a checkpoint holds of them: nothing while they are those that the fit began with. */
  get tensors(): Tensors {
    return this.#at === 0 ? new Map() : new Map([...this.good].map(([name, tensor]) => [`${prefix}${name}`, tensor]));
  }

  get position(): Pick<Position, "guard"> {
    return this.#job.guard ? { guard: { best: this.#best, good: this.#at } } : {};
  }

  /** Looks at the weights before the first step. Throws `guard_broken` where the bounds do not hold there. */
  async begin({ metrics, events }: { readonly metrics: Journal; readonly events: EventFile }): Promise<void> {
    const { guard, label, key, start } = this.#job;
    if (!guard) return;
    const look = await guard.look(start, 0, this.#best);
    this.#best = look.best;
    if (look.broken !== undefined) {
      throw new NeuroError("guard_broken", `${label}: its guard does not hold before the first step: ${look.broken}.`, {
        hint: "Widen that bound: it must hold for the weights that the fit begins with.",
      });
    }
    metrics.add({ fit: label, key, step: 0, ...named(look) }, false);
    events.add(0, named(look));
  }

  /** Looks after a step, where one is due; gives what was seen. */
  async look(step: number, last: boolean): Promise<Record<string, number>> {
    const { guard, trainer, label, progress, start } = this.#job;
    if (!guard || (step % guard.every !== 0 && !last)) return {};
    const weights = new Map([...start, ...(await trainer.weights())]);
    const look = await guard.look(weights, step, this.#best);
    this.#best = look.best;
    if (look.broken === undefined) {
      this.good = weights;
      this.#at = step;
    } else {
      this.stopped = { why: look.broken, step, kept: this.#at };
      progress.note(
        `${label}: stopped after step ${step} by its guard: ${look.broken}. The weights of step ${this.#at} are kept.`,
      );
    }
    return named(look);
  }
}

const named = ({ told }: Look): Record<string, number> =>
  Object.fromEntries(Object.entries(told).map(([name, value]) => [`guard.${name}`, value]));
