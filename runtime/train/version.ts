/**
 * A version of a model's weights within a recipe: a value that never changes. It knows the key of the step that made it, and how to get
 * its numbers when somebody needs them. Knows nothing of recipes or devices.
 */
import type { LocalModel } from "../decode/local-model.ts";
import type { QuantizationRecord } from "../decode/quantization.ts";
import type { Model } from "../decode/writer.ts";
import type { Device } from "../device/device.ts";
import type { Origin } from "../weights/lineage.ts";
import { hashWeights, type WeightTensor } from "../weights/tensors.ts";

/** Named tensors of one version. */
export type VersionTensors = ReadonlyMap<string, WeightTensor>;

/** One version of one model's weights. */
export class Version {
  readonly model: LocalModel;
  /** The key of the step that made it (and its place, where a step makes several). */
  readonly key: string;
  /** What led to it, oldest first. */
  readonly origins: readonly Origin[];
  #make: () => VersionTensors;
  /** The run's device, opened on first need. */
  readonly device: () => Promise<Device>;
  #tensors: VersionTensors | undefined;
  #hash: string | undefined;

  constructor(
    model: LocalModel,
    key: string,
    origins: readonly Origin[],
    make: () => VersionTensors,
    device: () => Promise<Device>,
  ) {
    this.model = model;
    this.key = key;
    this.origins = origins;
    this.#make = make;
    this.device = device;
  }

  /** Its tensors, read or drawn on first need. Nobody may change them. */
  get tensors(): VersionTensors {
    this.#tensors ??= this.#make();
    return this.#tensors;
  }

  /** The identity of its numbers: see `hashWeights`. */
  get hash(): string {
    this.#hash ??= this.origins.at(-1)?.weights ?? hashWeights(this.tensors);
    return this.#hash;
  }

  /** Puts it on the run's device, ready to write; whoever asked closes it. */
  async open(by?: QuantizationRecord): Promise<Model> {
    return this.model.openWith(await this.device(), this.tensors, by);
  }
}
