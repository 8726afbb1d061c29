/** Tokens of two texts never meet. */
import { defineDiagnostic } from "./define.ts";

export const differentTexts = defineDiagnostic<{ axis: string; left: string; right: string }>({
  code: "different_texts",
  severity: "error",
  title: "Different texts",
  label: ({ axis, left, right }) => `${axis} of ${left} against ${axis} of ${right}`,
  text: ({ axis, left, right }) => `The axis ${axis} is that of ${left} here and that of ${right} there.`,
  hint: ({ axis }) => `Reduce each first: sum(.. over ${axis}).`,
  wrong: `use std.data { Preference }
objective gap(train policy: LanguageModel, pair: Preference) {
  fn each(y) = log(policy(y | pair.prompt).tokens)
  minimize mean(each(pair.rejected) - each(pair.chosen))
}`,
  right: `use std.data { Preference }
objective gap(train policy: LanguageModel, pair: Preference) {
  fn each(y) = sum(log(policy(y | pair.prompt).tokens) over token)
  minimize mean(each(pair.rejected) - each(pair.chosen))
}`,
  page: "The third token of one answer has nothing to do with the third of another. A ragged axis is its name and the text it came from.",
});
