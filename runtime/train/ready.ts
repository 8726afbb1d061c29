/**
 * A fit of a recipe made ready: its program on a device, who makes its rows, what may end it. Knows nothing of keys, of what is kept, or of how
 * a fit goes on.
 */
import type { Dataset } from "../data/dataset.ts";
import { survey } from "../data/survey.ts";
import type { Device } from "../device/device.ts";
import { NeuroError } from "../error.ts";
import type { Seed } from "../random.ts";
import type { FitSettings, Trainer } from "./fit.ts";
import { type Guard, type GuardRecord, openGuard } from "./guard.ts";
import { openPlayer, type Player, Rollouts } from "./rollouts.ts";
import type { Schedule } from "./schedule.ts";
import { argumentsOf, type FitOptions } from "./settings.ts";
import { parted, partOf, prefixesOf } from "./together.ts";
import { openTrainer } from "./trainer.ts";
import type { Version, VersionTensors } from "./version.ts";

/** A fit as a recipe states it, by name and settings; `where` is its line of the spec. */
export type FitWork = {
  readonly key: string;
  readonly label: string;
  readonly versions: readonly Version[];
  readonly on: Dataset | Rollouts;
  readonly options: FitOptions;
  readonly settings: FitSettings;
  readonly facts: { readonly key: string; readonly where: string };
};

/** What a run lends to a fit. */
export type Lent = {
  readonly device: () => Promise<Device>;
  /** Rows of a value that a recipe has. */
  readonly rows: (value: unknown) => Dataset;
  /** The run's seed. */
  readonly seed: Seed;
};

/** What a fit works with; {@link closeFit} closes it. */
export type ReadyFit = {
  readonly trainer: Trainer;
  readonly player: Player | undefined;
  readonly rows: Dataset;
  readonly guard: Guard | undefined;
  /** Numbers of the objective that move with the steps. */
  readonly moving: Readonly<Record<string, Schedule>>;
  /** Before the names of each model's weights in the program, and their tensors when the fit begins. */
  readonly prefixes: readonly string[];
  readonly sets: readonly VersionTensors[];
};

/** Which of a build's programs an objective's name means, given its arguments and the models to be trained. */
export function variantOf(versions: readonly Version[], { by, with: given }: Pick<FitOptions, "by" | "with">): string {
  const models = versions.map(({ model }) => model);
  return models[0]!.variant(by, models, given);
}

/** Opens what a fit works with. Throws `program_missing`, `rollouts_foreign` and what looking through the rows throws. */
export async function openFit(work: FitWork, lent: Lent): Promise<ReadyFit> {
  const { versions, on, options, settings } = work;
  const { model } = versions[0]!;
  const by = variantOf(versions, options);
  const { program, feeds } = settings.pack ? model.packed(by) : model.objective(by);
  const models = versions.map((version) => version.model);
  const prefixes = prefixesOf(program, models);
  const { numbers, frozen, averages, moving } = argumentsOf(options.with ?? {});
  const parts = settings.accumulate > 1 ? model.inParts(by, settings.pack) : undefined;
  const follow = averages.map(({ prefix, decay, model: of }) => ({
    to: prefix,
    from: prefixes[models.indexOf(of)] ?? "",
    decay,
  }));
  const trainer = await openTrainer({
    device: await lent.device(),
    program,
    feeds,
    ...(parts && { parts: { programs: parts, count: settings.accumulate } }),
    text: { tokenizer: await model.tokenizer(), window: model.window, rounded: true },
    given: numbers,
    frozen,
    averages: follow,
  });
  const fields = new Set(Object.values(feeds).flatMap((feed) => ("field" in feed ? [feed.field] : [])));
  const player = on instanceof Rollouts ? await playerOf(on, work, { trainer, prefixes, fields }, lent) : undefined;
  const rows = player?.prompts ?? (on as Dataset);
  if (!player) await survey(rows, feeds);
  const guard = await guardOf({ ...work, options: { ...options, by } }, { prefixes, numbers, frozen }, lent);
  return { trainer, player, rows, guard, moving, prefixes, sets: versions.map((version) => version.tensors) };
}

/** Closes what a fit worked with. */
export function closeFit({ guard, player, trainer }: ReadyFit): void {
  guard?.close();
  player?.close();
  trainer.close();
}

/** The sentinels of a fit, where it has any. */
async function guardOf(
  { options: { by, stop }, on, versions, settings: { seed } }: FitWork,
  {
    prefixes,
    numbers,
    frozen,
  }: Pick<ReadyFit, "prefixes"> & { readonly numbers: Readonly<Record<string, number>>; readonly frozen: VersionTensors },
  lent: Lent,
): Promise<Guard | undefined> {
  if (stop === undefined) return undefined;
  const record = stop as GuardRecord;
  const [start] = versions as readonly [Version];
  const sets = versions.map((version) => version.tensors);
  return openGuard({
    record,
    rows: lent.rows(record.on ?? (on instanceof Rollouts ? on.prompts : on)),
    start,
    own: (weights) => parted(weights, sets, prefixes)[0]!,
    programs: () => start.model.loss(by),
    text: { tokenizer: await start.model.tokenizer(), window: start.model.window, rounded: true },
    frozen,
    given: numbers,
    device: await lent.device(),
    seed,
  });
}

/** What makes the rows of a fit as it goes: by the trained policy, judged by the trained critic where the objective has one. */
function playerOf(
  rollouts: Rollouts,
  { versions, facts: { where } }: FitWork,
  { trainer, prefixes, fields }: Pick<ReadyFit, "trainer" | "prefixes"> & { readonly fields: ReadonlySet<string> },
  lent: Lent,
): Promise<Player> {
  const place = versions.findIndex(({ model }) => model === rollouts.policy.model);
  if (place < 0) {
    throw new NeuroError(
      "rollouts_foreign",
      `The rollouts are of ${rollouts.policy.model.name}, which this fit does not train.`,
      {
        where,
        hint: `Roll out ${versions.map(({ model }) => model.name).join(" or ")}, or sample(..) answers of a model that stands still.`,
      },
    );
  }
  const now = (i: number) => partOf(trainer.held, versions[i]!.tensors, prefixes[i]!);
  const other = versions.findIndex((_, i) => i !== place);
  const critic = other < 0 ? undefined : { version: versions[other]!, weights: () => now(other) };
  const prompts = lent.rows(rollouts.prompts);
  return openPlayer({ rollouts, prompts, policy: () => now(place), critic, fields, seed: lent.seed });
}
