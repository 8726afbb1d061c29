/** Chooses the next token of every row of a step on its device: see `sampling-programs.ts`. Knows nothing of models or text. */
import type { Device, Runnable, Tensor } from "../device/device.ts";
import { once } from "./caches.ts";
import type { Allowed, Cut } from "./choose.ts";
import { choosingOf, choosingProgram } from "./sampling-programs.ts";

/** What rows are to be chosen by: a cut for all, a random number and what is allowed for each. */
export type Draws = { readonly cut: Cut; readonly uniforms: Float32Array; readonly allowed: readonly (Allowed | undefined)[] };

/** The chosen tokens, and the model's own log-probability of each. */
export type Chosen = { readonly ids: Int32Array; readonly logps: Float32Array };

/** So low that no odds are left. */
const never = -1e30;
/** So many different masks are kept. */
const kept = 64;

const all: Allowed = () => true;

export class Choosing {
  readonly #device: Device;
  readonly #step: Runnable;
  #masks: Allowed[] = [];
  #table: Tensor | undefined;

  constructor(device: Device, step: Runnable) {
    this.#device = device;
    this.#step = step;
  }

  /** Chooses for every row of `next` (log-probabilities [rows, vocab]), which is released. */
  async choose(next: Tensor, { cut, uniforms, allowed }: Draws): Promise<Chosen> {
    const device = this.#device;
    const masked = allowed.some((each) => each !== undefined);
    const how = choosingOf(cut, masked);
    const port = this.#step.outputs.find(({ name }) => name === "next")!;
    const source = once(this.#step, `choose ${JSON.stringify(how)}`, () =>
      choosingProgram(`${this.#step.name}.choose`, port, how),
    );
    const program = await device.prepare(source);
    const given: Record<string, Tensor> = {};
    for (const { name, role } of program.inputs) {
      if (name === "uniform") given[name] = device.upload("f32", [uniforms.length], uniforms);
      if (name === "mask") given[name] = device.upload("i32", [allowed.length], this.#which(allowed, next.shape[1]!));
      if (role === "scalar") given[name] = device.upload("f32", [], Float32Array.of(cut[name as keyof Cut]));
    }
    const out = await device.run(program, { ...given, [port.name]: next, ...(masked && { masks: this.#table! }) });
    const [ids, logps] = [(await device.read(out.id!)) as Int32Array, (await device.read(out.logp!)) as Float32Array];
    device.release(next, ...Object.values(given), ...Object.values(out));
    return { ids, logps };
  }

  close(): void {
    if (this.#table) this.#device.release(this.#table);
    this.#table = undefined;
    this.#masks = [];
  }

  /** The place of each row's mask in the table, which is made anew when there is one that it lacks. */
  #which(allowed: readonly (Allowed | undefined)[], vocab: number): Int32Array {
    const wanted = new Set(allowed.map((each) => each ?? all));
    if (this.#table === undefined || [...wanted].some((each) => !this.#masks.includes(each))) {
      const before = this.#masks.length > kept ? [] : this.#masks;
      this.close();
      this.#masks = [...new Set([...before, ...wanted])];
      const values = new Float32Array(this.#masks.length * vocab);
      this.#masks.forEach((may, row) => {
        for (let id = 0; id < vocab; id++) if (!may(id)) values[row * vocab + id] = never;
      });
      this.#table = this.#device.upload("f32", [this.#masks.length, vocab], values);
    }
    const places = new Map(this.#masks.map((mask, place) => [mask, place]));
    return Int32Array.from(allowed, (each) => places.get(each ?? all)!);
  }
}
