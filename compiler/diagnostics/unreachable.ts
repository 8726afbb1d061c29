/** Nothing stands after the goal. */
import { defineDiagnostic } from "./define.ts";

export const unreachable = defineDiagnostic<{ after: string }>({
  code: "unreachable",
  severity: "warning",
  title: "Unreachable",
  label: () => "never used",
  text: ({ after }) => `Nothing after \`${after}\` has a meaning.`,
  hint: ({ after }) => `Move it before \`${after}\`.`,
  wrong: `use std.data { Instruct }
objective plain(train policy: LanguageModel, row: Instruct) {
  minimize -mean(log(policy(row.answer | row.prompt)))
  size = 2
}`,
  right: `use std.data { Instruct }
objective plain(train policy: LanguageModel, row: Instruct) {
  scale = 2
  minimize -scale * mean(log(policy(row.answer | row.prompt)))
}`,
  page: "An objective ends with `minimize` or `maximize`.",
});
