/**
 * Beside every published file of weights stands its lineage: what made it, from what, so that anyone can check or repeat it.
 * Nothing in it depends on when or where it was made, so the same run gives the same bytes.
 */
import { existsSync } from "node:fs";
import { NeuroError } from "../error.ts";
import { readJson, shown, writeAtomically } from "../files.ts";

/** One step that led to the weights, oldest first: a `fit`, a merge, or the fresh start. */
export type Origin = {
  /** `initialise`, `fit`, `slerp`, ... as the spec names it. */
  readonly operation: string;
  /** The step's key: the hash of what it means and of what it was given. */
  readonly key: string;
  /** Hashes of the weights it was given. */
  readonly parents: readonly string[];
  /** Hash of the weights it made. */
  readonly weights: string;
  readonly seed: unknown;
  /** Its settings as the spec gave them: objective, steps, batch, rate, ... */
  readonly settings: Readonly<Record<string, unknown>>;
  /** SHA-256 of the data it saw, by the name of its dataset. */
  readonly data: Readonly<Record<string, string>>;
  /** Its last measured numbers. */
  readonly metrics: Readonly<Record<string, number>>;
};

/** `<model>.lineage.json`. */
export type Lineage = {
  readonly schema: 1;
  readonly model: string;
  /** SHA-256 over names, shapes and numbers: see `hashWeights`. */
  readonly weights: string;
  /** Of weights that read tokens. */
  readonly tokenizer?: string;
  /** SHA-256 of the checked spec that named the recipe. */
  readonly spec: string;
  readonly recipe: string;
  readonly seed: unknown;
  /** Where the numbers were computed, as far as it decides their last bits: `cpu, 2 threads`. */
  readonly device: string;
  readonly origins: readonly Origin[];
};

/** Where the lineage of `weights/policy.safetensors` lies: `weights/policy.lineage.json`; that of `quick.trees.json` likewise. */
export function lineagePath(weightsPath: string): string {
  return weightsPath.replace(/\.(safetensors(\.index\.json)?|trees\.json)$/, ".lineage.json");
}

/** Writes a lineage whole or not at all. */
export function writeLineage(path: string, lineage: Lineage): void {
  writeAtomically(path, `${JSON.stringify(lineage, null, 2)}\n`);
}

/** Reads a lineage, undefined when there is none. Throws `lineage_damaged` for a file that is no lineage. */
export function readLineage(path: string): Lineage | undefined {
  if (!existsSync(path)) return undefined;
  const value = readJson(path) as Partial<Lineage> | null;
  if (value?.schema !== 1 || typeof value.weights !== "string" || !Array.isArray(value.origins)) {
    throw new NeuroError("lineage_damaged", `${shown(path)} is not a lineage that this version reads.`, {
      where: path,
      hint: "Delete it if you do not need to know how the weights beside it were made.",
    });
  }
  return value as Lineage;
}
