/** Nothing stands after the goal. */
import type { Span } from "../../grammar/index.ts";
import { defineDiagnostic } from "./define.ts";

export const unreachable = defineDiagnostic<{ after: string; goal?: Span }>({
  code: "unreachable",
  severity: "warning",
  title: "Unreachable",
  label: () => "never used",
  text: ({ after }) => `Nothing after \`${after}\` has a meaning.`,
  hint: ({ after }) => `Move it before \`${after}\`.`,
  fix: ({ after, goal }, at) =>
    goal ? { title: `Move it before \`${after}\``, changes: [{ kind: "move", span: at, before: goal }] } : undefined,
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
