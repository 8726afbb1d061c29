/**
 * A checkpoint is everything that a fit needs to go on as if it had never stopped: weights, moments, the step and where the data stood.
 * It is one file, written whole or not at all.
 */
import { existsSync } from "node:fs";
import { NeuroError } from "../error.ts";
import { readSafetensors, writeSafetensors } from "../weights/safetensors.ts";
import type { WeightTensor } from "../weights/tensors.ts";
import type { Best } from "./guard.ts";

/** Where a fit stood after `step` steps. */
export type Position = {
  /** Optimiser steps made. */
  readonly step: number;
  /** The number of the batch that comes next (batches without a usable row make no step). */
  readonly batch: number;
  /** Tokens seen. */
  readonly tokens: number;
  /** The last measured numbers by name. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Rows that were made for the last batch and are to be learned from again. */
  readonly again?: Again;
  /** What schedules have heard, by the numbers that they move. */
  readonly heard?: Readonly<Record<string, number>>;
  /** What the guard has seen: the best so far, and the step whose weights were the last that kept its bounds. */
  readonly guard?: { readonly best: Best; readonly good: number };
};

/** Rollouts that some steps are still to learn from: other weights would make other ones. */
export type Again = { readonly rows: readonly unknown[]; readonly left: number; readonly told: Readonly<Record<string, number>> };

/**
 * Named tensors, as the step program names them: weights by path, moments as `m.<path>` and `v.<path>`; and weights to fall back on as
 * `good.<path>`.
 */
export type Checkpoint = {
  readonly position: Position;
  /** The device that it was made on, as far as it decides the last bits. */
  readonly device: string;
  readonly tensors: ReadonlyMap<string, WeightTensor>;
};

/** Writes a checkpoint over the last one. `settings` names what it belongs to; another fit will not take it. */
export function writeCheckpoint(path: string, settings: string, checkpoint: Checkpoint): void {
  writeSafetensors(path, checkpoint.tensors, {
    settings,
    device: checkpoint.device,
    position: JSON.stringify(checkpoint.position),
  });
}

/**
 * The last checkpoint; undefined when there is none, or when it belongs to other settings. Throws `checkpoint_damaged` when the file was
 * spoiled after it was written.
 */
export function readCheckpoint(path: string, settings: string): Checkpoint | undefined {
  if (!existsSync(path)) return undefined;
  const advice = "Delete it to begin this step anew, or put back a copy.";
  try {
    const { tensors, metadata } = readSafetensors(path, advice);
    if (metadata.settings !== settings) return undefined;
    return { tensors, device: metadata.device ?? "", position: JSON.parse(metadata.position ?? "") as Position };
  } catch (error) {
    throw new NeuroError("checkpoint_damaged", error instanceof NeuroError ? error.message : `${path} is not a checkpoint.`, {
      where: path,
      hint: advice,
      cause: error,
    });
  }
}
