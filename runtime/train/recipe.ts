/**
 * A `train` of a spec: its body runs in a folder `runs/<name>/<id>/`, one process at a time, and goes on where it was. The same recipe on
 * the same data with the same seed ends with the same bytes on the CPU. Knows nothing of what the body does.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { LocalModel } from "../decode/local-model.ts";
import type { Device, ProgramSource } from "../device/device.ts";
import { NeuroError } from "../error.ts";
import { makeFolder } from "../files.ts";
import type { Asker } from "../measure/asking.ts";
import { type Progress, silent } from "../progress.ts";
import type { Seed } from "../random.ts";
import type { DeviceName } from "../types.ts";
import { Journal } from "./journal.ts";
import { lock } from "./lock.ts";
import { writeReport } from "./report/index.ts";
import { Run } from "./run.ts";

/** What a recipe needs of the system that it belongs to. */
export type RecipeHost = {
  /** The spec's folder: `runs/` lies in it. */
  readonly root: string;
  /** The hash of the checked spec. */
  readonly spec: string;
  /** The local model behind a handle of the emitted code; throws for a remote one. */
  readonly local: (handle: unknown) => LocalModel;
  readonly device: (name: DeviceName) => Promise<Device>;
  /** The programs that the build has for a merge, one for each length of its lists. */
  readonly merges: (name: string) => readonly ProgramSource[];
  /** How models are asked; absent where nothing is measured. */
  readonly asker?: Asker;
};

/** How a recipe is run; all of it may be left out. */
export type RecipeOptions = {
  /** Which run: the last one, or "1", by default. */
  readonly id?: string;
  /** Begins a run beside the others instead of going on with the last one. */
  readonly fresh?: boolean;
  readonly seed?: Seed;
  readonly device?: DeviceName;
  /** Stops after the step at hand, when everything is saved. */
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
  /** Whether the weights it ends with become those that pipelines use (true). */
  readonly publish?: boolean;
  /** At most this many steps for each fit: a first look. It is another run of other keys. */
  readonly steps?: number;
  /** Seconds between checkpoints (30). */
  readonly every?: number;
};

/** What a run ended with. */
export type RecipeReport = {
  readonly id: string;
  readonly folder: string;
  readonly published: Readonly<Record<string, { readonly path: string; readonly hash: string }>>;
};

/** A `train` of a spec, ready to be run as often as wanted. */
export type Recipe = { readonly name: string; readonly where: string; run(options?: RecipeOptions): Promise<RecipeReport> };

/** The recipe of a body. `run` throws `run_busy`, `interrupted`, `loss_not_finite` and whatever the body throws; what was done is kept. */
export function recipeOf(name: string, where: string, body: (run: Run) => Promise<unknown>, host: RecipeHost): Recipe {
  return { name, where, run: (options = {}) => execute(name, body, host, options) };
}

async function execute(
  name: string,
  body: (run: Run) => Promise<unknown>,
  host: RecipeHost,
  options: RecipeOptions,
): Promise<RecipeReport> {
  const runs = join(host.root, "runs", name);
  const id = options.id ?? chosen(runs, options.fresh === true);
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(id)) {
    throw new NeuroError("run_name", `${JSON.stringify(id)} cannot be the name of a run.`, {
      hint: "Use letters, digits, dots and dashes.",
    });
  }
  const folder = join(runs, id);
  makeFolder(folder);
  const release = lock(join(folder, "lock"));
  let opened: Promise<Device> | undefined;
  try {
    const journal = new Journal(join(folder, "journal.jsonl"));
    try {
      const seed = options.seed ?? 0;
      journal.add({ run: name, id, seed, spec: host.spec, began: new Date().toISOString() });
      const run = new Run({
        recipe: name,
        folder,
        root: host.root,
        spec: host.spec,
        seed,
        device: () => (opened ??= host.device(options.device ?? "auto")),
        local: host.local,
        merges: host.merges,
        ...(host.asker && { asker: host.asker }),
        progress: options.progress ?? silent,
        journal,
        publish: options.publish ?? true,
        every: (options.every ?? 30) * 1000,
        ...(options.steps !== undefined && { steps: options.steps }),
        ...(options.signal && { signal: options.signal }),
      });
      let whole = false;
      try {
        await ended(journal, () => body(run));
        whole = true;
      } finally {
        run.close();
        reported(folder, run, whole);
      }
      return { id, folder, published: run.published };
    } finally {
      journal.close();
    }
  } finally {
    release();
  }
}

/** Writes the report. Where the run failed, that is what is said, and not that there is no room for the report either. */
function reported(folder: string, { published }: Run, whole: boolean): void {
  try {
    writeReport(
      folder,
      Object.values(published).map(({ path }) => path),
    );
  } catch (error) {
    if (whole || !(error instanceof NeuroError)) throw error;
  }
}

/** Writes down how a body ended, where there is room for that. */
async function ended(journal: Journal, body: () => Promise<unknown>): Promise<void> {
  try {
    await body();
    journal.add({ ended: "done" });
  } catch (error) {
    const failed = goesOn(error);
    try {
      journal.add({ ended: failed instanceof NeuroError ? failed.code : "failed", message: (failed as Error).message });
    } catch {
      // The disk that the run failed for has no room for its last words.
    }
    throw failed;
  }
}

/** A file that could not be written, with what that means for a run: steps that were done are kept, and the one at hand goes on from its last rows. */
function goesOn(error: unknown): unknown {
  if (!(error instanceof NeuroError) || error.code !== "cannot_write") return error;
  return new NeuroError(error.code, error.message, {
    ...(error.where !== undefined && { where: error.where }),
    hint: "Every step that was done is kept. Make room, or give the folder write permission, and run the same command again: it goes on from there.",
    cause: error,
  });
}

/** Runs are numbered: the last one goes on, a fresh one comes after it. */
function chosen(runs: string, fresh: boolean): string {
  const numbers = existsSync(runs)
    ? readdirSync(runs)
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
    : [];
  const last = numbers.reduce((most, each) => Math.max(most, each), 0);
  return String(fresh ? last + 1 : Math.max(1, last));
}
