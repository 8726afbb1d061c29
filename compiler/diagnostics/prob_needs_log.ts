import { defineDiagnostic, wrap } from "./define.ts";

export const probNeedsLog = defineDiagnostic({
  code: "prob_needs_log",
  severity: "error",
  title: "A probability that would underflow",
  label: () => "the probability of a whole text",
  text: (_f: { hint: string; wrapped?: readonly [before: string, after: string] }) =>
    "The probability of a whole text is smaller than any number a computer holds; it is kept as a logarithm and cannot become a plain number here.",
  hint: (f: { hint: string; wrapped?: readonly [before: string, after: string] }) => f.hint,
  fix: ({ wrapped }, at) => (wrapped ? wrap(at, ...wrapped) : undefined),
  wrong: `objective f(train policy: LanguageModel, row: { prompt: Dialog, answer: Answer }) {
  minimize -mean(policy(row.answer | row.prompt))
}
`,
  right: `objective f(train policy: LanguageModel, row: { prompt: Dialog, answer: Answer }) {
  minimize -mean(log(policy(row.answer | row.prompt)))
}
`,
  page: "`*`, `^`, `p + q`, `1 - p`, `sum` and `scatter` keep a probability a probability, a quotient of two is a Ratio, and `log` leaves both. Write `exp(log(r))` where the number itself is meant.",
});
