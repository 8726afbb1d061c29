/** A Bool is not a number. */
import { defineDiagnostic, wrap } from "./define.ts";

export const boolAsNumber = defineDiagnostic<{ op: string; source: string }>({
  code: "bool_as_number",
  severity: "error",
  title: "Bool used as a number",
  label: () => "this is a Bool",
  text: ({ op }) => `\`${op}\` needs numbers, and this is a Bool.`,
  hint: ({ source }) => `Write hard(${source}): 1 where it holds, 0 where not.`,
  fix: (_facts, at) => wrap(at, "hard(", ")"),
  wrong: `use std.rewards { is_getoff }
reward plain(answer: Answer) { total = 2 * is_getoff(answer) }`,
  right: `use std.rewards { is_getoff }
reward plain(answer: Answer) { total = 2 * hard(is_getoff(answer)) }`,
  page: "`hard(c)` is 1 or 0; `soft(c)` is a number between them that falls with the distance from making c true.",
});
