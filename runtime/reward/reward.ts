/**
 * A reward of a spec: its terms are recorded under their names as its body computes them, and the last is the total. Serving and training call
 * the same function. It knows nothing of what terms mean.
 */

import { NeuroError } from "../error.ts";
import { sha256 } from "../files.ts";
import { openRun } from "../pipeline/run.ts";
import { roughOffsets } from "../retrieve/infocontext.ts";
import type { CallOptions, StageContext } from "../types.ts";

/** The value of a term: a number, or one for each case of an enumeration. */
export type Term = number | Readonly<Record<string, number>>;

/** What a reward says of a row. */
export type Rewarded = { readonly reward: number; readonly terms: Readonly<Record<string, Term>> };

/** What a reward's body is given besides its row: `term` records and returns a value, `at` is for stages that it calls. */
export type RewardTools = { term<T extends Term>(name: string, value: T): T; readonly at: StageContext };

/** `Reward` of the language. */
export type Reward<R = never> = ((row: R, options?: CallOptions) => Promise<Rewarded>) & {
  readonly name: string;
  readonly where: string;
  /** What its body says, as a hash: steps of recipes that were given it are done again when it changes. */
  readonly key: string;
};

/** Makes the callable of a body. It throws `term_not_finite`, naming the term and the spec line. */
export function rewardOf<R>(
  name: string,
  where: string,
  body: (row: R, tools: RewardTools) => Promise<number>,
  defaults: CallOptions,
): Reward<R> {
  const call = async (row: R, options?: CallOptions): Promise<Rewarded> => {
    const terms: Record<string, Term> = {};
    const term = <T extends Term>(label: string, value: T): T => {
      const numbers = typeof value === "number" ? [value] : Object.values<number>(value);
      if (!numbers.every(Number.isFinite)) {
        throw new NeuroError("term_not_finite", `The term ${label} of the reward ${name} is ${numbers.join(", ")}.`, {
          where,
          hint: "A term must be a finite number: look for a division by zero or a logarithm of zero.",
        });
      }
      terms[label] = value;
      return value;
    };
    const opened = openRun({ ...defaults, ...options, offsets: roughOffsets });
    try {
      const reward = await opened.run.stage(name, where, async (at) => body(row, { term, at }));
      return { reward, terms };
    } finally {
      opened.close();
    }
  };
  return Object.defineProperties(call, {
    name: { value: name },
    where: { value: where },
    key: { value: sha256(String(body)) },
  }) as Reward<R>;
}
