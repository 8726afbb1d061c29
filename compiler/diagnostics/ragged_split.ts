import { defineDiagnostic } from "./define.ts";

export const raggedSplit = defineDiagnostic({
  code: "ragged_split",
  severity: "error",
  title: "A text cannot be cut in equal parts",
  label: (f: { axis: string; of: string }) => `${f.axis} is as long as ${f.of} happens to be`,
  text: (f: { axis: string; of: string }) =>
    `${f.axis} is ragged: every row of a batch has its own length, so it cannot be split into equal parts.`,
  hint: (_f: { axis: string; of: string }) => "Take its parts with an index, or pad to a fixed axis first.",
  wrong: `objective f(train policy: LanguageModel, row: { prompt: Dialog, answer: Answer }) {
  minimize -mean(split(log(policy(row.answer | row.prompt).tokens) over token -> a = 4, c))
}
`,
  right: `objective f(train policy: LanguageModel, row: { prompt: Dialog, answer: Answer }) {
  minimize -mean(log(policy(row.answer | row.prompt).tokens))
}
`,
  page: "Presence belongs to the axis: the tokens of a text, and the samples of a group, exist or do not, row by row. Reductions know that; a split cannot.",
});
