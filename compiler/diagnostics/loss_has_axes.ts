import { defineDiagnostic, wrap } from "./define.ts";

export const lossHasAxes = defineDiagnostic({
  code: "loss_has_axes",
  severity: "error",
  title: "A loss with axes",
  label: (f: { axes: string; mean: string }) => `still ${f.axes}`,
  text: (f: { axes: string; mean: string }) =>
    `What is minimized must be one number; this is ${f.axes}. Which mean is meant is for the author to say: mean(x) weighs tokens alike, mean(mean(x over token)) texts alike.`,
  hint: (f: { axes: string; mean: string }) => f.mean,
  fix: (_facts, at) => wrap(at, "mean(", ")"),
  wrong: `objective f(train policy: LanguageModel, row: { prompt: Dialog, answer: Answer }) {
  minimize -log(policy(row.answer | row.prompt))
}
`,
  right: `objective f(train policy: LanguageModel, row: { prompt: Dialog, answer: Answer }) {
  minimize -mean(log(policy(row.answer | row.prompt)))
}
`,
  page: "A row parameter stands for a batch, so every field has the axis `batch`. The loss must have reduced it.",
});
