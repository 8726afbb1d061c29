import { defineDiagnostic } from "./define.ts";

export const constantLoss = defineDiagnostic({
  code: "constant_loss",
  severity: "error",
  title: "A loss that no weight reaches",
  label: (f: { models: string }) => `does not depend on ${f.models}`,
  text: (f: { models: string }) =>
    `No path leads from the weights of ${f.models} to this number, so its gradient is zero everywhere.`,
  hint: (f: { models: string }) => `Let the loss depend on ${f.models}, or drop its train mark.`,
  wrong: `objective f(train policy: LanguageModel, row: { prompt: Dialog, answer: Answer, reward: Float }) {
  minimize mean(row.reward)
}
`,
  right: `objective f(train policy: LanguageModel, row: { prompt: Dialog, answer: Answer, reward: Float }) {
  minimize -mean(row.reward * log(policy(row.answer | row.prompt)))
}
`,
  page: "A loss must be reached by every model that is marked `train`, through something other than `stop`.",
});
