// neuroc: one verb a file in verbs/; this file only gathers them and turns what goes wrong into a message and an exit code:
// 0 it worked, 1 the spec or the run failed, 2 the command line was wrong.
import yargs, { type CommandModule } from "yargs";
import { hideBin } from "yargs/helpers";
import { failed } from "./failed.ts";
import ask from "./verbs/ask.ts";
import build from "./verbs/build.ts";
import calibrate from "./verbs/calibrate.ts";
import check from "./verbs/check.ts";
import doctor from "./verbs/doctor.ts";
import explain from "./verbs/explain.ts";
import exports from "./verbs/export.ts";
import fmt from "./verbs/fmt.ts";
import imports from "./verbs/import.ts";
import index from "./verbs/index.ts";
import init from "./verbs/init.ts";
import merge from "./verbs/merge.ts";
import profile from "./verbs/profile.ts";
import train from "./verbs/train.ts";
import { version } from "./version.ts";

const cli = yargs(hideBin(process.argv))
  .scriptName("neuroc")
  .usage("$0 <verb>\n\nChecks, builds, trains and runs search systems written in neuro.")
  .command([
    init,
    check,
    build,
    fmt,
    explain,
    profile,
    train,
    merge,
    index,
    ask,
    imports,
    exports,
    doctor,
    calibrate,
  ] as unknown as CommandModule[])
  .option("json", { type: "boolean", default: false, global: true, describe: "print the result as JSON on stdout" })
  .option("device", {
    choices: ["auto", "cpu", "webgpu", "interp"],
    default: "auto",
    global: true,
    describe: "where tensor programs run",
  })
  .option("set", {
    type: "string",
    array: true,
    nargs: 1,
    default: [],
    global: true,
    describe: "change a field: --set policy.width=64",
  })
  .example("neuroc init", "start with the Markdown files of this folder")
  .example("neuroc index && neuroc ask 'How do I install it?'", "answer a question with footnotes")
  .example("neuroc check --json", "every fault of main.neuro, for a program to read")
  .demandCommand(1, "Say what to do: a verb from the list above.")
  .strict()
  .recommendCommands()
  .wrap(Math.min(110, process.stdout.columns ?? 100))
  .version(version)
  .help()
  .alias({ help: "h", version: "v" })
  .exitProcess(false)
  .fail((message, error, usage) => {
    if (error) throw error;
    console.error(`${usage.help()}\n\n${message}`);
    process.exitCode = 2;
    throw new UsageShown();
  });

/** Thrown after the usage was printed, to stop yargs from running the verb. */
class UsageShown extends Error {}

try {
  await cli.parseAsync();
} catch (error) {
  if (!(error instanceof UsageShown)) failed(error);
}
