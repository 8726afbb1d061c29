/** A field is given once. */
import { defineDiagnostic, remove } from "./define.ts";

export const fieldTwice = defineDiagnostic<{ name: string; of: string }>({
  code: "field_twice",
  severity: "error",
  title: "Field given twice",
  label: () => "given again",
  text: ({ name, of }) => `\`${name}\` was already given in this ${of}.`,
  hint: ({ name }) => `Keep one \`${name}\`.`,
  fix: ({ name }, at) => remove(at, `Remove this \`${name}\``),
  wrong: `use std.answering { search, quote }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
index library { over: pages, text: bm25(language: "en") }
pipeline answer(prompt: Dialog) -> Answer = quote(prompt, search(library, [last(prompt)]))
serve site { of: answer, port: 1, port: 2 }`,
  right: `use std.answering { search, quote }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
pipeline answer(prompt: Dialog) -> Answer = quote(prompt, search(library, [last(prompt)]))
serve site { of: answer, port: 8080 }`,
  page: "The fields of a record, a model or a setting have no order that could decide between two values of one name.",
});
