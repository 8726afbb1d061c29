/** Only equal units are added or compared. */
import { defineDiagnostic } from "./define.ts";

export const unitsDiffer = defineDiagnostic<{ op: string; left: string; right: string }>({
  code: "units_differ",
  severity: "error",
  title: "Units differ",
  label: ({ left, right }) => `${left} against ${right}`,
  text: ({ op, left, right }) => `\`${op}\` needs equal units, and these are ${left} and ${right}.`,
  hint: () => "Times convert into each other, and so do bytes; `*` and `/` combine units.",
  wrong: `fn total() -> Float = (2 s + 3 tokens) / 1 s`,
  right: `fn total() -> Float = (2 s + 300 ms) / 1 s`,
  page: "`+`, `-` and comparisons need equal units; `*` and `/` combine them (100 tokens / 2 s), and a ratio of equals is a plain number.",
});
