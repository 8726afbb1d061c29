// neuroc work: takes parts of the work that `neuroc index --jobs` and `neuroc eval --jobs` divided, until it is told to stop.
import { NeuroError } from "../../runtime/error.ts";
import type { Standing } from "../../runtime/jobs/index.ts";
import { openBuilt } from "../built.ts";
import { stateOption, withJobs } from "../jobs.ts";
import { findSpec } from "../spec.ts";
import { specArgument, type Verb } from "../verb.ts";

type Options = { spec?: string; state?: string; list: boolean; "until-done": boolean; "at-once": number };

const verb: Verb<Options> = {
  command: "work [spec]",
  describe: "take parts of indexing and evaluation that others divided",
  builder: (yargs) =>
    yargs
      .positional("spec", specArgument)
      .option("state", stateOption)
      .option("list", { type: "boolean", default: false, describe: "tell what is under way and how far it is, and take nothing" })
      .option("until-done", {
        type: "boolean",
        default: false,
        describe: "end when nothing is left, instead of waiting for more",
      })
      .option("at-once", {
        type: "number",
        default: 1,
        describe: "parts under way at once, for work that mostly waits for others",
      })
      .example("$0 work", "in as many terminals, and on as many machines, as should help")
      .example("$0 work --state postgres://neuro@db/neuro", "with the others of that server")
      .example("$0 work --list --json", "how far it is, for a program") as never,
  handler: async (options) => {
    const atOnce = options["at-once"];
    if (!Number.isInteger(atOnce) || atOnce < 1)
      throw new NeuroError("usage", `--at-once ${atOnce} is no number of parts`, { hint: "Write --at-once 4." });
    const { system } = await openBuilt(findSpec(options.spec), options);
    try {
      await withJobs(system.root, options.state, async (jobs, shown) => {
        if (options.list) return list(await jobs.standing(system.name), options.json);
        const { kinds, work } = await import("../../runtime/jobs/index.ts");
        console.error(`taking parts of ${system.name} from ${shown}`);
        const log = (line: string) => console.error(line);
        const worked = await work(jobs, system, { kinds, signal: stopped(), untilDone: options["until-done"], atOnce, log });
        if (options.json) console.log(JSON.stringify(worked));
        else console.log(`${worked.done} parts done${worked.failed > 0 ? `, ${worked.failed} failed` : ""}`);
      });
    } finally {
      await system.close();
    }
  },
};
export default verb;

function list(all: readonly Standing[], json: boolean): void {
  if (json) console.log(JSON.stringify(all, null, 2));
  else if (all.length === 0) console.log("nothing is under way");
  if (json) return;
  for (const { kind, name, done, parts, sizeDone, size, failed, workers } of all) {
    const things = kind === "eval" ? "questions" : "documents";
    const by = workers.length === 0 ? "nobody is at it" : `at it: ${workers.join(", ")}`;
    console.log(
      `${kind} ${name}: ${done} of ${parts} parts, ${sizeDone} of ${size} ${things}${failed > 0 ? `, ${failed} parts given up` : ""}; ${by}`,
    );
  }
}

/** Aborted when the process is told to stop: the part under way is given back to others. Told once more, it stops at once. */
function stopped(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new NeuroError("interrupted", "the worker was stopped"));
    console.error("stopping: the part under way is left to others; once more stops at once");
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}
