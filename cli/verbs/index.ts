// neuroc index: reads the sources and makes the indexes that a spec declares. What has not changed is not read again.
import type { Jobs } from "../../runtime/jobs/index.ts";
import { type Built, openBuilt } from "../built.ts";
import { interruptible } from "../interrupt.ts";
import { stateOption, withJobs } from "../jobs.ts";
import { findSpec } from "../spec.ts";
import { specArgument, type Verb } from "../verb.ts";

/** So many of what was left out are named. */
const shownSkipped = 20;

type Options = { spec?: string; fresh: boolean; jobs: boolean; state?: string };

const verb: Verb<Options> = {
  command: "index [spec]",
  describe: "read the documents of a spec into its indexes",
  builder: (yargs) =>
    yargs
      .positional("spec", specArgument)
      .option("fresh", { type: "boolean", default: false, describe: "make the index anew, also where nothing changed" })
      .option("jobs", {
        type: "boolean",
        default: false,
        describe: "divide the work into parts that `neuroc work` processes take",
      })
      .option("state", stateOption) as never,
  handler: async (options) => {
    const { system } = await openBuilt(findSpec(options.spec), options, false);
    const indexes = system.indexes();
    if (indexes.length === 0) console.error("this spec declares no index");
    const results = await interruptible("indexing", (signal) =>
      options.jobs
        ? withJobs(system.root, options.state, (jobs) => made(system, options, signal, jobs))
        : made(system, options, signal),
    );
    if (options.json) console.log(JSON.stringify(results, null, 2));
    else
      for (const made of results)
        console.log(
          `${made.index}: ${made.documents} documents in ${made.passages} passages${made.embedded > 0 ? `, ${made.embedded} embedded` : ""}${made.recall === undefined ? "" : `, ${(100 * made.recall).toFixed(1)}% of the nearest vectors are found`}${made.changed === 0 ? ", nothing had changed" : ""}`,
        );
    for (const { index, lacking, skipped } of results) {
      if (lacking !== undefined) console.error(`${index}: ${lacking}`);
      for (const { path, why } of skipped.slice(0, shownSkipped)) console.error(`${index}: left out ${path}: ${why}`);
      if (skipped.length > shownSkipped)
        console.error(`${index}: left out ${skipped.length - shownSkipped} more (--json lists them)`);
    }
  },
};
export default verb;

/** Makes every index, here or by jobs. */
async function made(system: Built["system"], { fresh }: Options, signal: AbortSignal, jobs?: Jobs) {
  const reports = [];
  for (const index of system.indexes()) {
    if (jobs === undefined) reports.push({ index: index.name, ...(await index.build({ signal, fresh })) });
    else {
      const { indexByJobs } = await import("../../runtime/jobs/index.ts");
      const { openProgress } = await import("../../runtime/progress.ts");
      const progress = openProgress();
      try {
        reports.push({ index: index.name, ...(await indexByJobs(jobs, system, index, { signal, fresh, progress })) });
      } finally {
        progress.close();
      }
    }
  }
  return reports;
}
