/** An objective says what is minimized or maximized. */
import { defineDiagnostic } from "./define.ts";

export const noMinimize = defineDiagnostic<{ name: string }>({
  code: "no_minimize",
  severity: "error",
  title: "Nothing is minimized",
  label: () => "no goal",
  text: ({ name }) => `The objective ${name} has neither \`minimize\` nor \`maximize\`.`,
  hint: () => "End it with `minimize` or `maximize`.",
  wrong: `use std.data { Instruct }
objective plain(train policy: LanguageModel, row: Instruct) {
  loss = -mean(log(policy(row.answer | row.prompt)))
}`,
  right: `use std.data { Instruct }
objective plain(train policy: LanguageModel, row: Instruct) {
  loss = -mean(log(policy(row.answer | row.prompt)))
  minimize loss
}`,
  page: "The value after `minimize` or `maximize` is what training follows; every other binding without axes is a metric under its name.",
});
