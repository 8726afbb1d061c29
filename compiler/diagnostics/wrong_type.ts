/** A value has the type that its place asks for. */
import { defineDiagnostic, write } from "./define.ts";

export const wrongType = defineDiagnostic<{
  found: string;
  expected: string;
  what: string;
  /** What was meant, to the letter. */
  better?: string;
  /** A call that makes what is asked for of what was found; what else it wants is left open. */
  made?: string;
  /** A declaration that makes something fitting of what was found. */
  declared?: string;
}>({
  code: "wrong_type",
  severity: "error",
  title: "Wrong type",
  label: ({ found }) => `this is ${found}`,
  text: ({ found, expected, what }) => `${what} must be ${expected}, and this is ${found}.`,
  hint: ({ expected, better, made, declared }) => {
    if (better !== undefined) return `Write ${better}.`;
    if (declared !== undefined) return `Declare \`${declared}\`, and name that.`;
    return made === undefined ? undefined : `\`${made}\` makes ${expected} of it.`;
  },
  fix: ({ better }, at) => (better === undefined ? undefined : write(at, better)),
  wrong: `use std.answering { search, quote }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
pipeline answer(prompt: Dialog) -> Answer = quote(prompt, search(library, [last(prompt)]))
serve site { of: answer, port: "8080" }`,
  right: `use std.answering { search, quote }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
pipeline answer(prompt: Dialog) -> Answer = quote(prompt, search(library, [last(prompt)]))
serve site { of: answer, port: 8080 }`,
  page: "Int widens to Float; nothing else converts by itself. Records are structural: a value fits where every field without a default is present with a fitting type.",
});
