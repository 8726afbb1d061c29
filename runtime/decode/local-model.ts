/**
 * A model of a build whose weights are one's own: what the manifest says of it, its published weights (checked before use) and its programs.
 * Knows nothing of how the manifest is read, of recipes or of pipelines.
 */
import { existsSync } from "node:fs";
import type { Device, Tensors } from "../device/device.ts";
import { NeuroError } from "../error.ts";
import { shown } from "../files.ts";
import { tell } from "../notes.ts";
import type { Seed } from "../random.ts";
import type { Variant } from "../system/manifest.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import { adapted, begun, merged } from "../weights/adapters.ts";
import { checkWeights } from "../weights/check.ts";
import type { WeightSpec } from "../weights/initialise.ts";
import { loadWeights } from "../weights/load.ts";
import { withFreshHead } from "../weights/other-head.ts";
import type { WeightFile } from "../weights/safetensors.ts";
import type { Weights } from "../weights/tensors.ts";
import { retire } from "./in-use.ts";
import { type QuantizationRecord, schemeOf } from "./quantization.ts";
import { type FedProgram, type Model, openModel } from "./writer.ts";

/** What makes a handle: facts of the manifest, and ways to the files, opened only when they are needed. */
export type LocalModelParts = {
  readonly name: string;
  readonly weights: readonly WeightSpec[];
  readonly window: number;
  /** The seed of its fresh weights. */
  readonly seed: Seed;
  /** Where its published weights lie: `weights/policy.safetensors`. */
  readonly path: string;
  /** A file of weights that recipes begin with, and that is used until others are published. */
  readonly from?: string;
  /** The layer that it ends in, where the spec names one. */
  readonly head?: string;
  /** Its tokenizer, trained or read on first need. */
  readonly tokenizer: () => Promise<Tokenizer>;
  /** `forward`, `step`, and `encode`, or `prefill` and maybe `resume`; undefined where the build has none. */
  readonly program: (name: string) => FedProgram | undefined;
  /** An objective's programs with this model: its training `step`, or in parts `whole`, `gradient` and `apply`. */
  readonly objective: (name: string, role: string) => FedProgram | undefined;
  /** Which of several programs of one objective is meant when; nothing where each objective has one. */
  readonly variants?: readonly Variant[];
};

/** A training step in parts of the batch: what is computed over all of it, a part's gradient, and the update from their sum. */
export type StepInParts = {
  readonly whole: FedProgram | undefined;
  readonly gradient: FedProgram;
  readonly apply: FedProgram;
};

/** An objective's loss without a step: over a batch, and in parts of many rows where it is a sum over them. */
export type LossPrograms = {
  readonly loss: FedProgram;
  readonly parts: { readonly whole: FedProgram | undefined; readonly part: FedProgram } | undefined;
};

/** An argument of an objective as variants tell it: a truth as 0 or 1, a model or a version of it by name. */
function plain(value: unknown): unknown {
  if (typeof value === "boolean") return Number(value);
  const { model, name } = (typeof value === "object" && value !== null ? value : {}) as {
    model?: { name?: string };
    name?: string;
  };
  return model?.name ?? name ?? value;
}

/** The handle of a model with weights here; nothing is read before it is needed. */
export class LocalModel {
  readonly name: string;
  readonly window: number;
  readonly seed: Seed;
  readonly path: string;
  readonly weights: readonly WeightSpec[];
  #parts: LocalModelParts;
  #tokenizer: Promise<Tokenizer> | undefined;
  #file: Promise<WeightFile> | undefined;
  #opened = new WeakMap<Device, Map<string, Promise<Model>>>();
  #lasting = new Set<Promise<Model>>();

  constructor(parts: LocalModelParts) {
    this.name = parts.name;
    this.window = parts.window;
    this.seed = parts.seed;
    this.path = parts.path;
    this.weights = parts.weights;
    this.#parts = parts;
  }

  tokenizer(): Promise<Tokenizer> {
    this.#tokenizer ??= this.#parts.tokenizer();
    return this.#tokenizer;
  }

  /** Whether there are weights to use: published ones, or those it begins with. */
  get trained(): boolean {
    return existsSync(this.path) || (this.#parts.from !== undefined && existsSync(this.#parts.from));
  }

  /** Reads and checks the weights that recipes begin with; undefined where the spec names none. */
  async initial(): Promise<Weights | undefined> {
    return this.#parts.from === undefined ? undefined : (await this.#read(this.#parts.from)).tensors;
  }

  /** Where the weights that recipes begin with lie, if the spec names a file. */
  get from(): string | undefined {
    return this.#parts.from;
  }

  /** Its published weights, read and checked once. Throws `weights_missing` and what reading and checking throw. */
  load(): Promise<WeightFile> {
    this.#file ??= this.#read(this.#parts.from !== undefined && !existsSync(this.path) ? this.#parts.from : this.path);
    return this.#file;
  }

  /** Reads its published weights again when they are next needed: other ones lie there now. */
  forget(): void {
    this.#file = undefined;
    this.#opened = new WeakMap();
    for (const opened of this.#lasting) opened.then(retire, () => {});
    this.#lasting.clear();
  }

  /** Puts its published weights on a device, once per device and quantization. */
  open(device: Device, by?: QuantizationRecord): Promise<Model> {
    const known = this.#opened.get(device) ?? new Map<string, Promise<Model>>();
    this.#opened.set(device, known);
    const key = JSON.stringify(by ?? null);
    const opened = known.get(key) ?? this.load().then((file) => this.openWith(device, file.tensors, by, true));
    known.set(key, opened);
    this.#lasting.add(opened);
    opened.catch(() => {
      known.delete(key);
      this.#lasting.delete(opened);
    });
    return opened;
  }

  /** What of it lies on a device to answer with, on any. */
  async running(): Promise<Model[]> {
    const opened = await Promise.allSettled([...this.#lasting]);
    return opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  }

  /** Puts other weights of its shape on a device: a version within a recipe, for long where `lasting` says so. */
  openWith(device: Device, weights: Weights, by?: QuantizationRecord, lasting = by !== undefined): Promise<Model> {
    return this.#openWith(device, weights, { by, lasting });
  }

  /**
   * Writes with weights of its shape that lie on the device and stay another's: a fit's own, while it trains. What is not among them is taken
   * from `rest`. Adapters have to be added up first, so these are copied.
   */
  async openLent(device: Device, lent: Tensors, rest: Weights): Promise<Model> {
    if (!adapted(rest)) return this.#openWith(device, rest, { lent });
    const now = new Map(rest);
    for (const [path, tensor] of Object.entries(lent))
      now.set(path, { shape: tensor.shape, data: (await device.read(tensor)) as Float32Array });
    return this.#openWith(device, now, {});
  }

  async #openWith(
    device: Device,
    weights: Weights,
    { by, ...how }: { readonly by?: QuantizationRecord | undefined; readonly lasting?: boolean; readonly lent?: Tensors },
  ): Promise<Model> {
    const { special } = await this.tokenizer();
    const { pad, begin } = special;
    const [encode, prefill, resume] = ["encode", "prefill", "resume"].map((name) => this.#parts.program(name));
    const reads = { encode, prefill, resume };
    const scheme = by && schemeOf(by);
    return openModel({
      device,
      weights: merged(weights, this.weights),
      ...reads,
      step: this.program("step"),
      apart: this.#parts.program("apart"),
      scheme,
      ...how,
      pad,
      begin,
    });
  }

  /** One of its programs. Throws `program_missing` when the build has none of that name. */
  program(name: string): FedProgram {
    return this.#parts.program(name) ?? this.#lacks(name);
  }

  /**
   * The name of an objective's programs for these arguments, the trained models in order: recipes may name one objective with other Int or Bool
   * arguments, or beside other models. Throws `program_missing`.
   */
  variant(name: string, starts: readonly LocalModel[], given: Readonly<Record<string, unknown>> = {}): string {
    const alike = this.#parts.variants?.filter(({ of }) => of === name) ?? [];
    if (alike.length === 0) return name;
    const meant = alike.find(({ trained, when }) => {
      const models = Object.fromEntries(trained.map((param, i) => [param, starts[i]]));
      return Object.entries(when).every(([param, wanted]) => wanted === plain(given[param] ?? models[param]));
    });
    return meant?.name ?? this.#lacks(name);
  }

  /** The training step of an objective. Throws `program_missing`. */
  objective(name: string): FedProgram {
    return this.#parts.objective(name, "step") ?? this.#lacks(`${name}.step`);
  }

  /** The training step of an objective on rows that hold several examples each. Throws `program_missing`. */
  packed(name: string): FedProgram {
    return this.#parts.objective(name, "packed") ?? this.#lacks(`${name}.packed`);
  }

  /** An objective's training step in parts of the batch, `packed` or not; undefined where the build has none. */
  inParts(name: string, packed = false): StepInParts | undefined {
    const [whole, gradient, apply] = ["whole", "gradient", "apply"].map((role) =>
      this.#parts.objective(name, packed ? `packed.${role}` : role),
    );
    return gradient && apply ? { whole, gradient, apply } : undefined;
  }

  /** An objective's loss, without training. Throws `program_missing`. */
  loss(name: string): LossPrograms {
    const [loss, whole, part] = ["loss", "measure", "measured"].map((role) => this.#parts.objective(name, role));
    return { loss: loss ?? this.#lacks(`${name}.loss`), parts: part && { whole, part } };
  }

  #lacks(name: string): never {
    throw new NeuroError("program_missing", `The build has no program ${this.name}.${name}.`, {
      where: this.name,
      hint: "Build the spec again with this version: neuroc build.",
    });
  }

  /** What it begins with, of the weights that the spec names: those of a model with another end have this one's head drawn by the seed, which is told. */
  beginning(weights: Weights, seed: Seed): Weights {
    const other = withFreshHead(weights, { name: this.name, specs: this.weights, head: this.#parts.head, seed });
    if (other) tell(other.told);
    return begun(other?.weights ?? weights, this.weights, seed);
  }

  async #read(path: string): Promise<WeightFile> {
    if (!existsSync(path)) {
      throw new NeuroError("weights_missing", `The model ${this.name} has no weights yet: there is no file ${shown(path)}.`, {
        where: path,
        hint: path === this.path ? "Train it first: neuroc train." : "The spec names it after `from`: check the name.",
      });
    }
    const read = loadWeights(path);
    const tensors =
      path === this.#parts.from ? this.beginning(read.tensors, this.seed) : begun(read.tensors, this.weights, this.seed);
    const file = { ...read, tensors: new Map(tensors) };
    checkWeights(file, { model: this.name, weights: this.weights, tokenizer: (await this.tokenizer()).hash }, path);
    return file;
  }
}
