/** Every term of a reward is a number. */
import { defineDiagnostic, wrap } from "./define.ts";

export const termNotNumber = defineDiagnostic<{
  name: string;
  found: string;
  source: string;
  as: "bool" | "prob" | "other";
  compared?: boolean;
}>({
  code: "term_not_number",
  severity: "error",
  title: "Term is not a number",
  label: ({ found }) => `this is ${found}`,
  text: ({ name, found }) => `The term \`${name}\` is recorded as a number, and this is ${found}.`,
  hint: ({ source, as }) => {
    if (as === "bool") return `Write soft(${source}) or hard(${source}).`;
    return as === "prob" ? `Write log(${source}).` : "A term is a Float, or a record of them.";
  },
  fix: ({ as, compared }, at) =>
    as === "other" ? undefined : wrap(at, as === "prob" ? "log(" : compared ? "soft(" : "hard(", ")"),
  wrong: `use std.rewards { footnotes }
reward quality(answer: Answer) {
  form = footnotes(answer) > 3
  total = hard(form)
}`,
  right: `use std.rewards { footnotes }
reward quality(answer: Answer) {
  form = soft(footnotes(answer) > 3)
  total = form
}`,
  page: "Terms are stored per sample, plotted and compared, so each is a Float or a record of them.",
});
