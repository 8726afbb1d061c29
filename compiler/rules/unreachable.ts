/** Nothing stands after `minimize` or `maximize`. */
import { unreachable } from "../diagnostics/unreachable.ts";
import type { Rule } from "./rule.ts";

export const unreachableRule: Rule = {
  name: "unreachable",
  declaration({ node }, program) {
    if (node.kind !== "Callable" || !node.body) return;
    const goal = node.body.stmts.findIndex((statement) => statement.kind === "Minimize" || statement.kind === "Maximize");
    const after = goal < 0 ? undefined : node.body.stmts[goal + 1];
    if (after) {
      const before = node.body.stmts[goal]!;
      program.report(unreachable, after.span, { after: before.kind.toLowerCase(), goal: before.span });
    }
  },
};
