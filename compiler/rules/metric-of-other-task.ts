/** What an eval reports is measured by its task, with a cut-off where the metric is nothing without one. */
import type * as ast from "../../grammar/index.ts";
import { metricOfOtherTask } from "../diagnostics/metric_of_other_task.ts";
import { missingArgument } from "../diagnostics/missing_argument.ts";
import { cut, tasks } from "../kinds/eval.ts";
import type { Program } from "../program.ts";
import { fieldsOfSetting } from "./fields.ts";
import type { Rule } from "./rule.ts";

export const metricOfOtherTaskRule: Rule = {
  name: "metric-of-other-task",
  declaration(declaration, program) {
    const fields = fieldsOfSetting(declaration, "eval", program);
    const task = fields?.chosen("task") ?? "";
    const known = tasks.get(task)?.metrics;
    const report = fields?.entry("report")?.value;
    if (!known || report?.kind !== "List") return;
    for (const item of report.items) {
      const name = item.kind === "Call" ? item.callee : item;
      if (name.kind !== "Name" || program.names.get(name)?.entity !== "case") continue;
      if (known.includes(name.text)) needsCut(item, name.text, program);
      else program.report(metricOfOtherTask, item.span, { metric: name.text, task, known });
    }
  },
};

function needsCut(item: ast.Expr, name: string, program: Program): void {
  const given = item.kind === "Call" && item.args.some(({ label }) => !label || label.text === "at");
  if (cut.has(name) && !given)
    program.report(missingArgument, item.span, {
      names: ["at"],
      callee: name,
      signature: `${name}(at: Int), as in ${name}(at: 10)`,
    });
}
