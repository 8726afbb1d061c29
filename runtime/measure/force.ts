/**
 * Which versions of models are in force where a reward or a function runs: those that a recipe handed it on with, or none, and then models are what is
 * published of them. It follows awaits. Knows nothing of how models are asked.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Device } from "../device/device.ts";
import type { Version } from "../train/version.ts";
import type { Learned } from "../trees/learned.ts";
import type { Results } from "./results.ts";

/** What holds while a function runs. */
export type Force = {
  /** By the name of the declared model. */
  readonly versions: ReadonlyMap<string, Version>;
  /** Trees, by the name of their declaration. */
  readonly trees?: ReadonlyMap<string, Learned>;
  /** What a run has measured so far. */
  readonly results?: Results;
  /** The device of whoever asks. */
  readonly device?: () => Promise<Device>;
  /** Aborted where whoever asks is told to stop. */
  readonly signal?: AbortSignal | undefined;
};

const storage = new AsyncLocalStorage<Force>();
const none: Force = { versions: new Map() };

/** What is in force here. */
export const inForce = (): Force => storage.getStore() ?? none;

/** Runs `work` with other things in force, in awaited parts too. */
export const withForce = <T>(force: Force, work: () => T): T => storage.run(force, work);
