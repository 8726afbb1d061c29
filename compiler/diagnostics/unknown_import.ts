/** A module gives only what it declares and does not keep to itself. */
import { defineDiagnostic, guess, nearest } from "./define.ts";

export const unknownImport = defineDiagnostic<{ name: string; module: string; known: readonly string[]; hidden?: boolean }>({
  code: "unknown_import",
  severity: "error",
  title: "Unknown import",
  label: () => "not in this module",
  text: ({ name, module, hidden }) =>
    hidden
      ? `\`${name}\` is private to ${module}: its name begins with \`_\`.`
      : `${module} declares nothing called \`${name}\`.`,
  hint: ({ name, known, hidden }) => (hidden ? "Rename it there without the underscore." : guess(name, known)),
  fix: ({ name, known }, at) => nearest(name, known, at),
  wrong: `use std.objectives { dpoo }
objective mine(train policy: LanguageModel, reference: LanguageModel, row: { prompt: Dialog, answer: Answer }) {
  minimize -mean(log(policy(row.answer | row.prompt) / reference(row.answer | row.prompt)))
}`,
  right: `use std.objectives { cross_entropy }
use std.models { EncoderDecoder }
use std.data { Instruct }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words }
dataset rows: Instruct = jsonl("rows.jsonl")
train neuro { policy = fit(policy, by: cross_entropy, on: rows, steps: 10 steps) }`,
  page: "There is no wildcard and no re-export: a module gives the declarations of its own file. A name beginning with `_` is private to its file.",
});
