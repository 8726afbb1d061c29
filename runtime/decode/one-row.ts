/**
 * One row of a step's caches, taken out of a batch or put into one, with as many places as are wanted. It is copied where the tensors lie. Knows
 * nothing of what they mean.
 */
import type { Port } from "../../kernels/index.ts";
import type { Device, ProgramSource, Runnable, Tensor, Tensors } from "../device/device.ts";
import { capacity } from "./cache-programs.ts";
import { once } from "./caches.ts";
import { bytesOf } from "./kept.ts";
import { from, lengths, placing, resizing } from "./slot-programs.ts";

export class OneRow {
  readonly #device: Device;
  readonly #step: Runnable;
  readonly #ports: readonly Port[];

  constructor(device: Device, step: Runnable) {
    this.#device = device;
    this.#step = step;
    this.#ports = step.inputs.filter((port) => port.role === "state" && lengths(port).includes(capacity));
  }

  /** The bytes of the first `length` places of a row. */
  bytes(held: Tensors, length: number): number {
    const all = this.#ports.map(({ name }) => held[name]!);
    return (bytesOf(all) / (all[0]!.shape[0]! * placesOf(this.#ports[0]!, held))) * length;
  }

  /** The first `length` places of a row, in tensors of their own. */
  taken(held: Tensors, row: number, length: number): Promise<Record<string, Tensor>> {
    const source = once(this.#step, "take", () => resizing(`${this.#step.name}.take`, this.#ports));
    return this.#run(source, held, length, { places: Int32Array.of(row) });
  }

  /** Puts a single row into the place of one in `held`, which have room for it; what stands behind it there is to be overwritten. */
  async put(single: Tensors, held: Record<string, Tensor>, row: number): Promise<void> {
    const source = once(this.#step, "lay", () => placing(`${this.#step.name}.lay`, this.#ports));
    const room = placesOf(this.#ports[0]!, held);
    await this.#run(source, single, room, { row: Int32Array.of(0), place: row }, held);
  }

  async #run(
    source: ProgramSource,
    read: Tensors,
    room: number,
    given: Readonly<Record<string, Int32Array | number>>,
    into: Tensors = {},
  ): Promise<Record<string, Tensor>> {
    const device = this.#device;
    const last = placesOf(this.#ports[0]!, read) - 1;
    const own = {
      [`to.${capacity}`]: device.upload(
        "i32",
        [room],
        Int32Array.from({ length: room }, (_, place) => Math.min(place, last)),
      ),
      ...Object.fromEntries(
        Object.entries(given).map(([name, value]) =>
          typeof value === "number"
            ? [name, device.upload("i32", [], Int32Array.of(value))]
            : [name, device.upload("i32", [value.length], value)],
        ),
      ),
    };
    const reads = Object.fromEntries(this.#ports.map(({ name }) => [from(name), read[name]!]));
    const out = await device.run(await device.prepare(source), { ...into, ...reads, ...own }, into);
    device.release(...Object.values(own));
    return out;
  }
}

/** How many places the caches of a port have. */
const placesOf = ({ name, axes }: Port, held: Tensors): number =>
  held[name]!.shape[axes.findIndex(({ size }) => size === capacity)]!;
