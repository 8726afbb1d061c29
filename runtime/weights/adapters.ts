/**
 * Adapters of low rank (Hu et al. 2021, "LoRA") beside the weights that they change: added to a model that begins without any, and merged
 * into its weights where it writes. Knows nothing of training.
 */
import type { Seed } from "../random.ts";
import { initialise, type WeightSpec } from "./initialise.ts";
import type { Weights, WeightTensor } from "./tensors.ts";

const ends = /\.lora_[ab]$/;

/** The weights with those adapters that the model has and they lack, as they begin: they change nothing yet. */
export function begun(weights: Weights, specs: readonly WeightSpec[], seed: Seed): Weights {
  const lacking = specs.filter(({ path }) => ends.test(path) && !weights.has(path));
  return lacking.length === 0 ? weights : new Map([...weights, ...initialise(lacking, seed)]);
}

/** Whether there are adapters among weights. */
export const adapted = (weights: Weights): boolean => [...weights.keys()].some((path) => ends.test(path));

/** The weights with every adapter added, `w + a b` (its scale is 1), and none left. Those without adapters are as they were. */
export function merged(weights: Weights, specs: readonly WeightSpec[]): Weights {
  if (!adapted(weights)) return weights;
  const axesOf = new Map(specs.map(({ path, axes }) => [path, axes]));
  const result = new Map<string, WeightTensor>();
  for (const [path, tensor] of weights) {
    if (ends.test(path)) continue;
    const [a, b] = [weights.get(`${path}.lora_a`), weights.get(`${path}.lora_b`)];
    if (!a || !b) result.set(path, tensor);
    else result.set(path, { shape: tensor.shape, data: sum(tensor, axesOf.get(path)!, a, axesOf.get(`${path}.lora_a`)!, b) });
  }
  return result;
}

/** w + a b in w's own order; a has the summed axes and then the rank, b the rank and then the others. */
function sum(
  w: WeightTensor,
  axes: WeightSpec["axes"],
  a: WeightTensor,
  down: WeightSpec["axes"],
  b: WeightTensor,
): Float32Array {
  const inside = down.slice(0, -1);
  const rank = down.at(-1)!.size;
  const wide = b.data.length / rank;
  const data = w.data.slice();
  const place = axes.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    let [row, column] = [0, 0];
    axes.forEach(({ name, size }, k) => {
      if (inside.some((each) => each.name === name)) row = row * size + place[k]!;
      else column = column * size + place[k]!;
    });
    let total = 0;
    for (let r = 0; r < rank; r++) total += a.data[row * rank + r]! * b.data[r * wide + column]!;
    data[i]! += total;
    for (let k = axes.length - 1; k >= 0 && ++place[k]! === axes[k]!.size; k--) place[k] = 0;
  }
  return data;
}
