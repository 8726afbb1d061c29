// How long programs of a build take on this machine, for hints in the editor: predicted when asked, kept while the build is the same.
import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Times } from "../editor/features/inlay-hints.ts";
import { bound } from "../kernels/cost/cost.ts";
import { predict } from "../kernels/cost/predict.ts";
import { cpuRun } from "../kernels/cost/program.ts";
import { type ProgramJson, programFromJson, symbolsOfProgram } from "../kernels/index.ts";
import { calibrationHere } from "../runtime/calibrate/file.ts";
import { systemName } from "./spec.ts";

/** Seconds by program, for the spec at a path; nothing where the machine was not measured or the spec not built. */
export async function timesOf(spec: string): Promise<Times | undefined> {
  const calibration = await calibrationHere("cpu").catch(() => undefined); // `neuroc doctor` says what is wrong with it
  if (!calibration) return undefined;
  const folder = join(dirname(spec), "build", systemName(spec));
  const known = new Map<string, number | undefined>();
  let made = 0;
  return (model, program) => {
    const name = `${model}.${program}`;
    try {
      const now = statSync(join(folder, "manifest.json")).mtimeMs;
      if (now !== made) known.clear();
      made = now;
      if (!known.has(name)) {
        const json = JSON.parse(readFileSync(join(folder, "graphs", `${basename(name)}.json`), "utf8")) as ProgramJson;
        const built = programFromJson(json);
        const { lines, border } = cpuRun(built);
        known.set(name, predict(lines, calibration, bound(symbolsOfProgram(built), {}), border).seconds);
      }
    } catch {
      known.set(name, undefined); // not built, or not in this build
    }
    return known.get(name);
  };
}
