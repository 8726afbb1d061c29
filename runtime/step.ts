/**
 * What a function may know of the step that it runs as: the spec's folder, and the run's seed. A function whose result goes on changing outside of the
 * program (what people have answered) says here how what was kept of it is read. Knows nothing of how steps are kept.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { NeuroError } from "./error.ts";
import type { Seed } from "./random.ts";

/** Where a step runs. */
export type StepPlace = { readonly root: string; readonly seed: Seed };

const places = new AsyncLocalStorage<StepPlace>();
type Read = (kept: never) => unknown;
const readers = new WeakMap<object, Read>();

/** Runs `work` as a step. */
export function inStep<T>(place: StepPlace, work: () => T): T {
  return places.run(place, work);
}

/** Where the step that this is called in runs. Throws `outside_recipe` for `name` where there is none. */
export function stepPlace(name: string): StepPlace {
  const place = places.getStore();
  if (place !== undefined) return place;
  throw new NeuroError("outside_recipe", `${name} was called outside of a recipe.`, { hint: `Call ${name} in a train.` });
}

/** The seed of draws whose own `seed` tells them from others of the run: another run draws otherwise. Outside of a run, and in one of seed 0, it is alone. */
export function seedOfDraws(seed: Seed): Seed {
  const run = places.getStore()?.seed ?? 0;
  return run === 0 ? seed : [run, seed];
}

/** Says that what a step of this function kept is read anew each time; its rows have the key of what they are. */
export function readAnew<T>(fn: (...given: never[]) => Promise<T>, read: (kept: Awaited<T>) => unknown): void {
  readers.set(fn, read as Read);
}

/** How what a step of a function kept is read; undefined where it is the value itself. */
export function readerOf(fn: object): ((kept: unknown) => unknown) | undefined {
  return readers.get(fn) as ((kept: unknown) => unknown) | undefined;
}
