/** A loss depends on what is trained. */
import { defineDiagnostic } from "./define.ts";

export const constantLoss = defineDiagnostic<{ names: readonly string[] }>({
  code: "constant_loss",
  severity: "error",
  title: "Constant loss",
  label: ({ names }) => `does not depend on ${names.join(" or ")}`,
  text: ({ names }) => `No trained weight of ${names.join(" or ")} reaches this loss, so nothing would be learned.`,
  hint: ({ names }) => `Let ${names[0] ?? "the trained model"} enter the loss.`,
  wrong: `use std.data { Rollout }
objective idle(train policy: LanguageModel, row: Rollout) {
  minimize mean(row.reward) + 0 * mean(stop(log(policy(row.answer | row.prompt))))
}`,
  right: `use std.data { Rollout }
objective pull(train policy: LanguageModel, row: Rollout) {
  minimize -mean(row.reward * log(policy(row.answer | row.prompt)))
}`,
  page: "Rewards are numbers in the data. What moves the policy is the log-probability that they multiply.",
});
