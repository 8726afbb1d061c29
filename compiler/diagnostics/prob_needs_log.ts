/** The probability of a whole text is used as a logarithm. */
import { defineDiagnostic } from "./define.ts";

export const probNeedsLog = defineDiagnostic<{ source: string }>({
  code: "prob_needs_log",
  severity: "error",
  title: "Probability needs log",
  label: () => "this would underflow",
  text: () => "The probability of a whole text is far below the smallest number, so it cannot meet numbers as it is.",
  hint: ({ source }) => `Write log(${source}); where the number itself is meant, exp(log(${source})).`,
  wrong: `use std.data { Instruct }
objective plain(train policy: LanguageModel, row: Instruct) {
  minimize -mean(policy(row.answer | row.prompt))
}`,
  right: `use std.data { Instruct }
objective plain(train policy: LanguageModel, row: Instruct) {
  minimize -mean(log(policy(row.answer | row.prompt)))
}`,
  page: "A Prob is kept as its logarithm and stays exact through products, powers, sums and quotients. `log` leaves it.",
});
