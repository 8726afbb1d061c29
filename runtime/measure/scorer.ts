/**
 * A measurement's program on a device: weights are put there once and stay while they are used, batches of rows run one after another. Knows nothing
 * of keys, or of which rows come together.
 */
import { type Feeds, type Filled, filled } from "../data/feeds.ts";
import type { Device, ProgramSource, Runnable, Tensor } from "../device/device.ts";
import type { Weights } from "../weights/tensors.ts";

/** Weights under the label that a program has for their model. */
export type Labelled = { readonly label: string; readonly hash: string; readonly weights: () => Weights };

/** A program with what fills its data inputs. */
export type Fed = { readonly program: ProgramSource; readonly feeds: Feeds };

/** So many sets of weights stay on a device when nothing asks them. */
const kept = 4;

type Set_ = { readonly tensors: Map<string, Tensor>; used: number; busy: number };

/** What runs the programs of measurements on one device. */
export class Scorer {
  readonly device: Device;
  #ready = new Map<ProgramSource, Promise<Runnable>>();
  #sets = new Map<string, Set_>();
  #clock = 0;

  constructor(device: Device) {
    this.device = device;
  }

  /** The program's inputs, made ready. */
  prepare(source: ProgramSource): Promise<Runnable> {
    const known = this.#ready.get(source) ?? this.device.prepare(source);
    this.#ready.set(source, known);
    known.catch(() => this.#ready.delete(source));
    return known;
  }

  /** Runs a program on a batch; the values of its output, row by row, each as long as it has cases. */
  async run(source: ProgramSource, models: readonly Labelled[], values: Readonly<Record<string, Filled>>): Promise<number[][]> {
    const ready = await this.prepare(source);
    const sets = models.map((model) => this.#take(model));
    const inputs: Record<string, Tensor> = {};
    const own: Tensor[] = [];
    try {
      for (const { name, role } of ready.inputs) {
        const given = role === "weight" ? undefined : values[name];
        const tensor = given ? this.device.upload(given.dtype, given.shape, given.data) : weightOf(name, models, sets);
        if (given) own.push(tensor);
        inputs[name] = tensor;
      }
      const out = await this.device.run(ready, inputs);
      own.push(...Object.values(out));
      return rowsOf(await this.device.read(out.value!), out.value!.shape[0]!);
    } finally {
      this.device.release(...own);
      for (const set of sets) set.busy--;
      this.#tidy();
    }
  }

  /** Gives back what is kept on the device. */
  close(): void {
    for (const { tensors } of this.#sets.values()) this.device.release(...tensors.values());
    this.#sets.clear();
  }

  #take({ hash, weights }: Labelled): Set_ {
    const known = this.#sets.get(hash);
    const set = known ?? { tensors: new Map(), used: 0, busy: 0 };
    // A copy: the device may keep the array.
    if (!known)
      for (const [name, { shape, data }] of weights()) set.tensors.set(name, this.device.upload("f32", shape, data.slice()));
    this.#sets.set(hash, set);
    set.used = ++this.#clock;
    set.busy++;
    return set;
  }

  #tidy(): void {
    const idle = [...this.#sets].filter(([, set]) => set.busy === 0).sort(([, a], [, b]) => b.used - a.used);
    for (const [hash, set] of idle.slice(kept)) {
      this.device.release(...set.tensors.values());
      this.#sets.delete(hash);
    }
  }
}

/** `judge/table` is the tensor `table` of the model behind `judge`. */
function weightOf(name: string, models: readonly Labelled[], sets: readonly Set_[]): Tensor {
  const place = models.findIndex(({ label }) => name.startsWith(`${label}/`));
  const tensor = sets[place]?.tensors.get(name.slice(name.indexOf("/") + 1));
  if (tensor === undefined) throw new Error(`a measurement was given no ${name}`);
  return tensor;
}

function rowsOf(values: ArrayLike<number>, count: number): number[][] {
  const width = values.length / count;
  return Array.from({ length: count }, (_, row) => Array.from({ length: width }, (_, i) => values[row * width + i]!));
}

/** Batches of one row joined along it; they have the same shapes otherwise. */
export function joinRows(rows: readonly Readonly<Record<string, Filled>>[]): Record<string, Filled> {
  const [first] = rows;
  return Object.fromEntries(
    Object.entries(first!).map(([name, { dtype, shape }]) => {
      const size = shape.reduce((n, s) => n * s, 1);
      const parts = rows.map((row) => row[name]!.data);
      return [name, filled(dtype, [rows.length, ...shape.slice(1)], (i) => parts[Math.floor(i / size)]![i % size]!)];
    }),
  );
}
