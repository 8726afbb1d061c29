/** What is imported is used. */
import { unusedName } from "../diagnostics/unused_name.ts";
import type { Rule } from "./rule.ts";

export const unusedImportRule: Rule = {
  name: "unused-import",
  check(program, { modules }) {
    for (const module of modules) {
      if (module.broken) continue;
      for (const [name, { node }] of module.imports)
        if (!program.usedImports.has(node)) program.report(unusedName, node.span, { name, what: "import" });
    }
  },
};
