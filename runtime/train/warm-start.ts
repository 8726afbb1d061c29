/**
 * A model that begins where another one is: every weight that both have by name and shape is taken over, the rest begins as it would. So a judge
 * or a critic starts from what the policy has learned to read. Knows nothing of what the weights mean.
 */
import { NeuroError } from "../error.ts";
import { Version, type VersionTensors } from "./version.ts";

/** A version of `model` with the weights of `from` wherever path and shape agree. Throws `nothing_in_common`. */
export function warm_start(model: Version, from: Version): Version {
  for (const [given, name] of [
    [model, "model"],
    [from, "from"],
  ] as const)
    if (!(given instanceof Version))
      throw new NeuroError("wrong_type", `warm_start was given something else than weights as \`${name}\`.`, {
        hint: "Give a model that this spec declares; a remote one has no weights here.",
      });
  const tensors = shared(model, from);
  return new Version(model.model, `${model.key} from ${from.key}`, from.origins, () => tensors, model.device);
}

function shared(model: Version, from: Version): VersionTensors {
  let taken = 0;
  const tensors = new Map(model.tensors);
  for (const [path, own] of model.tensors) {
    const other = from.tensors.get(path);
    if (other === undefined || other.shape.join() !== own.shape.join()) continue;
    tensors.set(path, other);
    taken++;
  }
  if (taken > 0) return tensors;
  throw new NeuroError("nothing_in_common", `${model.model.name} has no weight in common with ${from.model.name}.`, {
    hint: "Weights are taken over by path and shape: give both models the same architecture, width, heads and tokenizer.",
  });
}
