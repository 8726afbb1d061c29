/** An argument is given to a parameter that exists. */
import { defineDiagnostic, guess } from "./define.ts";

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
  hint: ({ name, signature, known, positional }) => (positional ? undefined : guess(name, known)) ?? `It is ${signature}.`,
  wrong: `fn worth(x: Float, scale: Float = 1) -> Float = scale * soft(x > 1)
fn twice(x: Float) -> Float = worth(x, scael: 2)`,
  right: `fn worth(x: Float, scale: Float = 1) -> Float = scale * soft(x > 1)
fn twice(x: Float) -> Float = worth(x, scale: 2)`,
  page: "Positional arguments come first and fill parameters in order; the rest are named. A parameter is given once.",
});
