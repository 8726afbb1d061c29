/** A range runs upwards. */
import { defineDiagnostic, write } from "./define.ts";

export const reversedRange = defineDiagnostic<{ low: string; high: string; unit?: string }>({
  code: "reversed_range",
  severity: "error",
  title: "Range runs backwards",
  label: () => "no number is in it",
  text: ({ low, high }) => `Nothing lies between ${low} and ${high}.`,
  hint: ({ low, high }) => `Write ${high}..${low}.`,
  fix: ({ low, high, unit = "" }, at) => write(at, `${high}..${low}${unit}`),
  wrong: `fn form(n: Int tokens) -> Float = soft(n in 160..150 tokens)`,
  right: `fn form(n: Int tokens) -> Float = soft(n in 150..160 tokens)`,
  page: "A range includes both ends. One that is written backwards is empty and surely a slip; one that is computed may be empty.",
});
