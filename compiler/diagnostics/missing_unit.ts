/** A number with a unit is never written bare. */
import { defineDiagnostic, write } from "./define.ts";

export const missingUnit = defineDiagnostic<{ expected: string; what: string; written: string }>({
  code: "missing_unit",
  severity: "error",
  title: "Missing unit",
  label: ({ expected }) => `${expected}?`,
  text: ({ expected, what }) => `${what} is counted in ${expected}.`,
  hint: ({ expected, written }) => `Write ${written} ${expected}.`,
  fix: ({ expected, written }, at) => (/^[\d_.]+$/.test(written) ? write(at, `${written} ${expected}`) : undefined),
  wrong: `use std.answering { search, infocontext }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
pipeline shown(prompt: Dialog) -> Context = infocontext(search(library, [last(prompt)]), given: [last(prompt)], budget: 1500)`,
  right: `use std.answering { search, infocontext }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
pipeline shown(prompt: Dialog) -> Context = infocontext(search(library, [last(prompt)]), given: [last(prompt)], budget: 1500 tokens)`,
  page: "A bare 1500 could be tokens, words or bytes. Counts that cannot be confused (heads, n, top, width) have no unit.",
});
