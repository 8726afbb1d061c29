/**
 * Low-rank adapters (Hu et al. 2021, "LoRA"): beside a product with a weight w stands one with a b, which alone is trained. With b of
 * zeros the program is the same function; merged into w (`w + scale a b`) it is again.
 */
import { add, mul } from "../ir/elementwise.ts";
import { stop } from "../ir/mark.ts";
import type { Axis, Node } from "../ir/node.ts";
import { inputOf, type Program } from "../ir/program.ts";
import { contract } from "../ir/reduce.ts";
import { mapProgram } from "../ir/rewrite.ts";
import { rename } from "../ir/shape.ts";
import { input } from "../ir/source.ts";
import { partOf, type Use, useOf, usesOfWeights } from "./views.ts";

/** Which weights get an adapter, and of which rank. */
export interface Adapting {
  readonly rank: number;
  /** The adapter counts alpha / rank times; by default alpha is the rank (section 4.1). */
  readonly alpha?: number;
  /** By path; all weights that are only multiplied by, by default. */
  readonly which?: (path: string) => boolean;
}

/** The paths of an adapter of the weight at `path`: a reads the summed axes, b gives the others. */
export const adapterPaths = (path: string): { a: string; b: string } => ({ a: `${path}.lora_a`, b: `${path}.lora_b` });

/** Whether a path is an adapter's, and of which weight. */
export const adaptedPath = (path: string): string | undefined => /^(.+)\.lora_[ab]$/.exec(path)?.[1];

/** The axes that every product with a weight sums; undefined where they differ or something else reads the weight. */
function summed(uses: readonly Use[], others: readonly Node[]): readonly string[] | undefined {
  const [first, ...rest] = uses.map(({ over }) => [...over].sort());
  if (!first || others.length > 0 || uses.some(({ view }) => view.weight.axes.length <= first.length)) return undefined;
  return rest.every((over) => over.join() === first.join()) ? first : undefined;
}

/** The program with adapters, as weights of their own: `<path>.lora_a` [summed axes.., rank] and `<path>.lora_b` [rank, other axes..]. */
export function adapted(p: Program, { rank, alpha = rank, which = () => true }: Adapting): Program {
  const over = new Map<Node, readonly string[]>();
  for (const [weight, { products, others }] of usesOfWeights(p)) {
    const axes = which(inputOf(weight).name) ? summed(products, others) : undefined;
    if (axes) over.set(weight, axes);
  }
  const low: Axis = { name: "rank", size: rank };
  return mapProgram(p, (now, was) => {
    const use = useOf(was);
    const axes = use && over.get(use.view.weight);
    if (!use || !axes) return now;
    const { weight, own, stopped, scales } = use.view;
    const paths = adapterPaths(inputOf(weight).name);
    const seen = Object.fromEntries([...own].map(([name, mine]) => [mine, name]));
    const part = (path: string, all: readonly Axis[]) => {
      const node = rename(input(path, "weight", "f32", all), seen);
      return stopped ? stop(node) : node;
    };
    const x = now.inputs[was.inputs[0] === use.other ? 0 : 1]!;
    const a = part(paths.a, [...partOf(weight, axes, true), low]);
    const b = part(paths.b, [low, ...partOf(weight, axes, false)]);
    const down = contract(scales.reduce(mul, x), a, was.attrs.over as string[]);
    return add(now, mul(contract(down, b, ["rank"]), alpha / rank));
  });
}
