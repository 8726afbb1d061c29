/** What is said about checks is said where something is checked. */
import { defineDiagnostic, give } from "./define.ts";

const head = `use std.models { Remote }
use std.answering { search, infocontext, generate }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
model writer: Remote { remote: "http://localhost:8000/v1" }
`;
const pipeline = (args: string) => `pipeline answer(prompt: Dialog) -> Answer {
  found   = search(library, [last(prompt)], top: 5)
  context = infocontext(found, given: [last(prompt)])
  generate(writer, prompt, context, ${args})
}
`;

export const notChecked = defineDiagnostic<{ names: readonly string[]; stage: string; none: boolean }>({
  code: "not_checked",
  severity: "warning",
  title: "Nothing is checked",
  label: () => "says nothing without a checker",
  text: ({ names, stage }) =>
    `${stage} has no checker, so ${names.map((name) => `\`${name}\``).join(" and ")} ${names.length === 1 ? "says" : "say"} nothing: every sentence and footnote stays as it is written.`,
  hint: () => "Name a checker: `checked: words`, or a function of (Dialog, Docs, Text) that gives a Float.",
  fix: ({ none }, at) => (none ? undefined : give(at, ["checked: words"])),
  wrong: head + pipeline("unsupported: drop"),
  right: head + pipeline("checked: words, unsupported: drop"),
  page: "`unsupported:` and `least:` tell what becomes of sentences that a checker does not bear out. Without `checked:` no sentence is looked at, and an answer would be trusted for a check that never was.",
});
