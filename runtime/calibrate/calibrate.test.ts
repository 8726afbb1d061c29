import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { faultOf } from "../../kernels/cost/calibration.ts";
import { unknownOperators } from "../../kernels/cost/onnx.ts";
import { predict } from "../../kernels/cost/predict.ts";
import { cpuRun } from "../../kernels/cost/program.ts";
import { cacheFolder } from "../cache.ts";
import { openCpu } from "../device/cpu.ts";
import type { Device } from "../device/device.ts";
import { openInterp } from "../device/interp.ts";
import { calibrate } from "./calibrate.ts";
import { calibrateCpu, type Thoroughness } from "./cpu.ts";
import { calibrationPath, keyOf, loadCalibration, saveCalibration } from "./file.ts";
import { samples } from "./operators.ts";
import { productsProgram } from "./programs.ts";

/** As little as shows that every measurement is made. */
const quick: Thoroughness = {
  patience: { least: 0, runs: 1 },
  values: [2 ** 12],
  sides: [128],
  rows: [1, 8],
  batchedSides: [16],
  footprints: [2 ** 18],
};

let folder = "";
let device: Device;
const before = process.env.NEURO_CACHE;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "neuro-cache-"));
  process.env.NEURO_CACHE = folder;
  device = await openCpu({ threads: 1 });
});
afterEach(async () => {
  await device.close();
  rmSync(folder, { recursive: true });
  if (before === undefined) delete process.env.NEURO_CACHE;
  else process.env.NEURO_CACHE = before;
});

const about = () => ({ key: keyOf(device), made: "2026-01-01" });

test("a calibration is whole, is found again for the same engine and threads, and predicts a time for a program", async () => {
  const made = await calibrateCpu(device, about(), quick);
  expect(faultOf(JSON.parse(JSON.stringify(made)))).toBeUndefined();
  expect(loadCalibration(device)).toBeUndefined();
  const path = saveCalibration(device, made);
  expect(path.startsWith(folder)).toBe(true);
  expect(loadCalibration(device)).toEqual(JSON.parse(readFileSync(path, "utf8")));
  const other = await openCpu({ threads: 2 });
  expect(calibrationPath(other)).not.toBe(path);
  await other.close();
  const { lines, border } = cpuRun(productsProgram({ batch: 1, rows: 4, columns: 64, inner: 64 }, 2));
  const { seconds, kernels } = predict(lines, made, {}, border);
  expect(kernels.filter((k) => k.line.products)).toHaveLength(4);
  expect(seconds).toBeGreaterThan(made.call.run);
  expect(seconds).toBeLessThan(1);
}, 60_000);

test("a damaged calibration is refused with the file, what is wrong and what to do", () => {
  const path = saveCalibration(device, {} as never);
  const refused = (text: string) => {
    writeFileSync(path, text);
    try {
      loadCalibration(device);
    } catch (error) {
      return error as { code: string; message: string; hint: string };
    }
    throw new Error("it was taken");
  };
  expect(refused("{}")).toMatchObject({ code: "calibration_damaged", hint: expect.stringContaining("neuroc calibrate") });
  expect(refused('{"schema": 9}').message).toContain("schema");
  expect(refused('{"schema"').code).toBe("file_not_json");
});

test("the cache folder is the user's own: NEURO_CACHE, then XDG_CACHE_HOME, then .cache at home", () => {
  expect(cacheFolder({ NEURO_CACHE: "/a", XDG_CACHE_HOME: "/b" })).toBe("/a");
  expect(cacheFolder({ XDG_CACHE_HOME: "/b" })).toBe(join("/b", "neuro"));
  expect(cacheFolder({ XDG_CACHE_HOME: "not/absolute" })).not.toContain("not");
});

test("what is measured is counted by the cost model under a kind of its own", () => {
  const kinds = samples.map((sample) => unknownOperators(sample(4096)));
  expect(kinds.flat()).toEqual([]);
});

test("the interpreter is not measured", async () => {
  await expect(calibrate(openInterp(), () => {})).rejects.toMatchObject({ code: "usage" });
});
