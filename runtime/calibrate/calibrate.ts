/** Measures a device, whichever it is. */
import type { Calibration } from "../../kernels/cost/calibration.ts";
import type { Device } from "../device/device.ts";
import { NeuroError } from "../error.ts";
import { calibrateCpu, type Tell } from "./cpu.ts";
import { keyOf } from "./file.ts";
import { calibrateWebGpu } from "./webgpu.ts";

/** Measures a device in a few seconds. Throws `usage` for the interpreter, which is never fast. */
export async function calibrate(device: Device, tell: Tell): Promise<Calibration> {
  const about = { key: keyOf(device), made: new Date().toISOString().slice(0, 10) };
  if (device.name === "cpu") return calibrateCpu(device, about, undefined, tell);
  if (device.name === "webgpu") return calibrateWebGpu(device, about, undefined, tell);
  throw new NeuroError("usage", "the interpreter is not measured: it shows what programs mean, not how fast they are", {
    hint: "Take --device cpu or --device webgpu.",
  });
}
