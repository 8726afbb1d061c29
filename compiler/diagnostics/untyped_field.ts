/** `x.f` of a parameter of which nothing is said could be a field of one row or a column of many. */
import type { Span } from "../../grammar/index.ts";
import { defineDiagnostic, write } from "./define.ts";

export const untypedField = defineDiagnostic<{ name: string; field: string; parameter?: Span }>({
  code: "untyped_field",
  severity: "error",
  title: "A field of something unknown",
  label: ({ name }) => `of what type is ${name}?`,
  text: ({ name, field }) =>
    `Nothing says what ${name} is, so ${name}.${field} could be a field of one row or a column of many rows.`,
  hint: ({ name, field }) =>
    `Give the parameter a type: ${name}: Rows<{ ${field}: Float }>, or ${name}: { ${field}: Float } for one row.`,
  fix: ({ field, parameter }) =>
    parameter &&
    write({ ...parameter, start: parameter.end }, `: Rows<{ ${field}: Float }>`, `Give it a type: Rows<{ ${field}: Float }>`),
  wrong: `train look(rows) {
  report(margin: mean(rows.margin))
}`,
  right: `train look(rows: Rows<{ margin: Float }>) {
  report(margin: mean(rows.margin))
}`,
  page: "A parameter without a type takes anything, which is enough for what is only handed on. Of rows, `.f` is the column of all their `f`.",
});
