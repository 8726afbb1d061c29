/**
 * Models that one objective trains together share a program: the first one's weights have their own paths, those of every other stand
 * behind the name that the objective has for it (`value/block.1.attention.wq`).
 */
import type { ProgramSource, Tensors } from "../device/device.ts";
import type { WeightSpec } from "../weights/initialise.ts";
import type { VersionTensors } from "./version.ts";

/** The prefixes of models in a training step's weights, in the models' order: empty for the first. Names and shapes tell them apart. */
export function prefixesOf(program: ProgramSource, models: readonly { readonly weights: readonly WeightSpec[] }[]): string[] {
  const trained = program.outputs.filter((port) => port.role === "weight");
  const left = [...new Set(trained.flatMap(({ name }) => (name.includes("/") ? [name.slice(0, name.indexOf("/") + 1)] : [])))];
  return models.map(({ weights }, place) => {
    if (place === 0) return "";
    const shapes = new Map(weights.map(({ path, axes }) => [path, axes.map((axis) => axis.size).join()]));
    const own = (prefix: string): boolean =>
      trained
        .filter((port) => port.name.startsWith(prefix))
        .every((port) => shapes.get(port.name.slice(prefix.length)) === port.axes.map((axis) => axis.size).join());
    const found = left.findIndex(own);
    if (found < 0) throw new Error(`${program.name} trains no weights of model ${place + 1}`);
    return left.splice(found, 1)[0]!;
  });
}

/** The tensors of all models under the program's names. */
export function joined(sets: readonly VersionTensors[], prefixes: readonly string[]): VersionTensors {
  return new Map(sets.flatMap((set, i) => [...set].map(([name, tensor]) => [`${prefixes[i]}${name}`, tensor] as const)));
}

/** What one model has of tensors on a device, under its own names. */
export const partOf = (tensors: Tensors, set: VersionTensors, prefix: string): Tensors =>
  Object.fromEntries(
    [...set.keys()].flatMap((name) => (tensors[`${prefix}${name}`] ? [[name, tensors[`${prefix}${name}`]!]] : [])),
  );

/** Each model's tensors under its own names. */
export function parted(tensors: VersionTensors, sets: readonly VersionTensors[], prefixes: readonly string[]): VersionTensors[] {
  return sets.map((set, i) => new Map([...set.keys()].map((name) => [name, tensors.get(`${prefixes[i]}${name}`)!])));
}
