// neuroc explain: the page of a diagnostic, or what a program does and costs.
import { diagnosticPage, knownCodes } from "../../compiler/index.ts";
import { didYouMean } from "../../grammar/index.ts";
import { NeuroError } from "../../runtime/error.ts";
import type { Verb } from "../verb.ts";

const verb: Verb<{
  code?: string;
  program?: string;
  spec?: string;
  stages: boolean;
  stage?: string;
  target?: "cpu" | "webgpu";
  sizes?: string;
}> = {
  command: "explain [code]",
  describe: "explain a diagnostic by its code, or what a program does and costs",
  builder: (yargs) =>
    yargs
      .positional("code", {
        type: "string",
        describe: "a diagnostic's code, such as axes_differ (without one, all codes are listed); with --program, the spec",
      })
      .option("program", {
        type: "string",
        describe: "a program of the spec, such as policy.step: its kernels, memory, cost and predicted time",
      })
      .option("spec", { type: "string", describe: "the spec that --program belongs to" })
      .option("stages", { type: "boolean", default: false, describe: "what each pass makes of the program" })
      .option("stage", { type: "string", describe: "one stage: a pass by its name, kernels, cost or time" })
      .option("target", { choices: ["cpu", "webgpu"] as const, describe: "one engine; both when not given" })
      .option("sizes", { type: "string", describe: "numbers for symbols: --sizes batch=8,source=192; 64 when not given" })
      .example("$0 explain --program policy.step --sizes batch=1", "what a step costs and how long it will take") as never,
  handler: async (options) => {
    if (options.program !== undefined) {
      const { explainProgram } = await import("../program.ts");
      console.log(await explainProgram(options.program, { ...options, spec: options.spec ?? options.code }));
    } else if (options.code === undefined) {
      if (options.json) console.log(JSON.stringify(knownCodes(), null, 2));
      else
        for (const { code, severity, title } of knownCodes())
          console.log(`${code.padEnd(24)} ${severity === "warning" ? "(warning) " : ""}${title}`);
    } else {
      const page = diagnosticPage(options.code);
      if (page === undefined) {
        const near = didYouMean(
          options.code,
          knownCodes().map((known) => known.code),
        );
        throw new NeuroError("usage", `no diagnostic is called ${options.code}`, {
          hint: near ? String(near) : "neuroc explain lists them all",
        });
      }
      console.log(options.json ? JSON.stringify({ code: options.code, page }) : page);
    }
  },
};
export default verb;
