// neuroc index: reads the sources and makes the indexes that a spec declares. What has not changed is not read again.
import { openBuilt } from "../built.ts";
import { interruptible } from "../interrupt.ts";
import { findSpec } from "../spec.ts";
import { specArgument, type Verb } from "../verb.ts";

const verb: Verb<{ spec?: string; fresh: boolean }> = {
  command: "index [spec]",
  describe: "read the documents of a spec into its indexes",
  builder: (yargs) =>
    yargs
      .positional("spec", specArgument)
      .option("fresh", { type: "boolean", default: false, describe: "make the index anew, also where nothing changed" }) as never,
  handler: async (options) => {
    const { system } = await openBuilt(findSpec(options.spec), options);
    const indexes = system.indexes();
    if (indexes.length === 0) console.error("this spec declares no index");
    const results = await interruptible("indexing", async (signal) => {
      const made = [];
      for (const index of indexes) made.push({ index: index.name, ...(await index.build({ signal, fresh: options.fresh })) });
      return made;
    });
    if (options.json) console.log(JSON.stringify(results, null, 2));
    else
      for (const made of results)
        console.log(
          `${made.index}: ${made.documents} documents in ${made.passages} passages${made.changed === 0 ? ", nothing had changed" : ""}`,
        );
  },
};
export default verb;
