// neuroc build: the artifacts of a spec, in build/<name>/.
import { statSync } from "node:fs";
import { relative } from "node:path";
import { globSync } from "tinyglobby";
import { ensureBuilt } from "../built.ts";
import { findSpec } from "../spec.ts";
import { specArgument, type Verb } from "../verb.ts";

const verb: Verb<{ spec?: string }> = {
  command: "build [spec]",
  describe: "check a spec and write its build: TypeScript, ONNX graphs, WGSL kernels, plan",
  builder: (yargs) => yargs.positional("spec", specArgument) as never,
  handler: async (options) => {
    const spec = findSpec(options.spec);
    const { folder, wrote } = await ensureBuilt(spec, options, true);
    const files = globSync("**/*", { cwd: folder }).sort();
    const bytes = files.reduce((sum, file) => sum + statSync(`${folder}/${file}`).size, 0);
    const path = relative(process.cwd(), folder) || folder;
    if (options.json) return console.log(JSON.stringify({ folder: path, wrote, files, bytes }, null, 2));
    const count = (end: string) => files.filter((file) => file.endsWith(end)).length;
    console.log(
      `${path}: ${wrote ? "written" : "up to date"}, ${files.length} files, ${Math.ceil(bytes / 1024)} KB (${count(".onnx")} graphs, ${count(".wgsl")} kernels)`,
    );
    console.log(
      `Read ${path}/index.ts for what will run${files.includes("plan.txt") ? `, ${path}/plan.txt for what it costs` : ""}.`,
    );
    const { predictedTimes } = await import("../predicted.ts");
    const times = await predictedTimes(folder);
    if (times !== undefined) console.log(times);
  },
};
export default verb;
