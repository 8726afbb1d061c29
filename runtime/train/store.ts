/**
 * Results of steps lie under their keys: `steps/<key>/result.json`, written last, says that the step is done. What was never finished is
 * done again, what was is never done twice, not even in another run: equal keys are one step. Knows nothing of what steps do.
 */
import { copyFileSync, existsSync, linkSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { NeuroError } from "../error.ts";
import { cannotWrite, makeFolder, readJson, sweepTemporaries, writeAtomically } from "../files.ts";
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

/** Told of a result that another run had: `from` is that run's folder. */
export type Adopted = (key: string, result: StepResult, from: string) => void;

/** The `steps/` folder of a run. */
export class Store {
  #folder: string;
  #adopted: Adopted;

  constructor(folder: string, adopted: Adopted = () => {}) {
    this.#folder = folder;
    this.#adopted = adopted;
  }

  /** The folder of a step, made when it is not there; leftovers of killed writers are removed. */
  folder(key: string): string {
    const path = join(this.#folder, key);
    makeFolder(path);
    sweepTemporaries(path);
    return path;
  }

  /** The result of a finished step, of this run or of another one beside it; undefined for one that nobody finished. Throws `step_damaged`. */
  read(key: string): StepResult | undefined {
    return this.#own(this.#folder, key) ?? this.#adopt(key);
  }

  /** Takes over what another run of this spec has finished: its files are the same ones where the file system allows, else copies. */
  #adopt(key: string): StepResult | undefined {
    for (const from of runsBeside(dirname(this.#folder))) {
      const steps = join(from, "steps");
      if (!existsSync(join(steps, key, "result.json"))) continue;
      const result = this.#own(steps, key)!;
      for (const { file } of result.weights ?? []) sameFile(join(steps, key, file), join(this.folder(key), file));
      this.write(key, result);
      this.#adopted(key, result, from);
      return result;
    }
    return undefined;
  }

  #own(steps: string, key: string): StepResult | undefined {
    const path = join(steps, key, "result.json");
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

  /** Where rows of a step that is not done are kept as they come. */
  partial(key: string): string {
    return join(this.folder(key), "rows.jsonl");
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

/** The other runs below the same `runs/`, those of this recipe first. */
function runsBeside(run: string): string[] {
  const folders = (path: string): string[] =>
    existsSync(path)
      ? readdirSync(path, { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map(({ name }) => join(path, name))
      : [];
  const recipe = dirname(run);
  const others = folders(dirname(recipe)).filter((path) => path !== recipe);
  return [recipe, ...others].flatMap(folders).filter((path) => basename(path) !== "steps" && path !== run);
}

function sameFile(from: string, to: string): void {
  rmSync(to, { force: true });
  try {
    linkSync(from, to);
  } catch {
    try {
      copyFileSync(from, to);
    } catch (error) {
      throw cannotWrite(to, error);
    }
  }
}
