/** A binding of an objective that nothing reads is a metric when it has no axes, and otherwise a slip. */
import { unusedName } from "../diagnostics/unused_name.ts";
import type { Rule } from "./rule.ts";

export const unusedMetricRule: Rule = {
  name: "unused-metric",
  declaration(declaration, program) {
    const { node } = declaration;
    for (const { name } of program.findings(declaration).unread) {
      const facts = node.kind === "Callable" ? program.mathematics.objective(node) : undefined;
      if (facts && !facts.metrics.includes(name.text))
        program.reportIfWhole(unusedName, name.span, { name: name.text, what: "binding" });
    }
  },
};
