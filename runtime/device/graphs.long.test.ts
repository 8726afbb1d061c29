import { afterAll, beforeAll, test } from "vitest";
import { agreesOn } from "../tests/graphs.ts";
import { openCpu } from "./cpu.ts";
import type { Device } from "./device.ts";
import { useSwiftshader } from "./swiftshader.ts";
import { openWebGpu } from "./webgpu.ts";

let devices: Device[];
beforeAll(async () => {
  useSwiftshader();
  devices = [await openCpu({ threads: 1 }), await openWebGpu()];
});
afterAll(async () => {
  for (const device of devices) await device.close();
});

test.each(Array.from({ length: 20 }, (_, i) => i))(
  "three engines agree on 2,000 random graphs: part %i",
  async (part) => {
    for (let i = 0; i < 100; i++) await agreesOn(devices, 1000 + part * 100 + i, 16);
  },
  600_000,
);

test.each(Array.from({ length: 4 }, (_, i) => i))(
  "three engines agree on 400 random graphs that compute in f16: part %i",
  async (part) => {
    for (let i = 0; i < 100; i++) await agreesOn(devices, 4000 + part * 100 + i, 12, true);
  },
  600_000,
);
