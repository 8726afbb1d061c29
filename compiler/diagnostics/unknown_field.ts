/** A field must be one that the value has. */
import { defineDiagnostic, guess, nearest } from "./define.ts";

export const unknownField = defineDiagnostic<{ name: string; of: string; known: readonly string[] }>({
  code: "unknown_field",
  severity: "error",
  title: "Unknown field",
  label: () => "no such field",
  text: ({ name, of }) => `${of} has no field \`${name}\`.`,
  hint: ({ name, known }) => guess(name, known) ?? (known.length > 0 ? `Its fields are ${known.join(", ")}.` : undefined),
  fix: ({ name, known }, at) => nearest(name, known, at),
  wrong: `type Pair = { chosen: Text, rejected: Text }
fn best(row: Pair) -> Text = row.chosne`,
  right: `type Pair = { chosen: Text, rejected: Text }
fn best(row: Pair) -> Text = row.chosen`,
  page: "Records are structural: a field exists when the type of the value lists it. Settings and models have a closed list of fields; hover over the word that opens them to read it.",
});
