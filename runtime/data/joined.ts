/**
 * `a + b` of rows: those of one and then of the other, on every pass. A label that both have counts once, because `judged + label(..)` may read
 * the same file twice. Knows nothing of where rows come from.
 */
import { canonicalJson, sha256 } from "../files.ts";
import { labelName } from "../label/pair.ts";
import { keyOfValue } from "../train/keys.ts";

type Rows<T> = AsyncIterable<T> | Iterable<T>;

/** Rows that say what they are: `identity` is that of both parts, so a step that is given them has another key when either changes. */
export type Joined<T> = AsyncIterable<T> & { identity(): Promise<string> };

/** The rows of one and then of the other. */
export function joined<T>(first: Rows<T>, second: Rows<T>): Joined<T> {
  return {
    async *[Symbol.asyncIterator]() {
      const asked = Array.isArray(second) && second.some(isAsked);
      const told = new Set<string>();
      for await (const row of first) {
        if (asked) told.add(labelName(row) ?? "");
        yield row;
      }
      for await (const row of second) if (!(asked && isAsked(row) && told.has(labelName(row)!))) yield row;
    },
    identity: async () => sha256(canonicalJson([await keyOfValue(first), await keyOfValue(second)])),
  };
}

/** Whether `label` gave the row. */
const isAsked = (row: unknown): boolean => typeof (row as { asked?: unknown } | null)?.asked === "string";
