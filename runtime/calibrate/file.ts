/**
 * Where calibrations are kept: one file an engine, machine and number of threads in the user's cache folder. A file is read whole and
 * checked, or refused with a sentence.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Calibration, faultOf } from "../../kernels/cost/calibration.ts";
import { cacheFolder } from "../cache.ts";
import type { Device } from "../device/device.ts";
import { openDevice } from "../device/open.ts";
import { NeuroError } from "../error.ts";
import { readJson, sha256, shown, writeAtomically } from "../files.ts";

/** What a calibration is of: the engine with its threads, and the machine. */
export const keyOf = (device: Pick<Device, "name" | "about">): string =>
  `${device.name}, ${device.about}, ${process.platform} ${process.arch}`;

/** The file of a device's calibration, whether it exists or not. */
export const calibrationPath = (device: Pick<Device, "name" | "about">): string =>
  join(cacheFolder(), "calibration", `${device.name}-${sha256(keyOf(device)).slice(0, 12)}.json`);

/** The calibration of a device, or undefined where it was never measured. Throws `calibration_damaged`. */
export function loadCalibration(device: Pick<Device, "name" | "about">): Calibration | undefined {
  const path = calibrationPath(device);
  if (!existsSync(path)) return undefined;
  const hint = "Run neuroc calibrate again; it writes the file anew.";
  const found = readJson(path, hint);
  const fault = faultOf(found);
  if (fault) throw new NeuroError("calibration_damaged", `${shown(path)} is no calibration: ${fault}.`, { where: path, hint });
  return found as Calibration;
}

/** Writes a calibration and returns its path. Throws `cannot_write`. */
export function saveCalibration(device: Pick<Device, "name" | "about">, calibration: Calibration): string {
  const path = calibrationPath(device);
  writeAtomically(path, `${JSON.stringify(calibration, null, 1)}\n`);
  return path;
}

/** The calibration of this machine's CPU or graphics card with its usual threads; a device is only opened where there are files of its kind. */
export async function calibrationHere(name: "cpu" | "webgpu"): Promise<Calibration | undefined> {
  const folder = join(cacheFolder(), "calibration");
  if (!existsSync(folder) || !readdirSync(folder).some((file) => file.startsWith(`${name}-`))) return undefined;
  const device = await openDevice(name);
  try {
    return loadCalibration(device);
  } finally {
    await device.close();
  }
}
