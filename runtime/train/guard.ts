/**
 * Sentinels of a fit: every so many steps it is looked whether the model still is what was wanted (close to where it began, of the right length, not
 * copying, not sure of everything, no worse on rows that it does not learn from, of one mind with people), and the first bound that breaks ends the fit with the weights of the
 * last look that kept all of them. A look depends on weights, seed and step alone. Knows nothing of how a fit goes on.
 * Overoptimisation shows where a proxy still climbs: Gao, Schulman and Hilton 2022 (arXiv 2210.10760).
 */
import type { Dataset } from "../data/dataset.ts";
import type { Collate } from "../data/feeds.ts";
import { drawn, type Sampled } from "../data/functions.ts";
import type { Row } from "../data/row.ts";
import { asAnswered, type RewardOf, score } from "../data/verdicts.ts";
import type { LossPrograms } from "../decode/local-model.ts";
import type { Device } from "../device/device.ts";
import { NeuroError } from "../error.ts";
import type { Seed } from "../random.ts";
import { copied } from "../reward/form.ts";
import type { Answer, Docs } from "../types.ts";
import { evaluate } from "./evaluate.ts";
import { openLikelihood } from "./likelihood.ts";
import type { Version, VersionTensors } from "./version.ts";

/** `guard(..)` of a spec; bounds that are left out are not watched. */
export type GuardRecord = {
  readonly kind: "guard";
  readonly on?: unknown;
  readonly every?: number;
  readonly rows?: number;
  readonly most?: number;
  /** By which share of itself the loss may lie above its lowest. */
  readonly loss?: number;
  /** The share of labels or pairs whose side the model takes (the objective's metric `accuracy`), at least. */
  readonly agree?: number;
  /** Nats for an answer, at most. */
  readonly kl?: number;
  /** Nats for a token, at least. */
  readonly entropy?: number;
  /** Tokens, from the first to the last of the list. */
  readonly length?: readonly number[];
  /** Share of words, at most. */
  readonly copied?: number;
  readonly by?: RewardOf;
  /** How far the mean of `by` may lie below its highest. */
  readonly drop?: number;
};

/** The best values so far, which `loss` and `drop` compare with. */
export type Best = Readonly<Record<string, number>>;

/** What a look saw: numbers by name, the best so far, and why the fit ends here, where it does. */
export type Look = { readonly told: Readonly<Record<string, number>>; readonly best: Best; readonly broken: string | undefined };

/** A guard at its post. */
export interface Guard {
  /** Steps between looks. */
  readonly every: number;
  /** Looks at weights, under the program's names, after a step (0: before the first). */
  look(weights: VersionTensors, step: number, best: Best): Promise<Look>;
  close(): void;
}

/** What a guard looks with. */
export type Post = {
  readonly record: GuardRecord;
  /** Rows that are held out, or those of the fit. */
  readonly rows: Dataset;
  /** The first trained model, as it begins, and its own tensors among those of the program. */
  readonly start: Version;
  readonly own: (weights: VersionTensors) => VersionTensors;
  /** What the loss takes. */
  readonly programs: () => LossPrograms;
  readonly text: Collate;
  readonly frozen: VersionTensors;
  readonly given: Readonly<Record<string, number>>;
  readonly device: Device;
  readonly seed: Seed;
};

/** The n-grams that count as copied (techniques: n-gram coverage with n = 4). */
const runs = 4;

/** Puts a guard at its post. */
export async function openGuard(post: Post): Promise<Guard> {
  const { record, rows, start } = post;
  const writes = (["kl", "entropy", "length", "copied", "drop"] as const).some((name) => record[name] !== undefined);
  const prompts = writes ? await first(rows, record.rows ?? 32) : [];
  const before = record.kl === undefined ? undefined : await openLikelihood(start);
  before?.load(start.tensors);
  const look = async (weights: VersionTensors, step: number, best: Best): Promise<Look> => {
    const told: Record<string, number> = {};
    if (record.loss !== undefined || record.agree !== undefined) Object.assign(told, await measured(post, weights));
    if (writes) {
      const answered = await answers(post, weights, prompts, step);
      Object.assign(told, saidOf(answered));
      if (before) told.kl = distance(answered, await before.of(answered));
      if (record.by) told.reward = await rewardOf(answered, record.by);
    }
    const now = better(told, best);
    return { told, best: now, broken: broken(record, told, now) };
  };
  return { every: record.every ?? 25, look, close: () => before?.close() };
}

async function first(rows: Dataset, count: number): Promise<Row[]> {
  const found: Row[] = [];
  for await (const row of rows) if (found.push(row) === count) break;
  if (found.length > 0) return found;
  throw new NeuroError("no_rows", `A guard has no rows to look at: ${rows.name} is empty.`, {
    hint: "Give it others: guard(on: ..).",
  });
}

/** The loss on the rows, and the share of them that the model agrees with. */
async function measured({ record, rows, programs, text, frozen, given, device }: Post, weights: VersionTensors) {
  const few = limited(rows, record.rows);
  const all = new Map([...frozen, ...weights]);
  const { metrics } = await evaluate(few, { device, programs: programs(), text, weights: all, given, batch: 32 });
  return {
    ...(record.loss !== undefined && { loss: metrics.loss! }),
    ...(record.agree !== undefined && { agree: metrics.accuracy! }),
  };
}

/** The first rows alone, where their number is bounded. */
function limited(rows: Dataset, most: number | undefined): { readonly name: string } & AsyncIterable<Row> {
  if (most === undefined) return rows;
  return {
    name: rows.name,
    async *[Symbol.asyncIterator]() {
      let left = most;
      for await (const row of rows)
        if (left-- > 0) yield row;
        else return;
    },
  };
}

/** One answer to each prompt, drawn at temperature 1 by (seed, step, row). */
async function answers(
  { record, start, own, device, seed }: Post,
  weights: VersionTensors,
  prompts: readonly Row[],
  step: number,
) {
  const opened = await start.model.openWith(device, own(weights));
  const decoding = { strategy: { kind: "sample", temperature: 1 } as const, most: record.most ?? 256 };
  const by = { opened, model: start.model, sampler: `${start.key} guard` };
  const found: Sampled[] = [];
  try {
    for (let at = 0; at < prompts.length; at += 16) {
      const part = prompts.slice(at, at + 16);
      found.push(...(await drawn(by, part, 1, decoding, { seed: [seed, "guard", step] as unknown as Seed, first: at })));
    }
  } finally {
    opened.close();
  }
  return found;
}

/** Tokens of an answer, minus the log-probability of a token, and the share of words that stand in the documents. */
function saidOf(rows: readonly Sampled[]): Record<string, number> {
  const tokens = rows.reduce((sum, { old }) => sum + old.length, 0);
  const logs = rows.reduce((sum, { old }) => sum + old.reduce((a, b) => a + b, 0), 0);
  const share = rows.map((row) => {
    const seen = asAnswered(row) as unknown as { answer: Answer; documents: Docs };
    return copied(seen.answer, seen.documents, { n: runs });
  });
  return { length: tokens / rows.length, entropy: tokens > 0 ? -logs / tokens : 0, copied: mean(share) };
}

/** The mean over answers of log(now / start): the divergence from where the fit began, in nats for an answer (estimator k1). */
const distance = (rows: readonly Sampled[], before: readonly (readonly number[])[]): number =>
  mean(rows.map(({ old }, i) => old.reduce((sum, x, t) => sum + x - before[i]![t]!, 0)));

async function rewardOf(rows: readonly Sampled[], by: RewardOf): Promise<number> {
  const scored = await Array.fromAsync(score(rows, by));
  return mean(scored.map(({ reward }) => reward));
}

/** The lowest loss and the highest reward so far. */
function better(told: Readonly<Record<string, number>>, best: Best): Best {
  const { loss, reward } = told;
  return {
    ...(loss !== undefined && { loss: Math.min(loss, best.loss ?? loss) }),
    ...(reward !== undefined && { reward: Math.max(reward, best.reward ?? reward) }),
  };
}

/** The first bound that does not hold, in words. */
function broken(
  { loss, agree, kl, entropy, length, copied: most, drop }: GuardRecord,
  told: Readonly<Record<string, number>>,
  best: Best,
) {
  const short = (x: number): string => String(Number(x.toPrecision(3)));
  const over = (what: string, is: number, bound: number): string => `${what} is ${short(is)}, above ${short(bound)}`;
  if (loss !== undefined && told.loss! > best.loss! + loss * Math.abs(best.loss!))
    return `${over("the loss on held-out rows", told.loss!, best.loss! + loss * Math.abs(best.loss!))} (its lowest was ${short(best.loss!)})`;
  if (agree !== undefined && told.agree! < agree)
    return `the share of held-out labels that it agrees with is ${short(told.agree!)}, below ${short(agree)}`;
  if (kl !== undefined && told.kl! > kl) return over("the distance to the start (kl)", told.kl!, kl);
  if (entropy !== undefined && told.entropy! < entropy)
    return `the entropy of a token is ${short(told.entropy!)}, below ${short(entropy)}`;
  if (length !== undefined && (told.length! < length[0]! || told.length! > length.at(-1)!))
    return `answers have ${short(told.length!)} tokens, outside ${length[0]}..${length.at(-1)}`;
  if (most !== undefined && told.copied! > most) return over("the share of copied words", told.copied!, most);
  if (drop !== undefined && told.reward! < best.reward! - drop)
    return `the guard's reward is ${short(told.reward!)}, more than ${short(drop)} below its highest, ${short(best.reward!)}`;
  return undefined;
}

const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / Math.max(1, list.length);
