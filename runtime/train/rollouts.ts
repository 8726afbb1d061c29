/**
 * Rollouts are rows that a fit makes as it goes: answers of the policy as it is at that step, with what they earn. A rollout follows from the
 * weights, the seed and the row, so a run that was killed makes the same ones again. Knows nothing of objectives but which fields they read.
 */
import type { Dataset } from "../data/dataset.ts";
import { drawn, type Sampled } from "../data/functions.ts";
import { placeOf, type Row } from "../data/row.ts";
import { Alike, type RewardOf, score } from "../data/verdicts.ts";
import type { Tensors } from "../device/device.ts";
import { NeuroError } from "../error.ts";
import { tell } from "../notes.ts";
import type { Seed } from "../random.ts";
import { type Likelihood, openLikelihood } from "./likelihood.ts";
import { practises } from "./practice.ts";
import type { Version } from "./version.ts";

/** How rollouts are drawn. */
export type RolloutOptions = { readonly n?: number; readonly temperature?: number; readonly most?: number; readonly seed?: Seed };

/** `rollouts(policy, prompts, by: quality)` of a spec, to be played by a fit. */
export class Rollouts implements AsyncIterable<Row> {
  readonly policy: Version;
  readonly prompts: unknown;
  readonly by: RewardOf;
  readonly options: Required<RolloutOptions>;
  /** Whether the answers to one prompt are one row. */
  readonly grouped: boolean;
  /** What stands for them in the keys of steps. */
  key: string | undefined;

  constructor(policy: Version, prompts: unknown, by: RewardOf, options: Required<RolloutOptions>, grouped = false) {
    this.policy = policy;
    this.prompts = prompts;
    this.by = by;
    this.options = options;
    this.grouped = grouped;
  }

  /** Outside of a fit nothing moves, and the checker says so before anything runs. */
  [Symbol.asyncIterator](): AsyncIterator<Row> {
    throw new NeuroError("live_outside_fit", "Rollouts are made while a fit runs; here nothing trains.", {
      hint: "Use sample(..) for answers of a version that stands still.",
    });
  }
}

/** Answers of the policy as it is at each step, with what they earn: rows of a Rollout. */
export function rollouts(policy: Version, prompts: unknown, by: RewardOf, options: RolloutOptions = {}): Rollouts {
  return new Rollouts(policy, prompts, by, { n: 1, temperature: 1, most: 256, seed: 0, ...options });
}

practises(rollouts, ([, prompts]) => prompts);

/** The rollouts of one prompt side by side: rows of a Group. */
export function groups(rows: Rollouts): Rollouts {
  const grouped = new Rollouts(rows.policy, rows.prompts, rows.by, rows.options, true);
  grouped.key = rows.key && `${rows.key} groups`;
  return grouped;
}

/** What a fit gives rollouts to play with. */
export type Stage = {
  readonly rollouts: Rollouts;
  readonly prompts: Dataset;
  /** The weights of the policy, and of the critic where there is one, as they lie on the device. */
  readonly policy: () => Tensors;
  readonly critic: { readonly version: Version; readonly weights: () => Tensors } | undefined;
  /** The fields that the objective reads of a row. */
  readonly fields: ReadonlySet<string>;
  readonly seed: Seed;
};

/** Rows for one batch, and the means of what they earned, by name. */
export type Played = { readonly rows: readonly Row[]; readonly told: Readonly<Record<string, number>> };

/** Rollouts, being played. */
export interface Player {
  readonly prompts: Dataset;
  /** How many prompts make a batch of so many rows. */
  promptsFor(batch: number): number;
  /** The rows of batch number `index`, from which the step of that number is the first to learn. */
  play(prompts: readonly Row[], index: number, step: number): Promise<Played>;
  close(): void;
}

/** So many answers are written together: products are nearly as fast as with more, and caches stay small. */
const together = 64;

/** Gets ready to play. Throws `program_missing` where the build cannot score what the objective reads. */
export async function openPlayer(stage: Stage): Promise<Player> {
  const { rollouts: of, fields, critic } = stage;
  const anchor = fields.has("anchor") ? await openLikelihood(of.policy) : undefined;
  const values = fields.has("values") && critic ? await openLikelihood(critic.version) : undefined;
  anchor?.load(of.policy.tensors);
  return new DevicePlayer(stage, anchor, values);
}

class DevicePlayer implements Player {
  readonly prompts: Dataset;
  readonly #stage: Stage;
  readonly #anchor: Likelihood | undefined;
  readonly #values: Likelihood | undefined;
  /** Whether it was told already that rewards are all alike. */
  #told = false;
  /** How often a prompt was longer than the window. */
  #cut = 0;

  constructor(stage: Stage, anchor: Likelihood | undefined, values: Likelihood | undefined) {
    this.prompts = stage.prompts;
    this.#stage = stage;
    this.#anchor = anchor;
    this.#values = values;
  }

  promptsFor(batch: number): number {
    const { grouped, options } = this.#stage.rollouts;
    return grouped ? batch : Math.max(1, Math.ceil(batch / options.n));
  }

  async play(prompts: readonly Row[], index: number, step: number): Promise<Played> {
    const { by: reward, grouped } = this.#stage.rollouts;
    // A coefficient may move with the steps of the fit.
    const by = reward.at?.(step) ?? reward;
    const answered = await this.#written(prompts, index);
    const scored: Row[] = [];
    const alike = new Alike();
    for await (const row of score(answered, by)) {
      alike.see(row);
      scored.push(row);
    }
    if (!this.#told && alike.sentence) tell(`In batch ${index + 1}: ${alike.sentence}`);
    this.#told ||= alike.sentence !== undefined;
    const rows = await this.#looked(scored);
    return { rows: grouped ? gathered(rows, this.#stage.rollouts.options.n) : rows, told: toldOf(rows) };
  }

  async #written(prompts: readonly Row[], index: number): Promise<Sampled[]> {
    const { rollouts: of, policy, seed } = this.#stage;
    const { n, temperature, most, seed: own } = of.options;
    const { model } = of.policy;
    const opened = await model.openLent(await of.policy.device(), policy(), of.policy.tensors);
    const by = { opened, model, sampler: `${of.policy.key} ${index}`, short: (row: Row) => this.#wasShort(row) };
    const decoding = { strategy: { kind: "sample", temperature } as const, most };
    const size = Math.max(1, Math.floor(together / n));
    const answered: Sampled[] = [];
    try {
      for (let at = 0; at < prompts.length; at += size)
        answered.push(
          ...(await drawn(by, prompts.slice(at, at + size), n, decoding, { seed: [seed, own, index] as Seed, first: at })),
        );
    } finally {
      opened.close();
    }
    return answered;
  }

  /** Tells, once, that the window is too small for prompts; which ones is said of the first. */
  #wasShort(row: Row): void {
    if (this.#cut++ === 0)
      tell(
        `Prompts longer than the window of ${this.#stage.rollouts.policy.model.name} are shown in part; the first is ${placeOf(row)}.`,
      );
  }

  /** What the objective reads besides: the probabilities under the version that the fit began with, and the critic's values. */
  async #looked(rows: readonly Row[]): Promise<readonly Row[]> {
    const anchors = await this.#anchor?.of(rows);
    const { critic } = this.#stage;
    if (critic) this.#values?.load(critic.version.tensors, critic.weights());
    const values = await this.#values?.of(rows);
    return rows.map((row, i) => ({ ...row, ...(anchors && { anchor: anchors[i] }), ...(values && { values: values[i] }) }));
  }

  close(): void {
    if (this.#cut > 1) tell(`${this.#cut} times a prompt was longer than the window and was shown in part.`);
    this.#anchor?.close();
    this.#values?.close();
  }
}

/** Neighbouring rows as groups: the prompt once, everything that differs as a list. */
function gathered(rows: readonly Row[], n: number): Row[] {
  const listed = ["answer", "reward", "old", "anchor", "values", "terms"];
  return Array.from({ length: rows.length / n }, (_, g) => {
    const own = rows.slice(g * n, (g + 1) * n);
    const lists = listed.filter((name) => own[0]![name] !== undefined).map((name) => [name, own.map((row) => row[name])]);
    return { ...own[0]!, ...Object.fromEntries(lists) } as Row;
  });
}

/** The means that a person follows: reward, each of its terms, tokens per answer, minus log-probability per token, and the distance to the anchor. */
function toldOf(rows: readonly Row[]): Record<string, number> {
  const sums = new Map<string, { sum: number; count: number }>();
  const add = (name: string, value: unknown, weight = 1): void => {
    if (typeof value !== "number" || !Number.isFinite(value)) return;
    const { sum, count } = sums.get(name) ?? { sum: 0, count: 0 };
    sums.set(name, { sum: sum + value, count: count + weight });
  };
  for (const row of rows) {
    const { old, anchor, reward, terms } = row as Row & { old: number[]; anchor?: number[]; reward: number; terms: object };
    add("reward", reward);
    for (const [name, term] of Object.entries(terms ?? {}))
      if (typeof term === "object" && term !== null)
        for (const [one, value] of Object.entries(term)) add(`${name}.${one}`, value);
      else if (name !== "total") add(name, term);
    add("length", old.length);
    add("entropy", -old.reduce((sum, x) => sum + x, 0), old.length);
    if (anchor)
      add(
        "kl",
        old.reduce((sum, x, t) => sum + x - anchor[t]!, 0),
      );
  }
  return Object.fromEntries([...sums].map(([name, { sum, count }]) => [name, count > 0 ? sum / count : 0]));
}
