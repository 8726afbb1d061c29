/** A number has the unit that its place asks for. */
import { defineDiagnostic, write } from "./define.ts";

export const wrongUnit = defineDiagnostic<{ found: string; expected: string; what: string; written?: string }>({
  code: "wrong_unit",
  severity: "error",
  title: "Wrong unit",
  label: ({ found }) => `these are ${found}`,
  text: ({ expected, what }) => (expected === "" ? `${what} has no unit.` : `${what} is counted in ${expected}.`),
  hint: ({ expected, written }) => written && (expected === "" ? `Write ${written}.` : `Write ${written} ${expected}.`),
  fix: ({ expected, written }, at) => (written ? write(at, expected === "" ? written : `${written} ${expected}`) : undefined),
  wrong: `use std.answering { search, infocontext }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
pipeline shown(prompt: Dialog) -> Context = infocontext(search(library, [last(prompt)]), given: [last(prompt)], block: 256 layers, overlap: 0 tokens, budget: 512 tokens)`,
  right: `use std.answering { search, infocontext }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
pipeline shown(prompt: Dialog) -> Context = infocontext(search(library, [last(prompt)]), given: [last(prompt)], block: 256 tokens, overlap: 0 tokens, budget: 512 tokens)`,
  page: "A parameter declares its unit after its type (`budget: Int tokens`). Times convert into each other, and so do sizes in bytes; nothing else does.",
});
