/** A binding of an objective that nothing reads is a metric when it has no axes, and otherwise a slip. */
import { unusedName } from "../diagnostics/unused_name.ts";
import type { Rule } from "./rule.ts";

export const unusedMetricRule: Rule = {
  name: "unused-metric",
  check(program, { modules }) {
    for (const { name, inside, module } of program.unread) {
      if (!modules.includes(module) || inside?.node.kind !== "Callable") continue;
      const facts = program.mathematics.objective(inside.node);
      if (facts && !facts.metrics.includes(name.text))
        program.report(unusedName, name.span, { name: name.text, what: "binding" });
    }
  },
};
