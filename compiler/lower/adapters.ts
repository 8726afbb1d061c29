// A model with `lora: rank` trains adapters beside its weights: a program that trains it, or reads it while it is trained, has them.
// What writes has none: the runtime adds them to the weights before.
import { adapted, adaptedPath } from "../../kernels/derive/adapt.ts";
import * as k from "../../kernels/index.ts";
import type { Placed } from "./instance.ts";
import type { TracedWeight } from "./tracer.ts";

/** The program with the adapters of every placed model that has them, under its prefix. */
export function withAdapters(p: k.Program, placed: Iterable<Placed>): k.Program {
  let result = p;
  const all = [...placed];
  const prefixes = all.map((each) => each.prefix).filter((prefix) => prefix !== "");
  for (const { instance, prefix } of all) {
    if (instance.lora === undefined) continue;
    const own = (path: string) => (prefix === "" ? !prefixes.some((other) => path.startsWith(other)) : path.startsWith(prefix));
    result = adapted(result, { rank: instance.lora, which: own });
  }
  return result;
}

/** The weights of the adapters of a model's program: a is drawn as wide as its product, b begins with zeros. */
export function adaptersOf(p: k.Program, rank: number): TracedWeight[] {
  return adapted(p, { rank }).inputs.flatMap((node): TracedWeight[] => {
    const { name } = k.inputOf(node);
    if (adaptedPath(name) === undefined) return [];
    const axes = node.axes.map((a) => ({ name: a.name, size: Number(a.size) }));
    const summed = axes.slice(0, -1).reduce((n, a) => n * a.size, 1);
    const a = { kind: "normal", mean: 0, std: 1 / Math.sqrt(summed) } as const;
    return [{ path: name, axes, init: name.endsWith(".lora_a") ? a : { kind: "constant", value: 0 } }];
  });
}

/** Whether a trained model's weight is trained: of one with adapters these alone. */
export const movesIn = ({ instance, prefix, trained }: Placed, path: string): boolean => {
  const own = prefix === "" ? !path.includes("/") : path.startsWith(prefix);
  return trained && own && (instance.lora === undefined || adaptedPath(path) !== undefined);
};
