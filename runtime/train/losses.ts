/** What a person is told of a loss: single batches jump about, so it is a mean over the last few, beside what it was at first. */

/** So many batches are taken together. */
const together = 10;

/** The losses of a fit, in order. */
export class Losses {
  #all: number[];

  /** Goes on from the losses of the steps that were made before. */
  constructor(before: readonly number[]) {
    this.#all = [...before];
  }

  add(loss: number | undefined): void {
    if (loss !== undefined) this.#all.push(loss);
  }

  /** `loss 1.432`: the mean over the last steps. */
  get now(): string {
    return this.#all.length === 0 ? "" : `loss ${mean(this.#all.slice(-together)).toFixed(3)}`;
  }

  /** `loss from 5.774 to 1.432`. */
  get whole(): string {
    return this.#all.length < 2 * together
      ? this.now
      : `loss from ${mean(this.#all.slice(0, together)).toFixed(3)} to ${this.now.slice(5)}`;
  }
}

function mean(list: readonly number[]): number {
  return list.reduce((sum, each) => sum + each, 0) / list.length;
}
