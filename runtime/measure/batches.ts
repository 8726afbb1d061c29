/**
 * Rows that are asked about at the same time run together: whatever is in flight when nothing else moves is cut into batches whose rows are equally long.
 * How many rows a product has moves the last bits of its numbers. Where these have to be the same again (in a run that may be killed and go on), every
 * batch of rows of one shape has as many rows, whoever comes together in it; elsewhere nothing is filled up. Knows nothing of models.
 */
import type { Filled } from "../data/feeds.ts";

/** The inputs of one row. */
export type RowValues = Readonly<Record<string, Filled>>;

/** Runs one batch; a list of numbers for each row. */
export type RunBatch = (rows: readonly RowValues[]) => Promise<number[][]>;

type Waiting = {
  readonly values: RowValues;
  readonly resolve: (numbers: number[]) => void;
  readonly reject: (error: unknown) => void;
};

/** Rows, and numbers in a row's inputs, that run together at most. */
const most = { rows: 64, numbers: 1 << 16 };

/** As many in batches that are always alike: a row that comes alone then costs little more, and many are nearly as fast as in large batches. */
const always = { rows: 8, numbers: 1 << 12 };

/** Gathers rows for one program with one set of weights. */
export class Batches {
  readonly #run: RunBatch;
  readonly #alike: boolean;
  #waiting: Waiting[] = [];
  #due = false;
  /** The batch that runs, and those behind it. */
  #line: Promise<void> = Promise.resolve();

  /** `alike`: a row's numbers are the same to the bit, whatever is asked beside it. */
  constructor(run: RunBatch, alike: boolean) {
    this.#run = run;
    this.#alike = alike;
  }

  /** What the program says of a row. */
  add(values: RowValues): Promise<number[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ values, resolve, reject });
      if (this.#due) return;
      this.#due = true;
      this.#whenStill(0);
    });
  }

  /** Waits until a turn of the event loop has brought no more rows, a few turns at most. */
  #whenStill(before: number, turns = 0): void {
    setImmediate(() => {
      if (this.#waiting.length > before && this.#waiting.length < most.rows && turns < 8)
        return this.#whenStill(this.#waiting.length, turns + 1);
      const rows = this.#waiting;
      this.#waiting = [];
      this.#due = false;
      this.#line = this.#line.then(() => this.#all(rows));
    });
  }

  async #all(rows: readonly Waiting[]): Promise<void> {
    const groups = Map.groupBy(rows, ({ values }) => shapeOf(values));
    const sorted = [...groups.values()].sort((a, b) => sizeOf(b[0]!.values) - sizeOf(a[0]!.values));
    for (const group of sorted) {
      const { rows: bound, numbers } = this.#alike ? always : most;
      const size = Math.max(1, Math.min(bound, Math.floor(numbers / Math.max(1, sizeOf(group[0]!.values)))));
      for (let at = 0; at < group.length; at += size) await this.#batch(group.slice(at, at + size), size);
    }
  }

  async #batch(batch: readonly Waiting[], size: number): Promise<void> {
    try {
      const own = batch.map(({ values }) => values);
      const filling = Array.from({ length: this.#alike ? size - own.length : 0 }, () => own[0]!);
      const numbers = await this.#run([...own, ...filling]);
      batch.forEach(({ resolve }, i) => void resolve(numbers[i]!));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

const shapeOf = (values: RowValues): string =>
  Object.values(values)
    .map(({ shape }) => shape.slice(1).join("x"))
    .join(" ");

const sizeOf = (values: RowValues): number => Object.values(values).reduce((sum, { data }) => sum + data.length, 0);
