// neuroc: one verb a file in verbs/, listed in verbs.ts; this file only runs them and turns what goes wrong into a message and an exit code:
// 0 it worked, 1 the spec or the run failed, 2 the command line was wrong.
import yargs, { type CommandModule } from "yargs";
import { hideBin } from "yargs/helpers";
import { failed } from "./failed.ts";
import { verbs } from "./verbs.ts";
import { version } from "./version.ts";

const asked = process.argv.slice(2).find((word) => Object.hasOwn(verbs, word));
const wanted = asked === undefined || process.argv.includes("--help") ? Object.values(verbs) : [verbs[asked]!];
const commands = (await Promise.all(wanted.map((load) => load()))).map((loaded) => loaded.default as CommandModule);

const cli = yargs(hideBin(process.argv))
  .scriptName("neuroc")
  .usage("$0 <verb>\n\nChecks, builds, trains and runs search systems written in neuro.")
  .command(commands)
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

// Whoever reads the output may stop reading (`neuroc build | head -1`): that is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  await cli.parseAsync();
} catch (error) {
  if (!(error instanceof UsageShown)) failed(error);
}
