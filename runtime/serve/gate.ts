/** So many answers are under way at once, so many wait in line, and the next is refused at once. Knows nothing of what passes. */

import { NeuroError } from "../error.ts";

type Waiter = { readonly weight: number; pass(): void; refuse(error: unknown): void };

export class Gate {
  readonly #limit: number;
  readonly #queue: number;
  #running = 0;
  #line: Waiter[] = [];
  #closed: NeuroError | undefined;
  #empty: (() => void)[] = [];

  /** `limit` pass at once, `queue` wait. */
  constructor(limit: number, queue: number) {
    this.#limit = limit;
    this.#queue = queue;
  }

  get running(): number {
    return this.#running;
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  get waiting(): number {
    return this.#line.length;
  }

  /**
   * Waits until `weight` more may pass, in order of arrival; the result lets the next ones in, and must be called. Throws `busy` when too many wait,
   * what {@link close} was told, and the signal's reason.
   */
  async enter(signal: AbortSignal, weight = 1): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#closed) throw this.#closed;
    const heavy = Math.min(weight, this.#limit);
    if (this.#line.length > 0 || this.#running + heavy > this.#limit) {
      if (this.#line.length >= this.#queue) throw busy(this.#running, this.#line.length);
      await this.#wait(heavy, signal);
    } else this.#running += heavy;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#running -= heavy;
      this.#next();
    };
  }

  /** Refuses whoever comes from now on and whoever waits, and resolves when all who passed have left. */
  close(error: NeuroError): Promise<void> {
    this.#closed = error;
    for (const waiter of this.#line.splice(0)) waiter.refuse(error);
    return new Promise((resolve) => {
      if (this.#running === 0) resolve();
      else this.#empty.push(resolve);
    });
  }

  #wait(weight: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        weight,
        pass: () => {
          signal.removeEventListener("abort", leave);
          resolve();
        },
        refuse: (error) => {
          signal.removeEventListener("abort", leave);
          reject(error);
        },
      };
      const leave = () => {
        this.#line = this.#line.filter((other) => other !== waiter);
        reject(signal.reason);
        // Somebody lighter may have stood behind it.
        this.#next();
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#line.push(waiter);
    });
  }

  #next(): void {
    while (this.#line.length > 0 && this.#running + this.#line[0]!.weight <= this.#limit) {
      const waiter = this.#line.shift()!;
      this.#running += waiter.weight;
      waiter.pass();
    }
    if (this.#running === 0) for (const done of this.#empty.splice(0)) done();
  }
}

const busy = (running: number, waiting: number): NeuroError =>
  new NeuroError("busy", `The server is busy: ${running} answers are under way and ${waiting} wait.`, {
    hint: "Ask again in a second.",
  });
