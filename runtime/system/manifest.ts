/** `manifest.json` of a build, as far as the runtime reads it. It is refused whole when another version of neuro wrote it. */

import { join } from "node:path";
import type { Feeds } from "../data/feeds.ts";
import type { BuiltProgram } from "../device/source.ts";
import { NeuroError } from "../error.ts";
import { readJson, shown } from "../files.ts";
import type { ManifestMeasure } from "../measure/measure.ts";
import type { Seed } from "../random.ts";
import type { WeightSpec } from "../weights/initialise.ts";

/** A model of the spec: what its weights are, and which programs do what for it. */
export type ManifestModel = {
  readonly architecture: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly tokenizer?: string;
  /** Tokens. */
  readonly window?: number;
  /** Of its fresh weights. */
  readonly seed?: Seed;
  readonly weights: readonly WeightSpec[];
  /** Names in `programs`: `forward`, `step`, and `encode` or `prefill`, with `resume` where any beginning of a text can be gone on from. */
  readonly programs: Readonly<Record<string, string>>;
  /** Names in `programs`: `step` and `loss`, and where a fit takes its batches in parts `gradient`, `apply` and maybe `whole`. */
  readonly objectives: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Objectives that recipes train with other Int or Bool arguments, or beside other models: which of them is meant when. */
  readonly variants?: readonly Variant[];
};

/** One of the programs that a build has of an objective. */
export type Variant = {
  /** A name in `objectives`. */
  readonly name: string;
  /** What recipes call it. */
  readonly of: string;
  /** The parameters that a fit's models stand for, in order. */
  readonly trained: readonly string[];
  /** Its Int and Bool arguments as numbers, and by name the models that its parameters but the first stand for. */
  readonly when: Readonly<Record<string, number | string>>;
};

/** The manifest of a build. */
export type Manifest = {
  readonly schema: 1;
  readonly name: string;
  /** The version of the compiler. */
  readonly neuro: string;
  /** The spec's file, relative to its folder. */
  readonly entry: string;
  /** Whether the programs of its recipes are here: a build made to answer has none. */
  readonly trains: boolean;
  readonly hashes: Readonly<Record<string, unknown>>;
  readonly declarations: readonly {
    readonly name: string;
    readonly word: string;
    readonly where: string;
    readonly doc?: string;
  }[];
  readonly models: Readonly<Record<string, ManifestModel>>;
  readonly programs: Readonly<Record<string, BuiltProgram & { readonly feeds: Feeds }>>;
  /** What host code asks of models, by name. */
  readonly measures?: Readonly<Record<string, ManifestMeasure>>;
};

/** Reads the manifest of the build in `folder`. Throws `file_missing`, `file_not_json`, `build_foreign`. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, "manifest.json");
  const hint = "Run `neuroc build`.";
  const manifest = readJson(path, hint) as Partial<Manifest> | null;
  const whole = manifest?.schema === 1 && typeof manifest.models === "object" && typeof manifest.programs === "object";
  if (!whole) {
    throw new NeuroError("build_foreign", `${shown(path)} was not written for this version of neuro.`, {
      where: shown(path),
      hint,
    });
  }
  return manifest as Manifest;
}
