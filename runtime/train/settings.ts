/** What a spec wrote in `fit(...)` becomes settings with every default filled in, or one sentence that says what is wrong. */
import { LocalModel } from "../decode/local-model.ts";
import { NeuroError } from "../error.ts";
import type { Seed } from "../random.ts";
import type { WeightTensor } from "../weights/tensors.ts";
import type { FitSettings } from "./fit.ts";
import { Average } from "./live.ts";
import { Schedule } from "./schedule.ts";
import { Version } from "./version.ts";

/** The arguments of `fit` as a build passes them. */
export type FitOptions = {
  /** The objective's name. */
  readonly by: string;
  /** Its other arguments by name: numbers, and models or versions that it reads and does not train. */
  readonly with?: Readonly<Record<string, unknown>>;
  /** Rows: a dataset, or what an earlier step made. */
  readonly on: unknown;
  readonly [setting: string]: unknown;
};

/** The arguments of `evaluate` as a build passes them. */
export type EvaluateOptions = {
  readonly by: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly on: unknown;
  readonly batch?: number;
  /** The case that names a metric. */
  readonly of?: { readonly kind: string };
};

/** AdamW as in the literature, a line down to a twentieth: what learned fastest on small encoder-decoders. */
const defaults = {
  batch: 32,
  accumulate: 1,
  rate: 1e-3,
  warmup: 0,
  schedule: "linear",
  floor: 0.05,
  clip: 1,
  decay: 0.01,
} as const;
/** The least that a number may be. */
const least = { steps: 0, epochs: 0, batch: 1, accumulate: 1, rate: 0, clip: 0, reuse: 1 } as const;
const known = new Set<string>([
  "by",
  "with",
  "on",
  "seed",
  "precision",
  "pack",
  "reuse",
  "memory",
  "stop",
  "steps",
  "epochs",
  ...Object.keys(defaults),
]);

/** Settings of a fit. `most` bounds its steps. Throws `fit_setting`, naming the setting and the spec line. */
export function settingsOf(options: FitOptions, seed: Seed, where: string, most = Number.POSITIVE_INFINITY): FitSettings {
  const refuse = (what: string, hint: string): never => {
    throw new NeuroError("fit_setting", `fit: ${what}.`, { where, hint });
  };
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && value !== false && !known.has(name))
      refuse(`this version does not run \`${name}\``, `Leave \`${name}\` out.`);
  }
  const precision = (options.precision as { kind?: string } | undefined)?.kind ?? options.precision ?? "f32";
  if (precision !== "f32") refuse(`this version trains in f32, not ${String(precision)}`, "Leave `precision` out.");
  const given = {
    ...defaults,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  } as FitSettings & FitOptions;
  for (const [name, low] of Object.entries(least)) {
    const value = given[name];
    if (
      value !== undefined &&
      !(name === "rate" && (value as unknown) instanceof Schedule) &&
      !(typeof value === "number" && value >= low)
    )
      refuse(`\`${name}\` is ${String(value)} and must be ${low} or more`, `Write another ${name}, or leave it out.`);
  }
  if (given.steps !== undefined && given.epochs !== undefined)
    refuse("`steps` and `epochs` are both given", "Keep one of the two.");
  const bounded = most < (given.steps ?? Number.POSITIVE_INFINITY);
  const length = bounded ? { steps: most } : given.steps !== undefined ? { steps: given.steps } : { epochs: given.epochs ?? 1 };
  const { batch, accumulate, rate, schedule, floor, clip, decay, reuse } = given;
  // A shortened fit warms up for half of it at most, so that there is something to see.
  const warmup = bounded ? Math.min(given.warmup, Math.floor(most / 2)) : given.warmup;
  const more = { ...(reuse !== undefined && reuse > 1 && { reuse }), ...(options.pack === true && { pack: true as const }) };
  const drawn = { ...more, seed: given.seed ?? seed };
  return { ...length, batch, accumulate, rate, warmup, schedule, floor, clip, decay, ...drawn };
}

/** What an objective is given besides the models that it trains. */
export type Arguments = {
  /** Numbers for its scalars. */
  readonly numbers: Record<string, number>;
  /** Weights of models that it only reads, under `<argument>/<path>`. */
  readonly frozen: Map<string, WeightTensor>;
  /** Those of them that follow a trained model. */
  readonly averages: Following[];
  /** Numbers that move with the steps. */
  readonly moving: Readonly<Record<string, Schedule>>;
};

/** Weights under `prefix` that follow those of a model, keeping `decay` of themselves at each step. */
export type Following = { readonly prefix: string; readonly decay: number; readonly model: LocalModel };

/** Sorts an objective's arguments by what they are. */
export function argumentsOf(given: Readonly<Record<string, unknown>>): Arguments {
  const numbers: Record<string, number> = {};
  const frozen = new Map<string, WeightTensor>();
  const averages: Following[] = [];
  const moving: Record<string, Schedule> = {};
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "number") numbers[name] = value;
    else if (value instanceof Schedule) moving[name] = value;
    else if (value instanceof Version) for (const [path, tensor] of value.tensors) frozen.set(`${name}/${path}`, tensor);
    else if (value instanceof LocalModel) throw new Error(`the argument ${name} is a model without a version`);
    if (value instanceof Average) averages.push({ prefix: `${name}/`, decay: value.decay, model: value.model });
  }
  return { numbers, frozen, averages, moving };
}
