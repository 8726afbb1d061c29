/**
 * A fresh weight is a function of the seed and its own path: neither the order of declarations nor other weights matter.
 * Knows nothing of what the weights mean.
 */
import { type Seed, stream } from "../random.ts";
import { elements, type WeightTensor } from "./tensors.ts";

/** What a `weight` declaration states after `=`. */
export type Initialiser =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "normal"; readonly mean: number; readonly std: number }
  | { readonly kind: "uniform"; readonly low: number; readonly high: number };

/** One weight of a model, as the manifest lists it: its path, the sizes of its axes and how it begins. */
export type WeightSpec = {
  readonly path: string;
  readonly axes: readonly { readonly name: string; readonly size: number }[];
  readonly init: Initialiser;
};

/** The weights that a model begins with under a seed. */
export function initialise(specs: readonly WeightSpec[], seed: Seed): Map<string, WeightTensor> {
  return new Map(
    specs.map((spec) => {
      const shape = spec.axes.map((axis) => axis.size);
      return [spec.path, { shape, data: draw(spec.init, elements(shape), seed, spec.path) }];
    }),
  );
}

function draw(init: Initialiser, count: number, seed: Seed, path: string): Float32Array {
  const data = new Float32Array(count);
  if (init.kind === "constant") return data.fill(init.value);
  const source = stream(seed, `weight ${path}`);
  for (let i = 0; i < count; i++) {
    data[i] =
      init.kind === "normal" ? init.mean + init.std * source.normal() : init.low + (init.high - init.low) * source.uniform();
  }
  return data;
}
