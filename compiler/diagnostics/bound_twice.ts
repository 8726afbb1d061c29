/** Names that are recorded are bound once. */
import type { Span } from "../../grammar/index.ts";
import { defineDiagnostic } from "./define.ts";

export const boundTwice = defineDiagnostic<{ name: string; place: string; rest?: Span }>({
  code: "bound_twice",
  severity: "error",
  title: "Bound twice",
  label: () => "bound again",
  text: ({ name, place }) => `\`${name}\` is already bound in this ${place}, and its bindings are recorded by name.`,
  hint: () => "Give the second its own name.",
  fix: ({ name, rest }, at) => ({
    title: `Call the second ${name}_2`,
    changes: [
      { kind: "replace", span: at, text: `${name}_2` },
      ...(rest ? [{ kind: "rename" as const, from: name, to: `${name}_2`, within: rest }] : []),
    ],
  }),
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
