/** An argument is given to a parameter that exists. */
import { defineDiagnostic, guess, nearest } from "./define.ts";

/** Names of std that are taken for others: what was meant takes the parameter. */
const meant: Readonly<Record<string, string>> = {
  "scalar over":
    "scalar is one number for all; scores(over: ..) is one for each case, and pairwise(over: ..) compares two answers by each.",
  "relevance over": "relevance is one number; relevances(over: ..) is one for each case.",
};

export const unknownParameter = defineDiagnostic<{
  name: string;
  callee: string;
  signature: string;
  known: readonly string[];
  /** It has no name: `more` than there are parameters, or `late`, after a named one. */
  positional?: "more" | "late";
}>({
  code: "unknown_parameter",
  severity: "error",
  title: "Unknown parameter",
  label: () => "no parameter takes this",
  text: ({ name, callee, positional }) => {
    if (positional === "late") return "Arguments without a name come before those with one.";
    return positional ? `${callee} takes fewer arguments.` : `${callee} has no parameter \`${name}\`.`;
  },
  hint: ({ name, callee, signature, known, positional }) =>
    meant[`${callee} ${name}`] ?? (positional ? undefined : guess(name, known)) ?? `It is ${signature}.`,
  fix: ({ name, known, positional }, at) => (positional ? undefined : nearest(name, known, at)),
  wrong: `fn worth(x: Float, scale: Float = 1) -> Float = scale * soft(x > 1)
fn twice(x: Float) -> Float = worth(x, scael: 2)`,
  right: `fn worth(x: Float, scale: Float = 1) -> Float = scale * soft(x > 1)
fn twice(x: Float) -> Float = worth(x, scale: 2)`,
  page: "Positional arguments come first and fill parameters in order; the rest are named. A parameter is given once.",
});
