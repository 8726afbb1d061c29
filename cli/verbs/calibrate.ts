// neuroc calibrate: measures this machine, so that times of programs can be predicted before they run.
import { along, type Calibration } from "../../kernels/cost/calibration.ts";
import { amount, duration } from "../../kernels/cost/text.ts";
import { shown } from "../../runtime/files.ts";
import type { Verb } from "../verb.ts";

const verb: Verb = {
  command: "calibrate",
  describe: "measure this machine's memory, products and calls, so that times can be predicted",
  builder: (yargs) =>
    yargs.example("$0 calibrate && $0 explain --program policy.step", "how long a step will take, and why") as never,
  handler: async (options) => {
    const { calibrate } = await import("../../runtime/calibrate/calibrate.ts");
    const { saveCalibration } = await import("../../runtime/calibrate/file.ts");
    const { openDevice } = await import("../../runtime/device/open.ts");
    const device = await openDevice(options.device);
    try {
      const from = performance.now();
      const found = await calibrate(device, (what) => console.error(`measuring ${what}`));
      const path = saveCalibration(device, found);
      if (options.json) console.log(JSON.stringify({ path, ...found }, null, 2));
      else console.log(told(found, path, (performance.now() - from) / 1000));
    } finally {
      await device.close();
    }
  },
};
export default verb;

/** The measurements that a person asks for first. */
function told(c: Calibration, path: string, seconds: number): string {
  const [near, far] = [c.read[0]!, c.read.at(-1)!];
  const best = (bits: number) => Math.max(0, ...c.products.filter((g) => g.bits === bits && !g.batched).flatMap((g) => g.rates));
  const products = [32, 16, 8, 4].flatMap((bits) => (best(bits) > 0 ? [`${amount(best(bits), "FLOP/s")} (${bits} bits)`] : []));
  return [
    c.about,
    `  memory    reads ${amount(near[1], "B/s")} of ${amount(near[0], "B")}, ${amount(far[1], "B/s")} of ${amount(far[0], "B")}; copies ${amount(along(c.copy, far[0]), "B/s")}`,
    `  products  at most ${products.join(", ")}`,
    `  calls     ${duration(c.call.run)} a run, ${duration(c.call.kernel)} a kernel`,
    `${shown(path)}: written after ${seconds.toFixed(0)} s`,
  ].join("\n");
}
