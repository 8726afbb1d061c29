import { defineDiagnostic, wrap } from "./define.ts";

export const leakyBaseline = defineDiagnostic({
  code: "leaky_baseline",
  severity: "error",
  title: "A baseline that learns from the wrong loss",
  label: (f: { value: string; model: string }) => `${f.value} is trained through this product`,
  text: (f: { value: string; model: string }) =>
    `A value of ${f.value} multiplies a log-probability of ${f.model}, so its weights would move to make the product small instead of true.`,
  hint: (_f: { value: string; model: string }) => "Cut its gradient: stop(..)",
  fix: (_facts, at) => wrap(at, "stop(", ")"),
  wrong: `objective f(train policy: LanguageModel, train value: Scorer, row: { prompt: Dialog, answer: Answer, reward: Float }) {
  v = value(row.prompt)
  minimize mean((v - row.reward) ^ 2) - mean((row.reward - v) * log(policy(row.answer | row.prompt)))
}
`,
  right: `objective f(train policy: LanguageModel, train value: Scorer, row: { prompt: Dialog, answer: Answer, reward: Float }) {
  v = value(row.prompt)
  minimize mean((v - row.reward) ^ 2) - mean(stop(row.reward - v) * log(policy(row.answer | row.prompt)))
}
`,
  page: "An advantage is a number as far as the policy is concerned. Without `stop` the critic's weights would receive the policy's gradient.",
});
