import type { Span } from "../../grammar/index.ts";
import { defineDiagnostic, wrap } from "./define.ts";

export const differentTexts = defineDiagnostic({
  code: "different_texts",
  severity: "error",
  title: "Tokens of two texts",
  label: (f: { axis: string; left: string; right: string; sides?: readonly Span[] }) =>
    `${f.axis} of ${f.left} against ${f.axis} of ${f.right}`,
  text: (f: { axis: string; left: string; right: string; sides?: readonly Span[] }) =>
    `The ${f.axis} axis of ${f.left} and that of ${f.right} have the same name, but the third token of one has nothing to do with the third of the other.`,
  hint: (f: { axis: string; left: string; right: string; sides?: readonly Span[] }) =>
    `Reduce each first: sum(.. over ${f.axis}) on both sides.`,
  fix: ({ axis, sides }) => {
    if (!sides) return undefined;
    const changes = sides.flatMap((side) => wrap(side, "sum(", ` over ${axis})`).changes);
    return { title: `Sum both over ${axis}`, changes };
  },
  wrong: `objective f(train policy: LanguageModel, pair: { prompt: Dialog, chosen: Answer, rejected: Answer }) {
  minimize mean(log(policy(pair.chosen | pair.prompt).tokens) - log(policy(pair.rejected | pair.prompt).tokens))
}
`,
  right: `objective f(train policy: LanguageModel, pair: { prompt: Dialog, chosen: Answer, rejected: Answer }) {
  fn each(y) = sum(log(policy(y | pair.prompt).tokens) over token)
  minimize mean(each(pair.chosen) - each(pair.rejected))
}
`,
  page: "An axis of tokens is its name, its size and the text it came from.",
});
