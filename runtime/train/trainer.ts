/**
 * A training step is a compiled program whose weights and moments stay on a device and move on in place. Knows nothing of schedules,
 * checkpoints or data, and any objective is the same to it.
 */

import type { Port } from "../../kernels/index.ts";
import { type Collate, type Collated, collate, type Feeds } from "../data/feeds.ts";
import type { Row } from "../data/row.ts";
import type { Device, ProgramSource, Runnable, Tensor, Tensors } from "../device/device.ts";
import type { WeightTensor } from "../weights/tensors.ts";
import { type Average, follows, openAverages } from "./averages.ts";
import type { Scalars, Trainer } from "./fit.ts";
import { type PartsPrograms, type PartsReady, passing, readyParts, stepInParts } from "./parts.ts";

/** AdamW's constants (Loshchilov and Hutter 2019), as the step program's scalars are named. */
export const adamw = { beta1: 0.9, beta2: 0.98, epsilon: 1e-9 } as const;

/** What a trainer is made of. */
export type TrainerParts = {
  readonly device: Device;
  /** The objective's step: batch, weights, moments and scalars in; loss, metrics, weights and moments out. */
  readonly program: ProgramSource;
  readonly feeds: Feeds;
  /** The step in `count` parts of the batch, where the objective can be taken so. */
  readonly parts?: { readonly programs: PartsPrograms; readonly count: number };
  readonly text: Collate;
  /** Numbers that the objective was given, by the names of the program's scalars. */
  readonly given: Readonly<Record<string, number>>;
  /** Weights of models that the objective reads and does not train, by the program's names. */
  readonly frozen?: ReadonlyMap<string, WeightTensor>;
  /** Which of those follow trained weights. */
  readonly averages?: readonly Average[];
};

/** Compiles the step on the device. */
export async function openTrainer(parts: TrainerParts): Promise<Trainer> {
  const { device } = parts;
  if (!parts.parts || parts.parts.count < 2) return new DeviceTrainer(parts, await device.prepare(parts.program));
  return new PartsTrainer(parts, await readyParts(device, parts.parts.programs));
}

/** A batch with the parts that it is taken in. */
type Cut = Collated & { readonly parts: readonly Collated[] };

class DeviceTrainer implements Trainer {
  readonly device: string;
  protected readonly parts: TrainerParts;
  protected kept: Record<string, Tensor> = {};
  /** Moves every average after the weights that it follows. */
  protected followed: () => Promise<void> = async () => {};
  readonly #program: Runnable;
  /** What reads a batch and what is kept: the step itself, or all programs of one in parts. */
  readonly #reading: readonly Runnable[];

  constructor(parts: TrainerParts, program: Runnable, reading: readonly Runnable[] = [program]) {
    this.parts = parts;
    this.#program = program;
    this.#reading = reading;
    this.device = parts.device.about;
  }

  /** The inputs of all programs, each once; sums of gradients live within a step. */
  get #inputs(): Port[] {
    const all = this.#reading.flatMap((program) => program.inputs.filter(({ name }) => !name.startsWith("sum.")));
    return [...new Map(all.map((port) => [port.name, port])).values()];
  }

  async load(tensors: ReadonlyMap<string, WeightTensor>): Promise<void> {
    this.close();
    const moving = new Set(this.#program.outputs.map((port) => port.name));
    for (const { name, role, axes } of this.#inputs) {
      if (role !== "weight" && role !== "state") continue;
      const source = tensors.get(name) ?? (moving.has(name) ? undefined : this.parts.frozen?.get(name));
      if (source === undefined && role === "weight") throw new Error(`${this.#program.name}: no weight ${name} was given`);
      const shape = source?.shape ?? axes.map((axis) => Number(axis.size));
      // A copy: the device may keep the array and write into it.
      this.kept[name] =
        source === undefined
          ? this.parts.device.allocate("f32", shape)
          : this.parts.device.upload("f32", shape, source.data.slice());
    }
    this.followed = await openAverages(this.parts.device, this.parts.averages ?? [], this.kept);
  }

  collate(rows: readonly Row[]): Collated {
    return collate(rows, this.#inputs, this.parts.feeds, this.parts.text);
  }

  async step(batch: Collated, scalars: Scalars): Promise<Readonly<Record<string, number>>> {
    const { device, given } = this.parts;
    const fed = passing(device, this.#program, batch, { ...adamw, ...given, ...scalars }, this.kept);
    const into: Record<string, Tensor> = {};
    for (const { name, role } of this.#program.outputs) if (role === "weight" || role === "state") into[name] = this.kept[name]!;
    const out = await device.run(this.#program, { ...this.kept, ...fed }, into);
    const measured: Record<string, number> = {};
    for (const { name, role } of this.#program.outputs) {
      if (role === "loss" || role === "metric") measured[role === "loss" ? "loss" : name] = (await device.read(out[name]!))[0]!;
      if (into[name] === undefined) fed[`out ${name}`] = out[name]!;
    }
    device.release(...Object.values(fed));
    await this.followed();
    return measured;
  }

  read(): Promise<Map<string, WeightTensor>> {
    const moved = this.#program.outputs.filter(({ role }) => role === "weight" || role === "state").map(({ name }) => name);
    const followed = Object.keys(this.kept).filter((name) => follows(this.parts.averages ?? [], name));
    return this.#copies([...moved, ...followed]);
  }

  weights(): Promise<Map<string, WeightTensor>> {
    return this.#copies(this.#inputs.filter(({ role }) => role === "weight").map(({ name }) => name));
  }

  get held(): Tensors {
    return this.kept;
  }

  async #copies(names: readonly string[]): Promise<Map<string, WeightTensor>> {
    const tensors = new Map<string, WeightTensor>();
    for (const name of names) {
      const kept = this.kept[name];
      if (kept !== undefined)
        tensors.set(name, { shape: kept.shape, data: Float32Array.from(await this.parts.device.read(kept)) });
    }
    return tensors;
  }

  close(): void {
    this.parts.device.release(...Object.values(this.kept));
    this.kept = {};
  }
}

/** A trainer that takes each batch in parts. */
class PartsTrainer extends DeviceTrainer {
  readonly #ready: PartsReady;

  constructor(parts: TrainerParts, ready: PartsReady) {
    const { whole, gradient, apply } = ready;
    super(parts, apply, [...(whole ? [whole] : []), gradient, apply]);
    this.#ready = ready;
  }

  override collate(rows: readonly Row[]): Cut {
    const batch = super.collate(rows);
    const size = Math.max(1, Math.ceil(batch.rows.length / this.parts.parts!.count));
    const cuts = Array.from({ length: Math.ceil(batch.rows.length / size) }, (_, i) =>
      batch.rows.slice(i * size, (i + 1) * size),
    );
    return { ...batch, parts: cuts.map((cut) => super.collate(cut)) };
  }

  override async step(batch: Collated, scalars: Scalars): Promise<Readonly<Record<string, number>>> {
    const { device, given } = this.parts;
    const cut = { batch, parts: (batch as Cut).parts };
    const measured = await stepInParts(device, this.#ready, this.kept, cut, { ...adamw, ...given, ...scalars });
    await this.followed();
    return measured;
  }
}
