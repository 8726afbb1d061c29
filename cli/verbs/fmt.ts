// neuroc fmt: the canonical text of a spec. A file with syntax errors is left as it is.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { format, renderDiagnostic } from "../../grammar/index.ts";
import { NeuroError } from "../../runtime/error.ts";
import { writeAtomically } from "../../runtime/files.ts";
import { Refused } from "../failed.ts";
import { textOf } from "../host.ts";
import type { Verb } from "../verb.ts";

const verb: Verb<{ files?: string[]; check: boolean }> = {
  command: "fmt [files..]",
  describe: "write specs in their canonical form",
  builder: (yargs) =>
    yargs
      .positional("files", { type: "string", array: true, describe: "files or folders; this folder when not given" })
      .option("check", { type: "boolean", default: false, describe: "change nothing; exit 1 when a file would change" }) as never,
  handler: (options) => {
    const files = (options.files?.length ? options.files : ["."]).flatMap((path) => specsIn(resolve(path), path));
    const results = files.map((file) => ({ file: relative(process.cwd(), file) || file, ...formatOne(file, options.check) }));
    if (options.json) console.log(JSON.stringify(results, null, 2));
    else
      for (const { file, changed, broken } of results)
        if (changed && !broken) console.log(options.check ? `${file} would change` : `${file} formatted`);
    if (results.some((r) => r.broken) || (options.check && results.some((r) => r.changed))) throw new Refused();
  },
};
export default verb;

function specsIn(path: string, given: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
  } catch {
    throw new NeuroError("file_missing", `there is no file ${given}`, { hint: "name .neuro files, or folders that hold some" });
  }
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory())
      return ["node_modules", "build", "runs"].includes(entry.name) || entry.name.startsWith(".")
        ? []
        : specsIn(join(path, entry.name), given);
    return entry.name.endsWith(".neuro") ? [join(path, entry.name)] : [];
  });
}

function formatOne(file: string, onlyCheck: boolean): { changed: boolean; broken: boolean } {
  const text = textOf(readFileSync(file));
  if (text === undefined)
    throw new NeuroError("spec_binary", `${file} is not text`, { hint: "a spec is UTF-8 text; is this another kind of file?" });
  const { text: formatted, diagnostics } = format(text, file);
  if (diagnostics.some((d) => d.severity === "error")) {
    for (const diagnostic of diagnostics) console.error(`${renderDiagnostic(diagnostic, text)}\n`);
    return { changed: false, broken: true };
  }
  if (formatted !== text && !onlyCheck) writeAtomically(file, formatted);
  return { changed: formatted !== text, broken: false };
}
