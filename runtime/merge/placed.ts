/** A merge, tensor by tensor: from a plan and the tensors that its models have follows what each tensor of the result is made of. Runs nothing. */
import { shapeText } from "../weights/tensors.ts";
import { layerOf, layersIn, ofLayer, standsBefore } from "./layers.ts";
import { type MergePlan, type Setting, type Slice, type Source, settingAt } from "./mergekit.ts";
import { differs } from "./parents.ts";

/** What a model has under a name. */
export type Has = { readonly shape: readonly number[]; readonly dtype: string };
/** The tensors of each model of a plan, by its path. */
export type Models = ReadonlyMap<string, ReadonlyMap<string, Has>>;

/** One run that goes into a tensor: its model, the name there, and its numbers (`weight`, `density`, `scale`). */
export type Part = { readonly model: string; readonly name: string; readonly number: (setting: string) => number | undefined };

/** One tensor of the result. */
export type Placed = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** Whole numbers and truths (places, masks) are no weights: they are taken from the first model as they are. */
  readonly copied: boolean;
  /** The models that are merged, without the base where the method counts from it. */
  readonly parts: readonly Part[];
  readonly base: Omit<Part, "number"> | undefined;
  /** The method's own numbers: `t`, `lambda`, `normalize`. */
  readonly number: (setting: string) => number | undefined;
};

/** Every tensor of the result, and how many layers it has. Throws `merge_differs` where models do not fit together. */
export function placed(plan: MergePlan, models: Models): { readonly tensors: readonly Placed[]; readonly layers: number } {
  const tensors: Placed[] = [];
  const cut = plan.slices.some(({ sources }) => sources.some(({ end }) => end !== undefined));
  let layers = 0;
  for (const [i, slice] of plan.slices.entries()) {
    const [lead] = slice.sources as readonly [Source, ...Source[]];
    const names = [...namesOf(models, lead.model)];
    const there = layersIn(names);
    const count = (lead.end ?? there) - lead.first;
    for (const source of slice.sources) checkRange(source, count, models);
    for (const name of names) {
      const layer = layerOf(name);
      if (layer === undefined) {
        const own = cut && !standsBefore(name) ? i === plan.slices.length - 1 : i === 0;
        if (own) tensors.push(one(plan, slice, models, { name, from: () => name, t: standsBefore(name) ? 0 : 1 }));
      } else if (layer >= lead.first && layer < lead.first + count) {
        const step = layer - lead.first;
        const from = (source: Source): string => ofLayer(name, source.first + step);
        tensors.push(
          one(plan, slice, models, { name: ofLayer(name, layers + step), from, t: count > 1 ? step / (count - 1) : 0 }),
        );
      }
    }
    layers += count;
  }
  return { tensors, layers };
}

type Spot = { readonly name: string; readonly from: (source: Source) => string; readonly t: number };

function one(plan: MergePlan, slice: Slice, models: Models, { name, from, t }: Spot): Placed {
  const sources = slice.sources.filter(({ model }) => plan.base === undefined || model !== plan.base || plan.method === "linear");
  const number =
    (...levels: readonly Readonly<Record<string, Setting>>[]) =>
    (setting: string): number | undefined => {
      for (const level of levels) {
        const found = settingAt(level[setting], name, t);
        if (found !== undefined) return found;
      }
      return undefined;
    };
  const parts = sources.map((source): Part => {
    const own = from(source);
    return { model: source.model, name: own, number: number(source.settings, slice.settings, plan.settings) };
  });
  const inSlice = slice.sources.find(({ model }) => model === plan.base);
  const [lead] = slice.sources as readonly [Source, ...Source[]];
  const base = plan.base === undefined ? undefined : { model: plan.base, name: from(inSlice ?? lead) };
  const all = [...(base ? [base] : []), ...parts];
  const [first, ...others] = all.map((part) => ({ ...part, has: hasOf(models, part.model, part.name) }));
  for (const other of others)
    if (shapeText(other.has.shape) !== shapeText(first!.has.shape))
      throw differs(
        `${other.name} is ${shapeText(other.has.shape)} in ${other.model} and ${shapeText(first!.has.shape)} in ${first!.model}`,
        "Merge models of one architecture and one vocabulary.",
      );
  const odd = others.find(({ has }) => counts(has) !== counts(first!.has) || (counts(has) && has.dtype !== first!.has.dtype));
  if (odd)
    throw differs(
      `${odd.name} holds ${odd.has.dtype} in ${odd.model} and ${first!.has.dtype} in ${first!.model}`,
      "Numbers of such kinds have no mean: write it with one kind in both.",
    );
  const { shape, dtype } = first!.has;
  return { name, shape, dtype, copied: counts(first!.has), parts, base, number: number(slice.settings, plan.settings) };
}

/** Whether a tensor holds whole numbers or truths. */
const counts = ({ dtype }: Has): boolean => dtype === "BOOL" || /^[UI]\d/.test(dtype);

const namesOf = (models: Models, model: string): Iterable<string> => models.get(model)!.keys();

function hasOf(models: Models, model: string, name: string): Has {
  const found = models.get(model)!.get(name);
  if (found === undefined) throw differs(`${model} has no ${name}`, "Merge models of one architecture.");
  return found;
}

function checkRange({ model, first, end }: Source, count: number, models: Models): void {
  const there = layersIn(namesOf(models, model));
  if ((end ?? there) > there)
    throw differs(`${model} has ${there} layers, and layers ${first} to ${end} are asked of it`, "Correct its `layer_range`.");
  if ((end ?? there) - first !== count)
    throw differs(
      `${model} gives ${(end ?? there) - first} layers where the first source gives ${count}`,
      "Merge models of one depth.",
    );
}
