/**
 * The compiled programs of a model write. With an encoder, `encode` runs once over the sources and `step` once per token; without
 * one, `prefill` reads the prompts and fills the caches that `step` goes on with. Caches stay on the device and move on in place.
 * Which tensors are which follows from the programs' ports. Knows nothing of prompts, text or strategies.
 */
import type { Port, Scheme } from "../../kernels/index.ts";
import { type Feeds, filled } from "../data/feeds.ts";
import type { Device, ProgramSource, Runnable, Tensor, Tensors } from "../device/device.ts";
import type { Weights } from "../weights/tensors.ts";
import { Caches } from "./caches.ts";
import { Choosing, type Chosen, type Draws } from "./choosing.ts";
import type { Writer } from "./decode.ts";
import { quantizedProgram, uploaded } from "./quantization.ts";

/** A program with what its data inputs hold. */
export type FedProgram = { readonly program: ProgramSource; readonly feeds: Feeds };

/** A model whose weights lie on a device, ready to write. */
export interface Model {
  readonly device: Device;
  /** Sources and what is written after them are one text, and share the window. */
  readonly joined: boolean;
  /** Reads sources (token ids per row; lengths may differ) into a writer for all of them, with room for `most` tokens at first. */
  encode(sources: readonly (readonly number[])[], most?: number): Promise<Writer>;
  /** What rows that come and go are written with; undefined where all rows of a step stand at one place. */
  readonly rows: RowSteps | undefined;
  close(): void;
}

/** A step for rows each at a place of its own, and what reads sources for it. */
export type RowSteps = {
  readonly device: Device;
  readonly step: Runnable;
  readonly weights: Tensors;
  /** Reads sources: what the step is given of them. A source is followed by one place of padding at least. */
  read(sources: readonly (readonly number[])[]): Promise<Read>;
  /** Where there is an encoder, or states that no beginning of a text can be cut from, sources are read whole. */
  readonly resume?: Resume | undefined;
};

/** Reads texts on from where caches end. */
export type Resume = {
  /** What stands before each text. */
  readonly begin: number;
  /**
   * `held` are caches with a row for each text and room for the longest past and the longest rest together, in which there are `at` tokens of each:
   * fills them with the rest of each, and tells log-probabilities of what follows, [rows, vocab].
   */
  read(held: Tensors, at: readonly number[], rest: readonly (readonly number[])[]): Promise<Tensor>;
};

/**
 * Sources that were read: inputs of the step by name, row by row; how long each row's source is with its padding; how many tokens each has in its
 * caches; and where prompts were prefilled the log-probabilities of what follows them, [rows, vocab].
 */
export type Read = {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly lengths: readonly number[];
  readonly at: readonly number[];
  readonly next?: Tensor;
};

/** What a model is opened from. */
export type ModelParts = {
  readonly device: Device;
  readonly weights: Weights;
  /** Weights that lie on the device already and stay another's, in place of those above. */
  readonly lent?: Tensors;
  /** What reads the sources: `encode` of a model with an encoder, `prefill` of one without. */
  readonly encode?: FedProgram | undefined;
  readonly prefill?: FedProgram | undefined;
  /** What reads prompts in the place of `prefill` where it writes for long: on from what was read before. */
  readonly resume?: FedProgram | undefined;
  readonly step: FedProgram;
  /** The step of a model with an encoder whose rows stand at places of their own. */
  readonly apart?: FedProgram | undefined;
  /** How the weights are stored while it writes; in f32 without. */
  readonly scheme?: Scheme | undefined;
  /** Whether it will write for long with these weights, so that loading it may take a while: its programs are made for them. */
  readonly lasting?: boolean;
  readonly pad: number;
  /** What stands before a prompt that is prefilled. */
  readonly begin: number;
};

/** Puts a model's weights on the device, once for all of its programs. */
export async function openModel(parts: ModelParts): Promise<Model> {
  const { device } = parts;
  const resumes = parts.encode === undefined && parts.lasting && parts.resume;
  const reads = resumes || (parts.encode ?? parts.prefill);
  if (reads === undefined) throw new Error(`nothing reads the sources of ${parts.step.program.name}`);
  const { scheme } = parts;
  // Who writes for long answers one who comes while others are written; a recipe writes batches whose rows are all in step, which is quicker.
  const stepping = (parts.lasting && parts.apart) || parts.step;
  const narrow = scheme && (await Promise.all([quantizedProgram(reads, scheme), quantizedProgram(stepping, scheme)]));
  const sources = [(narrow?.[0].fed ?? reads).program, (narrow?.[1].fed ?? stepping).program] as const;
  const wanted = new Set(sources.flatMap(({ inputs }) => inputs.filter(({ role }) => role === "weight").map(({ name }) => name)));
  const { lent = {} } = parts;
  const missing = new Set([...wanted].filter((name) => lent[name] === undefined));
  const own = uploaded(device, parts.weights, narrow?.flatMap(({ layouts }) => layouts) ?? [], missing);
  const weights = { ...own, ...lent };
  for (const name of wanted) if (weights[name] === undefined) throw new Error(`${sources[1].name}: no weight ${name} was given`);
  const ready = (source: ProgramSource) => device.prepare(source, parts.lasting ? { constants: pick(weights, source) } : {});
  const [first, step] = [await ready(sources[0]), await ready(sources[1])];
  // What became constant is held by the programs; the device frees the rest of it.
  if (parts.lasting) device.release(...Object.values(own));
  const apart = step.inputs.some(({ name }) => name === "at");
  const read: RowSteps["read"] = (texts) => readRows(parts, first, step, pick(weights, first), texts);
  const resume = resumes ? resuming(parts, first, pick(weights, first)) : undefined;
  return {
    device,
    joined: parts.encode === undefined,
    rows: apart ? { device, step, weights: pick(weights, step), read, resume } : undefined,
    async encode(sources, most = 64) {
      const begun = { device, step, weights: pick(weights, step), room: most };
      if (parts.encode === undefined) return prefilled(begun, first, pick(weights, first), sources, parts);
      const inputs = sourceInputs(parts, first, sources);
      const encoded = await device.run(first, { ...pick(weights, first), ...inputs });
      const fixed = { ...inputs, ...encoded };
      return new StepWriter({ ...begun, fixed, at: sources.map(() => 0) });
    },
    close: () => (parts.lasting ? void ended(device, [first, step]) : device.release(...Object.values(own))),
  };
}

async function ended(device: Device, programs: readonly Runnable[]): Promise<void> {
  for (const program of programs) await device.discard(program);
}

function pick(weights: Tensors, program: Pick<Runnable, "inputs">): Tensors {
  return Object.fromEntries(
    program.inputs.filter((port) => port.role === "weight").map((port) => [port.name, weights[port.name]!]),
  );
}

/** Reads sources into rows of their own, by the encoder or by prefilling caches. */
async function readRows(
  parts: ModelParts,
  first: Runnable,
  step: Runnable,
  weights: Tensors,
  sources: readonly (readonly number[])[],
): Promise<Read> {
  const { device } = parts;
  if (parts.encode === undefined) {
    const { given, at, width } = promptInputs(parts, first, begun(parts, sources));
    const { held } = new Caches(device, step, sources.length, width, new Map());
    const { next } = await prefill(device, first, { ...weights, ...given }, held);
    device.release(...Object.values(given));
    return { tensors: held, lengths: at, at, next };
  }
  const inputs = sourceInputs(parts, first, sources, 1);
  const encoded = await device.run(first, { ...weights, ...inputs });
  const wanted = new Set(step.inputs.map(({ name }) => name));
  const tensors = Object.fromEntries(Object.entries({ ...inputs, ...encoded }).filter(([name]) => wanted.has(name)));
  const kept = new Set(Object.values(tensors));
  device.release(...[...Object.values(inputs), ...Object.values(encoded)].filter((tensor) => !kept.has(tensor)));
  return { tensors, lengths: sources.map((source) => source.length + 1), at: sources.map(() => 0) };
}

/** Runs a prefill into caches; its log-probabilities of what follows. */
async function prefill(device: Device, program: Runnable, given: Tensors, held: Tensors): Promise<{ next: Tensor }> {
  const taken = Object.fromEntries(program.inputs.flatMap(({ name }) => (held[name] ? [[name, held[name]]] : [])));
  const out = await device.run(program, { ...given, ...taken }, held);
  return { next: out.next! };
}

const begun = ({ begin }: ModelParts, sources: readonly (readonly number[])[]) => sources.map((source) => [begin, ...source]);

/** What a program that reads texts is told: their tokens, how many those are, and how many of each the caches hold. How long each and the longest are then. */
function promptInputs(
  { device, pad }: ModelParts,
  program: Runnable,
  texts: readonly (readonly number[])[],
  before: readonly number[] = texts.map(() => 0),
) {
  const width = texts.reduce((most, text) => Math.max(most, text.length), 1);
  const token = Int32Array.from({ length: texts.length * width }, (_, i) => texts[Math.floor(i / width)]![i % width] ?? pad);
  const rows = (values: readonly number[]) => device.upload("i32", [texts.length], Int32Array.from(values));
  const given: Record<string, Tensor> = {
    token: device.upload("i32", [texts.length, width], token),
    count: rows(texts.map((text) => text.length)),
  };
  const wanted = new Set(program.inputs.map(({ name }) => name));
  if (wanted.has("at")) given.at = rows(before);
  const past = before.reduce((most, at) => Math.max(most, at), 0);
  if (wanted.has("past")) given.past = device.upload("i32", [], Int32Array.of(past));
  return { given, at: texts.map((text, i) => before[i]! + text.length), width };
}

const resuming = (parts: ModelParts, program: Runnable, weights: Tensors): Resume => ({
  begin: parts.begin,
  async read(held, at, rest) {
    const { given } = promptInputs(parts, program, rest, at);
    const { next } = await prefill(parts.device, program, { ...weights, ...given }, held);
    parts.device.release(...Object.values(given));
    return next;
  },
});

function sourceInputs(
  parts: ModelParts,
  program: Runnable,
  sources: readonly (readonly number[])[],
  behind = 0,
): Record<string, Tensor> {
  const width = sources.reduce((most, source) => Math.max(most, source.length + behind), 1);
  const inputs: Record<string, Tensor> = {};
  for (const { name, role, dtype } of program.inputs) {
    if (role !== "data") continue;
    const feed = parts.encode!.feeds[name];
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

/** What a writer goes on from: the step with its weights, what it is given at every token, and how many tokens each row has. */
type Begun = {
  readonly device: Device;
  readonly step: Runnable;
  readonly weights: Tensors;
  readonly fixed: Record<string, Tensor>;
  readonly at: readonly number[];
  /** Tokens that the caches have room for at first. */
  readonly room: number;
};

/** A writer whose rows have read the begin token and their prompts: what follows each of them is known. */
async function prefilled(
  own: Omit<Begun, "fixed" | "at">,
  program: Runnable,
  weights: Tensors,
  sources: readonly (readonly number[])[],
  parts: ModelParts,
): Promise<Writer> {
  const { given, at, width } = promptInputs(parts, program, begun(parts, sources));
  const writer = new StepWriter({ ...own, room: width + own.room, fixed: {}, at });
  await writer.read(program, { ...weights, ...given });
  own.device.release(...Object.values(given));
  return writer;
}

class StepWriter implements Writer {
  rows: number;
  readonly #begun: Begun;
  readonly #caches: Caches;
  readonly #choosing: Choosing;
  /** How many tokens each row has. */
  #at: readonly number[];
  /** Log-probabilities of what follows a prompt, until they are asked for. */
  #ready: Tensor | undefined;

  constructor(begun: Begun) {
    this.#begun = begun;
    this.#at = begun.at;
    this.rows = begun.at.length;
    this.#caches = new Caches(begun.device, begun.step, this.rows, begun.room, sizesOf(begun));
    this.#choosing = new Choosing(begun.device, begun.step);
  }

  /** Fills the caches by another program than the step, which says what comes next. */
  async read(program: Runnable, inputs: Tensors): Promise<void> {
    this.#ready = (await prefill(this.#begun.device, program, inputs, this.#caches.held)).next;
  }

  async next(tokens: readonly number[]): Promise<Float32Array> {
    const next = await this.#told(tokens);
    const told = (await this.#begun.device.read(next)) as Float32Array;
    this.#begun.device.release(next);
    return told;
  }

  async draw(tokens: readonly number[], draws: Draws): Promise<Chosen> {
    return this.#choosing.choose(await this.#told(tokens), draws);
  }

  /** Log-probabilities of what follows, on the device. */
  async #told(tokens: readonly number[]): Promise<Tensor> {
    if (this.#ready !== undefined) {
      const ready = this.#ready;
      this.#ready = undefined;
      return ready;
    }
    const { device, step, weights, fixed } = this.#begun;
    const past = this.#at.reduce((most, at) => Math.max(most, at), 0);
    await this.#caches.fit(past + 1);
    const { held } = this.#caches;
    const passing: Record<string, Tensor> = {};
    for (const port of step.inputs) {
      if (weights[port.name] ?? fixed[port.name] ?? held[port.name]) continue;
      const shape = port.axes.map((_, axis) => (axis === 0 ? this.rows : 1));
      passing[port.name] = device.upload(port.dtype, shape, this.#given(port, tokens, past));
    }
    const out = await device.run(step, { ...weights, ...fixed, ...held, ...passing }, held);
    device.release(...Object.values(passing));
    this.#at = this.#at.map((at) => at + 1);
    return out.next!;
  }

  close(): void {
    const { device, fixed } = this.#begun;
    device.release(...Object.values(fixed), ...(this.#ready ? [this.#ready] : []));
    this.#caches.close();
    this.#choosing.close();
  }

  async select(places: readonly number[]): Promise<void> {
    await this.#caches.reorder(places, this.#begun.fixed);
    await this.#moved(places);
  }

  async reorder(places: readonly number[]): Promise<void> {
    await this.#caches.reorder(places);
    await this.#moved(places);
  }

  async #moved(places: readonly number[]): Promise<void> {
    if (this.#ready !== undefined) {
      const told = { next: this.#ready };
      await this.#caches.place(
        "told",
        told,
        this.#begun.step.outputs.filter(({ name }) => name === "next"),
        places,
      );
      this.#ready = told.next;
    }
    this.#at = places.map((from) => this.#at[from]!);
    this.rows = places.length;
  }

  /** What a step is told of its tokens: which they are, where they stand, and how long the longest row is. */
  #given({ name, role }: Port, tokens: readonly number[], past: number): Int32Array {
    if (role === "size" && name === "past") return Int32Array.of(past);
    if (name === "at") return Int32Array.from(this.#at);
    if (name === "token") return Int32Array.from(tokens);
    throw new Error(`${this.#begun.step.name}: nothing gives ${name}`);
  }
}

/** What the given tensors say of the symbols in the step's ports. */
function sizesOf({ step, fixed }: Begun): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const port of step.inputs) {
    const tensor = fixed[port.name];
    port.axes.forEach(({ size }, axis) => {
      if (typeof size === "string" && tensor !== undefined) sizes.set(size, tensor.shape[axis]!);
    });
  }
  return sizes;
}
