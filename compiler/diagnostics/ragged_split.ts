/** A ragged axis is not split. */
import { defineDiagnostic } from "./define.ts";

export const raggedSplit = defineDiagnostic<{ axis: string }>({
  code: "ragged_split",
  severity: "error",
  title: "Ragged axis split",
  label: ({ axis }) => `${axis} is ragged`,
  text: ({ axis }) => `The axis ${axis} has a different length in every row, so it has no even parts.`,
  hint: () => "Pad to a fixed axis first.",
  wrong: `use std.data { Instruct }
objective odd(train policy: LanguageModel, row: Instruct) {
  minimize -mean(split(log(policy(row.answer | row.prompt).tokens) over token -> a = 4, c))
}`,
  right: `use std.data { Instruct }
objective even(train policy: LanguageModel, row: Instruct) {
  minimize -mean(log(policy(row.answer | row.prompt).tokens))
}`,
  page: "The tokens of a text and the samples of a group are ragged: presence belongs to the axis, and it would not survive a split.",
});
