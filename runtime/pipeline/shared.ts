/**
 * Work that several pipelines have in common is done once: within a scope a stage that means the same and is given the same takes the value of the first
 * that ran. The compiler writes what a stage means (its call with every binding before it, back to the pipeline's parameters) into its `key`; this file only
 * keeps values. It knows nothing of what is compared.
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { canonicalJson } from "../files.ts";

/** What a stage means, and the values of the pipeline's parameters that it depends on. */
export type StageKey = readonly [meaning: string, ...given: unknown[]];

/** A value, and how long it took to make, in milliseconds. */
export type Kept<T> = { readonly value: T; readonly took: number };

/** The values of one scope. */
export type SharedStages = Map<string, Promise<Kept<unknown>>>;

const scopes = new AsyncLocalStorage<SharedStages>();

/** Runs pipelines so that they share the stages of a scope, such as one question asked of several systems over the same data. */
export function sharing<T>(scope: SharedStages, work: () => Promise<T>): Promise<T> {
  return scopes.run(scope, work);
}

/**
 * The value of a stage: that of an equal one in this scope, or its own. One that failed is no value: whoever comes after it tries itself, since it may
 * have failed only because its own pipeline ended.
 */
export async function sharedOr<T>(
  key: StageKey | undefined,
  make: () => Promise<Kept<T>>,
): Promise<Kept<T> & { readonly shared: boolean }> {
  const scope = key === undefined ? undefined : scopes.getStore();
  if (scope === undefined) return { ...(await make()), shared: false };
  const name = canonicalJson(key);
  const before = scope.get(name) as Promise<Kept<T>> | undefined;
  const known = before && (await before.catch(() => undefined));
  if (known !== undefined) return { ...known, shared: true };
  const own = make();
  own.catch(() => {});
  scope.set(name, own);
  return { ...(await own), shared: false };
}
