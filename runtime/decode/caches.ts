/**
 * What a step keeps for its rows, on the device: caches with room for more tokens than are written, which grow by doubling, and
 * states of fixed size. Rows change places there, too. Knows nothing of tokens or of what the states mean.
 */
import type { Port } from "../../kernels/index.ts";
import type { Device, ProgramSource, Runnable, Tensor, Tensors } from "../device/device.ts";
import { capacity, growing, reordering } from "./cache-programs.ts";

/** Programs over a step's tensors, made once for the step. */
const made = new WeakMap<Runnable, Map<string, ProgramSource>>();

/** A program over what a step holds or tells, made once for the step. */
export function once(step: Runnable, what: string, make: () => ProgramSource): ProgramSource {
  const known = made.get(step) ?? new Map<string, ProgramSource>();
  made.set(step, known);
  const source = known.get(what) ?? make();
  known.set(what, source);
  return source;
}

/** The symbol that counts rows: the first axis of what each step is given anew. */
export const rowsOf = (step: Runnable): string | number | undefined =>
  step.inputs.find(({ name, role }) => role === "data" && (name === "token" || name === "at"))?.axes[0]?.size;

export class Caches {
  /** The states as the step takes them. */
  readonly held: Record<string, Tensor> = {};
  /** How many tokens the caches have room for. */
  room: number;
  readonly #device: Device;
  readonly #step: Runnable;

  /** Zeros for `rows` rows; `sizes` are the other symbols of the states' shapes. */
  constructor(device: Device, step: Runnable, rows: number, room: number, sizes: ReadonlyMap<string, number>) {
    this.#device = device;
    this.#step = step;
    this.room = room;
    const batch = rowsOf(step);
    const size = (s: number | string): number =>
      typeof s === "number" ? s : s === capacity ? room : s === batch ? rows : sizes.get(s)!;
    for (const port of this.#states)
      this.held[port.name] = device.allocate(
        port.dtype,
        port.axes.map((a) => size(a.size)),
      );
  }

  /** States are outputs of the step under an input's name. */
  get #states(): Port[] {
    const moved = new Set(this.#step.outputs.filter(({ role }) => role === "state").map(({ name }) => name));
    return this.#step.inputs.filter(({ name, role }) => role === "state" && moved.has(name));
  }

  /** Makes sure that `tokens` tokens fit. */
  async fit(tokens: number): Promise<void> {
    if (tokens <= this.room) return;
    const ports = this.#states.filter(({ axes }) => axes.some((a) => a.size === capacity));
    const room = Math.max(tokens, 2 * this.room);
    if (ports.length > 0) {
      const program = await this.#device.prepare(once(this.#step, "grow", () => growing(`${this.#step.name}.grow`, ports)));
      const more = this.#device.upload("i32", [], Int32Array.of(room - this.room));
      await this.#replace(this.held, ports, program, { more });
    }
    this.room = room;
  }

  /** Puts rows in the places of others: of the states, and of the tensors in `also` (inputs of the step) that have rows. */
  async reorder(places: readonly number[], also: Record<string, Tensor> = {}): Promise<void> {
    const batch = rowsOf(this.#step);
    for (const [what, tensors] of [
      ["states", this.held],
      ["given", also],
    ] as const) {
      const ports = this.#step.inputs.filter(({ name, axes }) => tensors[name] !== undefined && axes[0]?.size === batch);
      await this.place(what, tensors, ports, places);
    }
  }

  /** Puts rows of the tensors of `ports`, known as `what`, in the places of others. */
  async place(what: string, tensors: Record<string, Tensor>, ports: readonly Port[], places: readonly number[]): Promise<void> {
    if (ports.length === 0) return;
    const source = once(this.#step, `reorder ${what}`, () => reordering(`${this.#step.name}.reorder`, ports));
    const to = this.#device.upload("i32", [places.length], Int32Array.from(places));
    await this.#replace(tensors, ports, await this.#device.prepare(source), { places: to });
  }

  /** Gives back what the device holds for it. */
  close(): void {
    this.#device.release(...Object.values(this.held));
    for (const name of Object.keys(this.held)) delete this.held[name];
  }

  async #replace(tensors: Record<string, Tensor>, ports: readonly Port[], program: Runnable, given: Tensors): Promise<void> {
    const old = Object.fromEntries(ports.map(({ name }) => [name, tensors[name]!]));
    const out = await this.#device.run(program, { ...old, ...given });
    for (const { name } of ports) tensors[name] = out[name]!;
    this.#device.release(...Object.values(old), ...Object.values(given));
  }
}
