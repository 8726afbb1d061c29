// How long the programs of a build will take on this machine's CPU, where it was measured.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bound } from "../kernels/cost/cost.ts";
import { predict } from "../kernels/cost/predict.ts";
import { cpuRun } from "../kernels/cost/program.ts";
import { duration, table } from "../kernels/cost/text.ts";
import { type ProgramJson, programFromJson, symbolsOfProgram } from "../kernels/index.ts";
import { calibrationHere } from "../runtime/calibrate/file.ts";
import { NeuroError } from "../runtime/error.ts";

type Manifest = { readonly programs: Readonly<Record<string, { readonly ir: string }>> };

/** A line a program with its predicted time, every size taken as 64; undefined where the machine was not measured or nothing is to run. */
export async function predictedTimes(folder: string): Promise<string | undefined> {
  const calibration = await calibrationHere("cpu").catch((error: unknown) => {
    // A build does not fail for want of a prediction; `explain` and `doctor` say what is wrong with the file.
    if (error instanceof NeuroError) return undefined;
    throw error;
  });
  const { programs } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Manifest;
  const named = Object.entries(programs);
  if (!calibration || named.length === 0) return undefined;
  const rows = named.map(([name, { ir }]) => {
    const program = programFromJson(JSON.parse(readFileSync(join(folder, ir), "utf8")) as ProgramJson);
    const { lines, border } = cpuRun(program);
    const symbols = symbolsOfProgram(program);
    return [
      `  ${name}`,
      duration(predict(lines, calibration, bound(symbols, {}), border).seconds),
      symbols.map((s) => `${s} = 64`).join(", "),
    ];
  });
  return `Predicted for ${calibration.about} (calibrated ${calibration.made}):\n${table(rows, [false, true, false])}`;
}
