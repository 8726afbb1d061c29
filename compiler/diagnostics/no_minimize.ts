import type { Span } from "../../grammar/index.ts";
import { defineDiagnostic, write } from "./define.ts";

export const noMinimize = defineDiagnostic({
  code: "no_minimize",
  severity: "error",
  title: "An objective without a goal",
  label: (f: { name: string; last?: Span }) => `${f.name} says nothing to minimize`,
  text: (_f: { name: string; last?: Span }) => `An objective ends with minimize or maximize and the number that training moves.`,
  hint: (_f: { name: string; last?: Span }) => "End it with: minimize <loss>",
  fix: ({ last }) => (last ? write(last, "minimize ", "Minimize the last of it") : undefined),
  wrong: `objective f(train policy: LanguageModel, row: { prompt: Dialog, answer: Answer }) {
  loss = -mean(log(policy(row.answer | row.prompt)))
}
`,
  right: `objective f(train policy: LanguageModel, row: { prompt: Dialog, answer: Answer }) {
  minimize -mean(log(policy(row.answer | row.prompt)))
}
`,
  page: "`minimize x` and `maximize x` say which number the gradient is taken of. Every other binding without axes is recorded as a metric.",
});
