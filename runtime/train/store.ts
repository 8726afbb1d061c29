/**
 * Results of steps lie under their keys: `steps/<key>/result.json`, written last, says that the step is done. What was never finished is
 * done again, what was is never done twice. Knows nothing of what steps do.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { NeuroError } from "../error.ts";
import { makeFolder, readJson, sweepTemporaries, writeAtomically } from "../files.ts";
import type { Origin } from "../weights/lineage.ts";
import { readSafetensors, writeSafetensors } from "../weights/safetensors.ts";
import type { VersionTensors } from "./version.ts";

/** What a step left: versions of weights (their tensors in files beside), or a value that JSON holds. */
export type StepResult = {
  readonly step: string;
  readonly label: string;
  readonly weights?: readonly { readonly model: string; readonly file: string; readonly origins: readonly Origin[] }[];
  readonly value?: unknown;
  /** The device that made the weights. */
  readonly device?: string;
};

/** The `steps/` folder of a run. */
export class Store {
  #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The folder of a step, made when it is not there; leftovers of killed writers are removed. */
  folder(key: string): string {
    const path = join(this.#folder, key);
    makeFolder(path);
    sweepTemporaries(path);
    return path;
  }

  /** The result of a finished step; undefined for one that is not finished. Throws `step_damaged`. */
  read(key: string): StepResult | undefined {
    const path = join(this.#folder, key, "result.json");
    if (!existsSync(path)) return undefined;
    const result = readJson(path, `Delete the folder ${key} to do this step again.`) as StepResult | null;
    if (typeof result?.step !== "string") {
      throw new NeuroError("step_damaged", `${path} is not the result of a step.`, {
        where: path,
        hint: `Delete the folder ${key} to do this step again.`,
      });
    }
    return result;
  }

  /** Says that a step is done. */
  write(key: string, result: StepResult): void {
    writeAtomically(join(this.folder(key), "result.json"), `${JSON.stringify(result, null, 1)}\n`);
  }

  /** Keeps tensors of a step; gives the name of their file. */
  keep(key: string, model: string, tensors: VersionTensors): string {
    const file = `${model}.safetensors`;
    writeSafetensors(join(this.folder(key), file), tensors);
    return file;
  }

  /** Tensors that a step kept. */
  tensors(key: string, file: string): VersionTensors {
    return readSafetensors(join(this.#folder, key, file), `Delete the folder ${key} to do this step again.`).tensors;
  }
}
