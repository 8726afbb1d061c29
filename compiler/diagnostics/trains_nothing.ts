import type { Span } from "../../grammar/index.ts";
import { defineDiagnostic, write } from "./define.ts";

export const trainsNothing = defineDiagnostic({
  code: "trains_nothing",
  severity: "error",
  title: "An objective that trains nothing",
  label: () => `no train parameter`,
  text: (f: { name: string; model?: string; at?: Span }) =>
    `${f.name} has no parameter marked train, so there are no weights that its loss could move.`,
  hint: (f: { name: string; model?: string; at?: Span }) =>
    f.model ? `Write: train ${f.model}` : "Add one: train policy: LanguageModel",
  fix: (f) => (f.at ? write({ ...f.at, end: f.at.start }, "train ", `Write \`train ${f.model}\``) : undefined),
  wrong: `objective f(policy: LanguageModel, row: { prompt: Dialog, answer: Answer }) {
  minimize -mean(log(policy(row.answer | row.prompt)))
}
`,
  right: `objective f(train policy: LanguageModel, row: { prompt: Dialog, answer: Answer }) {
  minimize -mean(log(policy(row.answer | row.prompt)))
}
`,
  page: "A model parameter marked `train` is trained, every other one is frozen.",
});
