/** Chooses a device: `auto` takes WebGPU when there is real graphics hardware, else the CPU. */
import { NeuroError } from "../error.ts";
import { findAdapter } from "./adapter.ts";
import { openCpu } from "./cpu.ts";
import type { Device } from "./device.ts";
import { openInterp } from "./interp.ts";
import { openAdapter, openWebGpu } from "./webgpu.ts";

export const deviceChoices = ["auto", "cpu", "webgpu", "interp"] as const;
export type DeviceChoice = (typeof deviceChoices)[number];

export interface DeviceOptions {
  /** Threads of the CPU engine. */
  readonly threads?: number;
}

/** Opens the device of a name. Throws a NeuroError on an unknown name, or when the machine has no such device. */
export async function openDevice(choice: string = "auto", options: DeviceOptions = {}): Promise<Device> {
  if (choice === "interp") return openInterp();
  if (choice === "webgpu") return openWebGpu();
  if (choice === "cpu") return openCpu(options);
  if (choice !== "auto")
    throw new NeuroError("device_unknown", `there is no device "${choice}"`, {
      hint: `Devices are ${deviceChoices.join(", ")}.`,
    });
  const found = await findAdapter();
  return "missing" in found || found.software ? openCpu(options) : openAdapter(found);
}
