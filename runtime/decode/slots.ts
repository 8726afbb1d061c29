/**
 * The tensors of a running batch on its device: a slot for each row, into which a row is put where it lies and which is free again when the row
 * is done. Slots, lengths of sources and caches grow and shrink by copying, seldom. Knows nothing of tokens' meaning, strategies or requests.
 */
import type { Port } from "../../kernels/index.ts";
import type { Tensor, Tensors } from "../device/device.ts";
import { capacity } from "./cache-programs.ts";
import { once, rowsOf } from "./caches.ts";
import { from, lengths, placing, resizing } from "./slot-programs.ts";
import type { Read, RowSteps } from "./writer.ts";

/** Lengths are rounded up to so many places, so that a source that is a little longer changes nothing. */
const grain = 32;

export class Slots {
  readonly #rows: RowSteps;
  readonly #ports: readonly Port[];
  readonly #blanks: Record<string, Tensor> = {};
  #held: Record<string, Tensor> = {};
  #sizes = new Map<string, number>();
  /** Of each slot, how long its row's source is with padding, and how many tokens its caches hold; 0 where it is free. */
  #lengths: number[] = [];
  #at: number[] = [];

  constructor(rows: RowSteps) {
    this.#rows = rows;
    const batch = rowsOf(rows.step);
    const passing = new Set(["token", "at"]);
    this.#ports = rows.step.inputs.filter(
      ({ name, role, axes }) => role !== "weight" && axes[0]?.size === batch && !passing.has(name),
    );
  }

  /** How many there are, free ones too. */
  get size(): number {
    return this.#at.length;
  }

  /** What the step keeps and is given, by name, with a row for each slot. */
  get held(): Tensors {
    return this.#held;
  }

  /** The share of the caches' places that hold tokens. */
  get filled(): number {
    const places = this.size * (this.#sizes.get(capacity) ?? 0);
    return places === 0 ? 0 : this.#at.reduce((sum, at) => sum + at, 0) / places;
  }

  /** Makes the slots those of the given places, which may be -1 for a free one; none gives everything back. */
  async arrange(places: readonly number[]): Promise<void> {
    const of = (values: readonly number[]) => places.map((place) => values[place] ?? 0);
    const [before, kept] = [this.size, of(this.#lengths)];
    this.#at = of(this.#at);
    this.#lengths = kept;
    if (places.length === 0) return this.close();
    const sizes = new Map([...this.#symbols()].map((symbol) => [symbol, this.#needed(symbol)]));
    if (before === 0) return this.#allocate(sizes);
    await this.#copy(
      places.map((place) => Math.max(0, place)),
      sizes,
    );
  }

  /** Puts a row of what was read into a free slot. */
  async put(read: Read, row: number, slot: number): Promise<void> {
    const { device, step } = this.#rows;
    this.#lengths[slot] = read.lengths[row]!;
    this.#at[slot] = read.at[row]!;
    await this.#fit();
    const given = this.#ports.filter(({ name }) => read.tensors[name] !== undefined || !this.#grows(name));
    const source = once(step, `put ${given.map(({ name }) => name).join()}`, () => placing(`${step.name}.put`, given));
    const program = await device.prepare(source);
    const own = this.#indices(given, read);
    own.row = device.upload("i32", [1], Int32Array.of(row));
    own.place = device.upload("i32", [], Int32Array.of(slot));
    const reads = Object.fromEntries(
      given.map(({ name }) => [from(name), read.tensors[name] ?? this.#blank(name, read.at.length)]),
    );
    await device.run(program, { ...this.#held, ...reads, ...own }, this.#held);
    device.release(...Object.values(own));
  }

  /** Empties a slot; what stands there is read by nobody. */
  free(slot: number): void {
    this.#at[slot] = 0;
    this.#lengths[slot] = 0;
  }

  /** One token for each slot that `live` names, whatever for the others: log-probabilities of what follows, [slots, vocab]. */
  async step(tokens: readonly number[], live: readonly boolean[]): Promise<Tensor> {
    const { device, step, weights } = this.#rows;
    const past = this.#at.reduce((most, at) => Math.max(most, at), 0);
    await this.#fit(past + 1);
    const passing: Record<string, Tensor> = {
      token: device.upload("i32", [this.size, 1], Int32Array.from(tokens)),
      at: device.upload("i32", [this.size], Int32Array.from(this.#at)),
      past: device.upload("i32", [], Int32Array.of(past)),
    };
    const wanted = new Set(step.inputs.map(({ name }) => name));
    const given = Object.fromEntries(Object.entries(passing).filter(([name]) => wanted.has(name)));
    const out = await device.run(step, { ...weights, ...this.#held, ...given }, this.#held);
    device.release(...Object.values(passing));
    this.#at = this.#at.map((at, slot) => (live[slot] ? at + 1 : at));
    return out.next!;
  }

  /** Gives back what the device holds for it. */
  close(): void {
    this.#rows.device.release(...Object.values(this.#held), ...Object.values(this.#blanks));
    for (const name of Object.keys(this.#blanks)) delete this.#blanks[name];
    this.#held = {};
    this.#sizes = new Map();
    this.#lengths = [];
    this.#at = [];
  }

  /** Makes room for the longest row, and for so many tokens in each cache. */
  async #fit(tokens = 0): Promise<void> {
    const sizes = new Map<string, number>();
    for (const symbol of this.#symbols()) {
      const held = this.#sizes.get(symbol)!;
      const needed = Math.max(this.#needed(symbol), symbol === capacity ? tokens : 0);
      // Caches grow by doubling: they do so while their rows are written.
      if (needed > held) sizes.set(symbol, symbol === capacity ? Math.max(2 * held, needed) : needed);
    }
    if (sizes.size > 0) await this.#copy([...this.#at.keys()], new Map([...this.#sizes, ...sizes]));
  }

  #symbols(): Set<string> {
    return new Set(this.#ports.flatMap(lengths));
  }

  #needed(symbol: string): number {
    const most = (symbol === capacity ? this.#at : this.#lengths).reduce((a, b) => Math.max(a, b), 0);
    return grain * Math.ceil((most + 1) / grain);
  }

  #grows(name: string): boolean {
    return this.#ports.some((port) => port.name === name && lengths(port).includes(capacity));
  }

  #allocate(sizes: Map<string, number>): void {
    this.#sizes = sizes;
    for (const { name, dtype, axes } of this.#ports)
      this.#held[name] = this.#rows.device.allocate(
        dtype,
        axes.map(({ size }, i) => (i === 0 ? this.size : typeof size === "number" ? size : sizes.get(size as string)!)),
      );
  }

  async #copy(places: readonly number[], sizes: Map<string, number>): Promise<void> {
    const { device, step } = this.#rows;
    const program = await device.prepare(once(step, "resize", () => resizing(`${step.name}.resize`, this.#ports)));
    const old = { tensors: this.#held };
    this.#sizes = sizes;
    const own = this.#indices(this.#ports, old);
    own.places = device.upload("i32", [places.length], Int32Array.from(places));
    const reads = Object.fromEntries(this.#ports.map(({ name }) => [from(name), old.tensors[name]!]));
    this.#held = await device.run(program, { ...reads, ...own });
    device.release(...Object.values(own), ...Object.values(old.tensors));
  }

  /** By symbol of a size, which place of what is read stands at each place of the batch's. */
  #indices(ports: readonly Port[], { tensors }: { readonly tensors: Tensors }): Record<string, Tensor> {
    const indices: Record<string, Tensor> = {};
    for (const { name, axes } of ports) {
      for (const [i, { size }] of axes.entries()) {
        if (i === 0 || typeof size !== "string" || indices[`to.${size}`]) continue;
        const last = tensors[name]!.shape[i]! - 1;
        const places = Int32Array.from({ length: this.#sizes.get(size)! }, (_, place) => Math.min(place, last));
        indices[`to.${size}`] = this.#rows.device.upload("i32", [places.length], places);
      }
    }
    return indices;
  }

  /** Zeros for a state that begins with nothing. */
  #blank(name: string, rows: number): Tensor {
    const port = this.#ports.find((each) => each.name === name)!;
    const shape = port.axes.map(({ size }, i) => (i === 0 ? rows : (size as number)));
    const known = this.#blanks[name];
    if (known?.shape[0] === rows) return known;
    if (known) this.#rows.device.release(known);
    this.#blanks[name] = this.#rows.device.allocate(port.dtype, shape);
    return this.#blanks[name]!;
  }
}
