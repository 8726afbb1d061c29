/** A trained value that weighs another model's log-probability is stopped. */
import { defineDiagnostic } from "./define.ts";

export const leakyBaseline = defineDiagnostic<{ value: string; of: string }>({
  code: "leaky_baseline",
  severity: "error",
  title: "Leaky baseline",
  label: ({ value, of }) => `carries the gradient of ${value}`,
  text: ({ value, of }) => `${value} is trained, and through this product it would learn to please ${of}.`,
  hint: () => "Cut the gradient: stop(r - v).",
  wrong: `use std.data { Rollout }
objective actor(train policy: LanguageModel, train value: Scorer, row: Rollout) {
  v = value(row.prompt)
  minimize mean((v - row.reward) ^ 2) - mean((row.reward - v) * log(policy(row.answer | row.prompt)))
}`,
  right: `use std.data { Rollout }
objective actor(train policy: LanguageModel, train value: Scorer, row: Rollout) {
  v = value(row.prompt)
  minimize mean((v - row.reward) ^ 2) - mean(stop(row.reward - v) * log(policy(row.answer | row.prompt)))
}`,
  page: "A baseline lowers the variance of the policy's gradient; it must not receive that gradient itself.",
});
