// neuroc merge: weights of files merged as mergekit's YAML says, by the formulas of std.weights.
import { dirname, resolve } from "node:path";
import type { Device } from "../../runtime/device/device.ts";
import { openDevice } from "../../runtime/device/open.ts";
import { readText, shown } from "../../runtime/files.ts";
import { mergeFiles } from "../../runtime/merge/files.ts";
import { readMergekit } from "../../runtime/merge/mergekit.ts";
import { openProgress } from "../../runtime/progress.ts";
import { interruptible } from "../interrupt.ts";
import { libraryMerges } from "../library-merges.ts";
import type { Verb } from "../verb.ts";

const verb: Verb<{ config: string; out: string; seed: number }> = {
  command: "merge <config>",
  describe: "merge weights as a mergekit file says",
  builder: (yargs) =>
    yargs
      .positional("config", { type: "string", demandOption: true, describe: "mergekit's YAML; model paths are relative to it" })
      .option("out", { type: "string", default: "merged", describe: "the folder of the result" })
      .option("seed", { type: "number", default: 0, describe: "the seed of merges that draw (dare)" })
      .example("$0 merge ties.yml --out merged", "writes merged/model.safetensors") as never,
  handler: async (options) => {
    const plan = readMergekit(readText(options.config, "Name a YAML file such as mergekit reads."), shown(options.config));
    let opened: Promise<Device> | undefined;
    const device = (): Promise<Device> => (opened ??= openDevice(options.device));
    const progress = openProgress();
    try {
      const made = await interruptible("merging", (signal) =>
        mergeFiles(plan, dirname(resolve(options.config)), resolve(options.out), {
          device,
          program: libraryMerges(),
          progress,
          seed: options.seed,
          signal,
        }),
      );
      progress.close();
      if (options.json) console.log(JSON.stringify(made, null, 2));
      else
        console.log(
          `${shown(made.path)}: ${made.tensors} tensors, ${made.weights.toLocaleString("en-US")} weights, merged by ${plan.method}`,
        );
    } finally {
      progress.close();
      await (await opened)?.close();
    }
  },
};
export default verb;
