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

test.each(Array.from({ length: 12 }, (_, i) => i + 1))("three engines agree on a random graph: seed %i", (seed) =>
  agreesOn(devices, seed, 10),
);

test.each(Array.from({ length: 4 }, (_, i) => i + 1))(
  "three engines agree on a random graph that computes in f16: seed %i",
  (seed) => agreesOn(devices, seed, 10, true),
);
