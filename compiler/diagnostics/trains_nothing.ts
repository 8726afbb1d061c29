/** An objective trains a model. */
import { defineDiagnostic } from "./define.ts";

export const trainsNothing = defineDiagnostic<{ name: string; models: readonly string[] }>({
  code: "trains_nothing",
  severity: "error",
  title: "Trains nothing",
  label: () => "no `train` parameter",
  text: ({ name }) => `No parameter of the objective ${name} is marked \`train\`.`,
  hint: ({ models }) => (models.length > 0 ? `Write train ${models[0]}: ...` : "Add a parameter: train policy: LanguageModel."),
  wrong: `use std.data { Instruct }
objective plain(policy: LanguageModel, row: Instruct) {
  minimize -mean(log(policy(row.answer | row.prompt)))
}`,
  right: `use std.data { Instruct }
objective plain(train policy: LanguageModel, row: Instruct) {
  minimize -mean(log(policy(row.answer | row.prompt)))
}`,
  page: "A model parameter marked `train` is trained; every other one is frozen: no gradient, no dropout.",
});
