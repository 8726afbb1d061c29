/** What is imported is used. */
import { didYouMean } from "../../grammar/index.ts";
import { unusedName } from "../diagnostics/unused_name.ts";
import type { Rule } from "./rule.ts";

/** Words that nothing declares: one that is near to an import was meant to be it. */
const misspelt = new Set(["unknown_name", "unknown_type"]);

export const unusedImportRule: Rule = {
  name: "unused-import",
  check(program, { modules, found }) {
    for (const module of modules) {
      if (module.broken) continue;
      const wrong = found.filter(({ code, span }) => misspelt.has(code) && span.file === module.path);
      const words = wrong.map(({ span }) => module.text.slice(span.start, span.end));
      for (const [name, node] of program.unusedImports(module))
        if (!words.some((word) => didYouMean(word, [name]))) program.report(unusedName, node.span, { name, what: "import" });
    }
  },
};
