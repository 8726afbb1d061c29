/** What an eval reports is measured by its task. */
import { metricOfOtherTask } from "../diagnostics/metric_of_other_task.ts";
import { tasks } from "../kinds/eval.ts";
import { fieldsOfSetting } from "./fields.ts";
import type { Rule } from "./rule.ts";

export const metricOfOtherTaskRule: Rule = {
  name: "metric-of-other-task",
  check(program, { declarations }) {
    for (const declaration of declarations) {
      const fields = fieldsOfSetting(declaration, "eval", program);
      const task = fields?.chosen("task") ?? "";
      const known = tasks.get(task);
      const report = fields?.entry("report")?.value;
      if (!known || report?.kind !== "List") continue;
      for (const item of report.items) {
        const name = item.kind === "Call" ? item.callee : item;
        if (name.kind !== "Name" || known.includes(name.text) || program.names.get(name)?.entity !== "case") continue;
        program.report(metricOfOtherTask, item.span, { metric: name.text, task, known });
      }
    }
  },
};
