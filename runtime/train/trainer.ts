/**
 * A training step is a compiled program whose weights and moments stay on a device and move on in place. Knows nothing of schedules,
 * checkpoints or data, and any objective is the same to it.
 */
import { type Collate, type Collated, collate, type Feeds, filled } from "../data/feeds.ts";
import type { Row } from "../data/row.ts";
import type { Device, ProgramSource, Runnable, Tensor } from "../device/device.ts";
import type { WeightTensor } from "../weights/tensors.ts";
import type { Scalars, Trainer } from "./fit.ts";

/** AdamW's constants (Loshchilov and Hutter 2019), as the step program's scalars are named. */
export const adamw = { beta1: 0.9, beta2: 0.98, epsilon: 1e-9 } as const;

/** What a trainer is made of. */
export type TrainerParts = {
  readonly device: Device;
  /** The objective's step: batch, weights, moments and scalars in; loss, metrics, weights and moments out. */
  readonly program: ProgramSource;
  readonly feeds: Feeds;
  readonly text: Collate;
  /** Numbers that the objective was given, by the names of the program's scalars. */
  readonly given: Readonly<Record<string, number>>;
  /** Weights of models that the objective reads and does not train, by the program's names. */
  readonly frozen?: ReadonlyMap<string, WeightTensor>;
  /** Which of those follow trained weights: `to` and `from` are prefixes of names, and `decay` of the old stays at each step. */
  readonly averages?: readonly { readonly to: string; readonly from: string; readonly decay: number }[];
};

/** Compiles the step on the device. */
export async function openTrainer(parts: TrainerParts): Promise<Trainer> {
  return new DeviceTrainer(parts, await parts.device.prepare(parts.program));
}

class DeviceTrainer implements Trainer {
  readonly device: string;
  #parts: TrainerParts;
  #program: Runnable;
  #kept: Record<string, Tensor> = {};

  constructor(parts: TrainerParts, program: Runnable) {
    this.#parts = parts;
    this.#program = program;
    this.device = parts.device.about;
  }

  async load(tensors: ReadonlyMap<string, WeightTensor>): Promise<void> {
    this.close();
    const moving = new Set(this.#program.outputs.map((port) => port.name));
    for (const { name, role, axes } of this.#program.inputs) {
      if (role !== "weight" && role !== "state") continue;
      const source = tensors.get(name) ?? (moving.has(name) ? undefined : this.#parts.frozen?.get(name));
      if (source === undefined && role === "weight") throw new Error(`${this.#program.name}: no weight ${name} was given`);
      const shape = source?.shape ?? axes.map((axis) => Number(axis.size));
      // A copy: the device may keep the array and write into it.
      this.#kept[name] =
        source === undefined
          ? this.#parts.device.allocate("f32", shape)
          : this.#parts.device.upload("f32", shape, source.data.slice());
    }
  }

  collate(rows: readonly Row[]): Collated {
    return collate(rows, this.#program.inputs, this.#parts.feeds, this.#parts.text);
  }

  async step(batch: Collated, scalars: Scalars): Promise<Readonly<Record<string, number>>> {
    const { device, given } = this.#parts;
    const numbers: Record<string, number> = { ...adamw, ...given, ...scalars };
    const passing: Record<string, Tensor> = {};
    for (const { name, role, dtype } of this.#program.inputs) {
      if (role === "data") {
        const values = batch.values[name];
        if (values === undefined) throw new Error(`${this.#program.name}: no feed says what ${name} holds`);
        passing[name] = device.upload(values.dtype, values.shape, values.data);
      } else if (role === "scalar") {
        const value = numbers[name];
        if (value === undefined) throw new Error(`${this.#program.name}: nothing gives the scalar ${name}`);
        const { shape, data } = filled(dtype, [], () => value);
        passing[name] = device.upload(dtype, shape, data);
      }
    }
    const into: Record<string, Tensor> = {};
    for (const { name, role } of this.#program.outputs) if (role === "weight" || role === "state") into[name] = this.#kept[name]!;
    const out = await device.run(this.#program, { ...this.#kept, ...passing }, into);
    const measured: Record<string, number> = {};
    for (const { name, role } of this.#program.outputs) {
      if (role === "loss" || role === "metric") measured[role === "loss" ? "loss" : name] = (await device.read(out[name]!))[0]!;
      if (into[name] === undefined) passing[`out ${name}`] = out[name]!;
    }
    device.release(...Object.values(passing));
    for (const average of this.#parts.averages ?? []) await this.#follow(average);
    return measured;
  }

  /** Moves an average after the weights that it follows. */
  async #follow({ to, from, decay }: { to: string; from: string; decay: number }): Promise<void> {
    const { device } = this.#parts;
    for (const [name, tensor] of Object.entries(this.#kept)) {
      const now = name.startsWith(to) ? this.#kept[`${from}${name.slice(to.length)}`] : undefined;
      if (now === undefined) continue;
      const [old, fresh] = [await device.read(tensor), await device.read(now)];
      for (let i = 0; i < old.length; i++) old[i] = decay * old[i]! + (1 - decay) * fresh[i]!;
      device.write(tensor, old);
    }
  }

  async read(): Promise<Map<string, WeightTensor>> {
    const tensors = new Map<string, WeightTensor>();
    const moved = this.#program.outputs.filter(({ role }) => role === "weight" || role === "state").map(({ name }) => name);
    const followed = Object.keys(this.#kept).filter((name) => this.#parts.averages?.some(({ to }) => name.startsWith(to)));
    for (const name of [...moved, ...followed]) {
      const kept = this.#kept[name];
      if (kept !== undefined)
        tensors.set(name, { shape: kept.shape, data: Float32Array.from(await this.#parts.device.read(kept)) });
    }
    return tensors;
  }

  close(): void {
    this.#parts.device.release(...Object.values(this.#kept));
    this.#kept = {};
  }
}
