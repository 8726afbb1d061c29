/** Names that are recorded are bound once. */
import { defineDiagnostic } from "./define.ts";

export const boundTwice = defineDiagnostic<{ name: string; place: string }>({
  code: "bound_twice",
  severity: "error",
  title: "Bound twice",
  label: () => "bound again",
  text: ({ name, place }) => `\`${name}\` is already bound in this ${place}, and its bindings are recorded by name.`,
  hint: () => "Give the second its own name.",
  wrong: `use std.answering { search, quote }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
pipeline answer(prompt: Dialog) -> Answer {
  found = search(library, [last(prompt)], top: 50)
  found = search(library, [last(prompt)], top: 5)
  quote(prompt, found)
}`,
  right: `use std.answering { search, quote }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
pipeline answer(prompt: Dialog) -> Answer {
  found = search(library, [last(prompt)], top: 50)
  quote(prompt, found)
}`,
  page: "In pipelines, rewards and objectives names appear in traces, reports and metrics, so one name is one value. In `train`, `fn`, `layer` and `model` a second binding is a new version.",
});
