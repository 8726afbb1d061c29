/**
 * What a recipe hands on (a reward, a function) is bound to the versions of models that it has at that moment: whoever calls it, whenever, asks
 * those. Its key says what it means, of which versions, and what it was given besides. Knows nothing of what it computes.
 */
import { canonicalJson, sha256 } from "../files.ts";
import { keyOfValue } from "../train/keys.ts";
import { type Force, withForce } from "./force.ts";

/** What the compiler knows of a function: the hash of what it means, and the recipe's values that it reads. */
export type UsingFacts = { readonly key?: string; readonly with?: Readonly<Record<string, unknown>> };

// biome-ignore lint/suspicious/noExplicitAny: whatever a function takes, it takes through this one too.
type Callable = (...args: any[]) => unknown;
/** What a reward has besides being called. */
type Rewardlike = { readonly key?: string; given?(more: object): Callable; at?(step: number): Callable };

/** The same function with a force around it. `versions` says by model which one is asked, as keys have it. */
export async function using<F extends Callable>(
  fn: F,
  force: Force,
  versions: Readonly<Record<string, string>>,
  facts: UsingFacts,
): Promise<F> {
  const besides = await keyOfValue(facts.with ?? {});
  const own = (of: Callable): string => {
    const meaning = facts.key ?? (of as Rewardlike).key ?? sha256(String(of));
    return sha256(canonicalJson([meaning, versions, besides]));
  };
  const bound = (of: Callable): Callable => {
    const call = (...args: unknown[]): unknown => withForce(force, () => of(...args));
    const { given, at } = of as Rewardlike;
    return Object.defineProperties(call, {
      name: { value: of.name },
      key: { value: own(of) },
      ...("where" in of && { where: { value: of.where } }),
      ...(given && { given: { value: (more: object) => bound(given(more)) } }),
      ...(at && { at: { value: (step: number) => bound(at(step)) } }),
    });
  };
  return bound(fn) as F;
}
