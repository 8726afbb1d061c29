/** A loss has no axes left. */
import { defineDiagnostic } from "./define.ts";

export const lossHasAxes = defineDiagnostic<{ axes: string }>({
  code: "loss_has_axes",
  severity: "error",
  title: "Loss has axes",
  label: ({ axes }) => `this has ${axes}`,
  text: ({ axes }) => `A loss is one number, and this still has the axes ${axes}.`,
  hint: () => "Say which mean is meant: mean(x), or mean(mean(x over token)).",
  wrong: `use std.data { Instruct }
objective plain(train policy: LanguageModel, row: Instruct) {
  minimize -log(policy(row.answer | row.prompt))
}`,
  right: `use std.data { Instruct }
objective plain(train policy: LanguageModel, row: Instruct) {
  minimize -mean(log(policy(row.answer | row.prompt)))
}`,
  page: "A row stands for a batch. `mean(x)` weighs tokens alike, `mean(mean(x over token))` texts alike: the author says which.",
});
