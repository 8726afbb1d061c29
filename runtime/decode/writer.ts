/**
 * The compiled programs of a model write: `encode` runs once over the sources, `step` once per token with caches that grow on the device.
 * Which tensors are caches follows from the programs' ports. Knows nothing of prompts, text or strategies.
 */
import type { Port } from "../../kernels/index.ts";
import { type Feed, type Feeds, filled } from "../data/feeds.ts";
import { arrayOf, type Device, type ProgramSource, type Runnable, type Tensor, type Tensors } from "../device/device.ts";
import type { Weights } from "../weights/tensors.ts";
import type { Writer } from "./decode.ts";

/** A program with what its data inputs hold. */
export type FedProgram = { readonly program: ProgramSource; readonly feeds: Feeds };

/** A model whose weights lie on a device, ready to write. */
export interface Model {
  readonly device: Device;
  /** Encodes sources (token ids per row; lengths may differ) into a writer for all of them. */
  encode(sources: readonly (readonly number[])[]): Promise<Writer>;
  close(): void;
}

/** What a model is opened from. */
export type ModelParts = {
  readonly device: Device;
  readonly weights: Weights;
  readonly encode: FedProgram;
  readonly step: FedProgram;
  readonly pad: number;
};

/** Puts a model's weights on the device, once for all of its programs. */
export async function openModel(parts: ModelParts): Promise<Model> {
  const encode = await parts.device.prepare(parts.encode.program);
  const step = await parts.device.prepare(parts.step.program);
  const wanted = new Set([...encode.inputs, ...step.inputs].filter((port) => port.role === "weight").map((port) => port.name));
  const weights: Record<string, Tensor> = {};
  for (const name of wanted) {
    const tensor = parts.weights.get(name);
    if (tensor === undefined) throw new Error(`${step.name}: no weight ${name} was given`);
    weights[name] = parts.device.upload("f32", tensor.shape, tensor.data.slice());
  }
  return {
    device: parts.device,
    async encode(sources) {
      const inputs = sourceInputs(parts, encode, sources);
      const encoded = await parts.device.run(encode, { ...pick(weights, encode), ...inputs });
      return new StepWriter(parts, step, pick(weights, step), { ...inputs, ...encoded }, sources.length);
    },
    close: () => parts.device.release(...Object.values(weights)),
  };
}

function pick(weights: Tensors, program: Runnable): Tensors {
  return Object.fromEntries(
    program.inputs.filter((port) => port.role === "weight").map((port) => [port.name, weights[port.name]!]),
  );
}

function sourceInputs(parts: ModelParts, program: Runnable, sources: readonly (readonly number[])[]): Record<string, Tensor> {
  const width = sources.reduce((most, source) => Math.max(most, source.length), 1);
  const inputs: Record<string, Tensor> = {};
  for (const { name, role, dtype } of program.inputs) {
    if (role !== "data") continue;
    const feed = parts.encode.feeds[name];
    if (feed?.kind !== "source") throw new Error(`${program.name}: no feed says what ${name} holds`);
    const values = filled(dtype, [sources.length, width], (flat) => {
      const source = sources[Math.floor(flat / width)]!;
      const at = flat % width;
      if (feed.as === "position") return at;
      if (feed.as === "present" || feed.as === "segment") return at < source.length ? 1 : 0;
      return source[at] ?? parts.pad;
    });
    inputs[name] = parts.device.upload(dtype, values.shape, values.data);
  }
  return inputs;
}

class StepWriter implements Writer {
  rows: number;
  #parts: ModelParts;
  #program: Runnable;
  #weights: Tensors;
  #fixed: Record<string, Tensor>;
  #caches: Record<string, Tensor> = {};
  #written = 0;

  constructor(parts: ModelParts, program: Runnable, weights: Tensors, fixed: Record<string, Tensor>, rows: number) {
    this.#parts = parts;
    this.#program = program;
    this.#weights = weights;
    this.#fixed = fixed;
    this.rows = rows;
    const grown = new Set(program.outputs.filter((port) => port.role === "state").map((port) => port.name));
    const sizes = this.#sizes();
    for (const port of program.inputs) {
      if (!grown.has(port.name)) continue;
      // A symbol that no encoded tensor has is the number of tokens written so far.
      this.#caches[port.name] = parts.device.allocate(
        port.dtype,
        port.axes.map(({ size }) => (typeof size === "number" ? size : (sizes.get(size) ?? 0))),
      );
    }
  }

  async next(tokens: readonly number[]): Promise<Float32Array> {
    const { device } = this.#parts;
    const passing: Record<string, Tensor> = {};
    const inputs: Record<string, Tensor> = { ...this.#weights, ...this.#caches };
    for (const port of this.#program.inputs) {
      if (inputs[port.name] !== undefined) continue;
      const fixed = this.#fixed[port.name];
      inputs[port.name] = fixed ?? this.#tokenInput(port, tokens, passing);
    }
    const out = await device.run(this.#program, inputs);
    const next = (await device.read(out.next!)) as Float32Array;
    passing.next = out.next!;
    for (const name of Object.keys(this.#caches)) {
      passing[`old ${name}`] = this.#caches[name]!;
      this.#caches[name] = out[name]!;
    }
    device.release(...Object.values(passing));
    this.#written++;
    return next;
  }

  close(): void {
    this.#parts.device.release(...Object.values(this.#fixed), ...Object.values(this.#caches));
    this.#fixed = {};
    this.#caches = {};
  }

  async select(places: readonly number[]): Promise<void> {
    for (const port of this.#program.inputs) await this.#gather(this.#fixed, port, places);
    await this.reorder(places);
    this.rows = places.length;
  }

  async reorder(places: readonly number[]): Promise<void> {
    for (const port of this.#program.inputs) await this.#gather(this.#caches, port, places);
  }

  /** Puts rows of a tensor in the places of others, where its first axis counts rows. */
  async #gather(held: Record<string, Tensor>, { name, axes }: Port, places: readonly number[]): Promise<void> {
    const tensor = held[name];
    if (tensor === undefined || axes[0]?.size !== this.#batch) return;
    const { device } = this.#parts;
    const data = await device.read(tensor);
    const [rows = 1, ...rest] = tensor.shape;
    const width = data.length / Math.max(1, rows);
    const moved = new (arrayOf(tensor.dtype))(places.length * width);
    places.forEach((from, to) => void moved.set(data.subarray(from * width, (from + 1) * width), to * width));
    held[name] = device.upload(tensor.dtype, [places.length, ...rest], moved);
    device.release(tensor);
  }

  /** The symbol that counts rows: the first axis of what each step is given anew. */
  get #batch(): string | number | undefined {
    const given = this.#program.inputs.find(
      ({ name, role }) => role === "data" && this.#fixed[name] === undefined && this.#caches[name] === undefined,
    );
    return given?.axes[0]?.size;
  }

  #tokenInput(port: Port, tokens: readonly number[], passing: Record<string, Tensor>): Tensor {
    const feed: Feed | undefined = this.#parts.step.feeds[port.name];
    const as =
      feed?.kind === "target" ? feed.as : port.name === "position" ? "position" : port.name === "token" ? "input" : undefined;
    if (port.role !== "data" || as === undefined) throw new Error(`${this.#program.name}: nothing gives ${port.name}`);
    const shape = port.axes.map((_, axis) => (axis === 0 ? tokens.length : 1));
    const values = filled(port.dtype, shape, (row) =>
      as === "position" ? this.#written : as === "present" || as === "segment" ? 1 : tokens[row]!,
    );
    passing[port.name] = this.#parts.device.upload(port.dtype, shape, values.data);
    return passing[port.name]!;
  }

  /** What the encoded tensors say of the symbols in the step's ports. */
  #sizes(): Map<string, number> {
    const sizes = new Map<string, number>();
    for (const port of this.#program.inputs) {
      const tensor = this.#fixed[port.name];
      port.axes.forEach(({ size }, axis) => {
        if (typeof size === "string" && tensor !== undefined) sizes.set(size, tensor.shape[axis]!);
      });
      const first = port.axes[0]?.size;
      if (this.#parts.step.feeds[port.name] !== undefined && typeof first === "string") sizes.set(first, this.rows);
    }
    return sizes;
  }
}
