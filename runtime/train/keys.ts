/**
 * The key of a step is a hash of what it means and of what it was given; equal keys are one step. Values of a recipe have keys of their
 * own: versions of weights that of their step, rows and numbers their content, datasets what they can tell of themselves.
 */
import { Dataset } from "../data/dataset.ts";
import { LocalModel } from "../decode/local-model.ts";
import { canonicalJson, sha256 } from "../files.ts";
import { Version } from "./version.ts";

/** Rises when a step of this runtime begins to mean something else, so that results of older versions are not taken for its own. */
const semantics = 1;

const known = new WeakMap<object, string>();

/** Remembers the key of a value that a step made, so that it need not be hashed. */
export function remember<T>(value: T, key: string): T {
  if (typeof value === "object" && value !== null) known.set(value, key);
  return value;
}

/** The key of a step: its kind, the hash of its meaning and its arguments. */
export async function stepKey(kind: string, meaning: string, given: unknown): Promise<string> {
  return sha256(canonicalJson([semantics, kind, meaning, await keyOfValue(given)])).slice(0, 40);
}

/** What stands for a value in a key: JSON for plain data, and a hash for everything that has an identity. */
export async function keyOfValue(value: unknown): Promise<unknown> {
  if (value === undefined) return null;
  if (typeof value === "function") return { function: ownKey(value) ?? sha256(String(value)) };
  if (typeof value !== "object" || value === null) return value;
  const remembered = known.get(value) ?? ownKey(value);
  if (remembered !== undefined) return { key: remembered };
  if (value instanceof Version) return { weights: value.key };
  if (value instanceof LocalModel) return { model: value.name };
  if (value instanceof Dataset || tellsIdentity(value)) return { rows: await value.identity() };
  if (Array.isArray(value)) return Promise.all(value.map(keyOfValue));
  const entries = await Promise.all(Object.entries(value).map(async ([name, inner]) => [name, await keyOfValue(inner)] as const));
  return Object.fromEntries(entries);
}

/** Rewards, pipelines and other handles may carry the hash of their meaning as `key`. */
function ownKey(value: object): string | undefined {
  return "key" in value && typeof value.key === "string" && !(value instanceof Version) ? value.key : undefined;
}

/** Sources, and whatever else is read anew each time, tell what they hold as a hash. */
function tellsIdentity(value: object): value is { identity(): Promise<string> } {
  return "identity" in value && typeof value.identity === "function";
}
