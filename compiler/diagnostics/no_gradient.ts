import { defineDiagnostic } from "./define.ts";

export const noGradient = defineDiagnostic({
  code: "no_gradient",
  severity: "error",
  title: "A path without a gradient",
  label: (f: { through: string; model: string }) => `no gradient through ${f.through}`,
  text: (f: { through: string; model: string }) =>
    `The loss reaches ${f.model} only through ${f.through}, and there is no derivative of that.`,
  hint: (_f: { through: string; model: string }) => "Measure it beforehand, in the rows' reward, or cut it with stop(..).",
  wrong: `objective f(train policy: LanguageModel, row: { prompt: Dialog, answer: Answer }) {
  minimize mean(argmax(policy(row.answer | row.prompt).next over vocab))
}
`,
  right: `objective f(train policy: LanguageModel, row: { prompt: Dialog, answer: Answer }) {
  minimize -mean(log(policy(row.answer | row.prompt).tokens))
}
`,
  page: "Functions written in TypeScript, the place of a maximum and remote models have no gradient.",
});
