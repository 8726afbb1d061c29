// neuroc doctor: what this machine can run, and what is in the way.
import type { Fact } from "../../runtime/device/doctor.ts";
import type { Verb } from "../verb.ts";
import { version } from "../version.ts";

const verb: Verb = {
  command: "doctor",
  describe: "say what this machine can run and what is in the way",
  handler: async (options) => {
    const { examine } = await import("../../runtime/device/doctor.ts");
    const facts: Fact[] = [{ name: "neuro", value: version, ok: true }, ...(await examine()), await calibrated()];
    if (options.json) console.log(JSON.stringify(facts, null, 2));
    else
      for (const fact of facts)
        console.log(
          `${fact.ok ? "ok " : "-- "} ${fact.name.padEnd(14)} ${fact.value}${fact.hint ? `\n   hint: ${fact.hint}` : ""}`,
        );
    if (facts.some((fact) => !fact.ok && fact.needed)) process.exitCode = 1;
  },
};
export default verb;

/** Whether times can be predicted here. */
async function calibrated(): Promise<Fact> {
  const { calibrationHere } = await import("../../runtime/calibrate/file.ts");
  const name = "calibration";
  try {
    const found = await calibrationHere("cpu");
    if (found) return { name, value: `of the CPU, made ${found.made}`, ok: true };
    return { name, value: "none", ok: false, hint: "neuroc calibrate measures this machine, so that times can be predicted." };
  } catch (error) {
    return {
      name,
      value: error instanceof Error ? error.message : String(error),
      ok: false,
      hint: "Run neuroc calibrate again.",
    };
  }
}
