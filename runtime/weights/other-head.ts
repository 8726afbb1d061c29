/**
 * A model may begin with the weights of one that ends in something else: a judge with those of the policy. What it reads with is taken over, its own
 * head begins as it would, and what the other ended in is left. Anything else that differs is no matter of heads, and is left for the check of weights.
 */
import type { Seed } from "../random.ts";
import { initialise, type WeightSpec } from "./initialise.ts";
import type { Weights } from "./tensors.ts";

/** The name of a head as the manifest has it: a word, or a word with what it was given. */
export function headName(head: unknown): string | undefined {
  if (typeof head === "string") return head;
  return head !== null && typeof head === "object" ? Object.keys(head)[0] : undefined;
}

/** Weights with a fresh head, and the sentence that says so; undefined where they are of this head, or do not fit otherwise. */
export function withFreshHead(
  weights: Weights,
  model: { readonly name: string; readonly specs: readonly WeightSpec[]; readonly head: string | undefined; readonly seed: Seed },
): { readonly weights: Weights; readonly told: string } | undefined {
  const { specs, head, name } = model;
  if (head === undefined) return undefined;
  const own = (path: string): boolean => path.startsWith(`${head}.`);
  const fresh = specs.filter(({ path }) => own(path));
  if (fresh.length === 0 || fresh.some(({ path }) => weights.has(path))) return undefined;
  const body = specs.filter(({ path }) => !own(path) && !/\.lora_[ab]$/.test(path));
  if (body.some(({ path }) => !weights.has(path))) return undefined;
  // What is left must be the other's end: a layer of the body that this model has not is another model's.
  const parts = new Set(body.map(({ path }) => path.split(".")[0]!));
  const known = new Set(specs.map(({ path }) => path));
  const rest = [...weights.keys()].filter((path) => !known.has(path));
  if (rest.some((path) => parts.has(path.split(".")[0]!))) return undefined;
  const kept = [...weights].filter(([path]) => known.has(path));
  const left = new Set(rest.map((path) => path.split(".")[0]!));
  const without = left.size === 0 ? "" : `, without ${[...left].join(" and ")}`;
  const told = `${name} begins with the weights of a model that ends in something else${without}: its head ${head} begins fresh.`;
  return { weights: new Map([...kept, ...initialise(fresh, model.seed)]), told };
}
