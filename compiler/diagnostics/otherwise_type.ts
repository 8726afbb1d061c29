/** What stands in for a stage has its type. */
import { defineDiagnostic, write } from "./define.ts";

export const otherwiseType = defineDiagnostic<{ found: string; expected: string; stage: string; better?: string }>({
  code: "otherwise_type",
  severity: "error",
  title: "Wrong type of otherwise",
  label: ({ found }) => `this is ${found}`,
  text: ({ found, expected, stage }) => `${stage} gives ${expected}, and in its place this would give ${found}.`,
  hint: ({ better }) => (better === undefined ? undefined : `Write otherwise: ${better}.`),
  fix: ({ better }, at) => (better === undefined ? undefined : write(at, `otherwise: ${better}`)),
  wrong: `use std.answering { search, quote }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
pipeline answer(prompt: Dialog) -> Answer = quote(prompt, search(library, [last(prompt)], otherwise: ""))`,
  right: `use std.answering { search, quote }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
pipeline answer(prompt: Dialog) -> Answer = quote(prompt, search(library, [last(prompt)], otherwise: []))`,
  page: "When a stage fails or is late, `otherwise` takes its place, and the answer's `missing` names the stage.",
});
