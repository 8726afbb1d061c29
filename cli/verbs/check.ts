// neuroc check: says everything that is wrong with a spec, in one run.
import { printDiagnostics } from "../diagnostics.ts";
import { Refused } from "../failed.ts";
import { checkSpec, findSpec } from "../spec.ts";
import { specArgument, type Verb } from "../verb.ts";

const verb: Verb<{ spec?: string }> = {
  command: "check [spec]",
  describe: "say everything that is wrong with a spec",
  builder: (yargs) =>
    yargs.positional("spec", specArgument).example("$0 check --json", "diagnostics for a program to read") as never,
  handler: async (options) => {
    const checking = checkSpec(findSpec(options.spec), options);
    if (options.json)
      console.log(JSON.stringify({ ok: checking.errors === 0, diagnostics: checking.checked.diagnostics }, null, 2));
    else printDiagnostics(checking);
    if (checking.errors > 0) throw new Refused();
    if (!options.json)
      console.log(
        `${checking.spec.file} is right${checking.warnings > 0 ? ", with warnings" : ""}: ${summary(checking.checked)}.`,
      );
  },
};
export default verb;

/** What the entry declares, counted by kind. */
function summary(checked: ReturnType<typeof checkSpec>["checked"]): string {
  const counts = new Map<string, number>();
  for (const { word } of checked.entry.declarations.values()) counts.set(word, (counts.get(word) ?? 0) + 1);
  return (
    [...counts].map(([word, count]) => `${count} ${word}${count === 1 ? "" : word === "index" ? "es" : "s"}`).join(", ") ||
    "it declares nothing yet"
  );
}
