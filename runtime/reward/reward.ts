/**
 * A reward of a spec: its terms are recorded under their names as its body computes them, and the last is the total. Serving and training call
 * the same function. It knows nothing of what terms mean.
 */

import { NeuroError } from "../error.ts";
import { canonicalJson, sha256 } from "../files.ts";
import { openRun } from "../pipeline/run.ts";
import { roughOffsets } from "../retrieve/infocontext.ts";
import { Schedule } from "../train/schedule.ts";
import type { CallOptions, StageContext } from "../types.ts";

/** The value of a term: a number, or one for each case of an enumeration. */
export type Term = number | Readonly<Record<string, number>>;

/** What a reward says of a row. */
export type Rewarded = { readonly reward: number; readonly terms: Readonly<Record<string, Term>> };

/** What a reward's body is given besides its row: `term` records and returns a value, `at` is for stages that it calls. */
export type RewardTools = { term<T extends Term>(name: string, value: T): T; readonly at: StageContext };

/** What the compiler knows of a reward. */
export type RewardFacts = {
  /** The hash of what it means. */
  readonly key: string;
  /** Fields that a row must have. */
  readonly reads: readonly string[];
  /** Ranges of its numbers, both ends included. */
  readonly ranges?: Readonly<Record<string, readonly [low: number, high: number]>>;
};

/** Parameters that are fixed beforehand: `quality(form: 0.3)`. */
type Given = Readonly<Record<string, unknown>>;

/** `Reward` of the language. */
export type Reward<R = never> = ((row: R, options?: CallOptions) => Promise<Rewarded>) & {
  readonly name: string;
  readonly where: string;
  /** What it means and what it was given, as a hash: steps of recipes that were given it are done again when it changes. */
  readonly key: string;
  /** The same reward with some parameters fixed; numbers among them are recorded with the terms. */
  given(more: Given): Reward<R>;
  /** The reward as it is at a step of a fit, counted from 1; there only where a Schedule was given. */
  readonly at?: (step: number) => Reward<R>;
};

/**
 * Makes the callable of a body. It throws `row_lacks_field`, `reward_argument` for a number out of its range, and `term_not_finite`, naming the
 * term and the spec line.
 */
export function rewardOf<R>(
  name: string,
  where: string,
  body: (row: R, tools: RewardTools) => Promise<number>,
  defaults: CallOptions,
  facts: RewardFacts = { key: sha256(String(body)), reads: [] },
  given: Given = {},
): Reward<R> {
  const about = { name, where };
  const moving = Object.entries(given).filter((entry): entry is [string, Schedule] => entry[1] instanceof Schedule);
  const call = async (row: R, options?: CallOptions): Promise<Rewarded> => {
    if (moving.length > 0) throw still(about, moving[0]![0]);
    const terms: Record<string, Term> = {};
    for (const [label, value] of Object.entries(given)) if (typeof value === "number") terms[label] = value;
    const seen = { ...row, ...given };
    checkRow(about, facts, seen);
    const term = <T extends Term>(label: string, value: T): T => {
      terms[label] = finite(about, label, value);
      return value;
    };
    const opened = openRun({ ...defaults, ...options, offsets: roughOffsets });
    try {
      const reward = await opened.run.stage(name, where, async (at) => body(seen, { term, at }));
      return { reward, terms };
    } catch (error) {
      throw plain(error, where);
    } finally {
      opened.close();
    }
  };
  const again = (more: Given): Reward<R> => rewardOf(name, where, body, defaults, facts, { ...given, ...more });
  const at = (step: number): Reward<R> => again(Object.fromEntries(moving.map(([label, value]) => [label, value.at(step)])));
  return Object.defineProperties(call, {
    name: { value: name },
    where: { value: where },
    key: { value: Object.keys(given).length === 0 ? facts.key : sha256(facts.key, canonicalJson(given)) },
    given: { value: again },
    ...(moving.length > 0 && { at: { value: at } }),
  }) as Reward<R>;
}

/** What went wrong in a reward, as itself: its messages name the reward, or the model that it asked. */
function plain(error: unknown, where: string): unknown {
  const cause = error instanceof NeuroError ? error.cause : undefined;
  if (!(cause instanceof NeuroError)) return error;
  const { code, message, hint } = cause;
  const places = [...new Set([where, ...(cause.where === undefined ? [] : [cause.where])])];
  return new NeuroError(code, message, { where: places.join(", "), cause, ...(hint !== undefined && { hint }) });
}

type About = { readonly name: string; readonly where: string };

function checkRow({ name, where }: About, { reads, ranges = {} }: RewardFacts, seen: Given): void {
  const missing = reads.filter((field) => seen[field] === undefined);
  if (missing.length > 0) {
    const names = missing.map((field) => `\`${field}\``).join(" and ");
    throw new NeuroError("row_lacks_field", `The reward ${name} reads ${names}, which the row does not have.`, {
      where,
      hint: "Give it rows with that field, or fix it where the reward is named.",
    });
  }
  for (const [label, [low, high]] of Object.entries(ranges)) {
    const value = seen[label];
    if (value === undefined || (typeof value === "number" && value >= low && value <= high)) continue;
    throw new NeuroError("reward_argument", `\`${label}\` of the reward ${name} is ${String(value)}.`, {
      where,
      hint: `It must lie in ${low}..${high}.`,
    });
  }
}

/** A term, or the error for one that is missing or no finite number. */
function finite<T extends Term>({ name, where }: About, label: string, value: T): T {
  const numbers = typeof value === "object" && value !== null ? Object.values<number>(value) : [value as number];
  if (numbers.length > 0 && numbers.every(Number.isFinite)) return value;
  const is = numbers.every((one) => one === undefined || one === null) ? "missing" : numbers.map(String).join(", ");
  throw new NeuroError("term_not_finite", `The term ${label} of the reward ${name} is ${is}.`, {
    where,
    hint: "A term must be a finite number: look for a division by zero, a logarithm of zero, or a judge that says nothing of this aspect.",
  });
}

function still({ name, where }: About, label: string): NeuroError {
  return new NeuroError(
    "schedule_outside_fit",
    `\`${label}\` of the reward ${name} moves with the steps of a fit, and none runs here.`,
    {
      where,
      hint: `Give ${label} a number, or use the reward in rollouts.`,
    },
  );
}
