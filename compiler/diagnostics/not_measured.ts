/** What host code asks of a model is a number, or one for each case of an enumeration. */
import { defineDiagnostic, wrap } from "./define.ts";

export const notMeasured = defineDiagnostic<{ found: string; whole: boolean; source: string }>({
  code: "not_measured",
  severity: "error",
  title: "No number leaves the formula",
  label: ({ found }) => `this is ${found}`,
  text: ({ found }) =>
    `Outside of formulas a measurement is a number, or one for each case of an enumeration, and this is ${found}.`,
  hint: ({ whole, source }) =>
    whole ? `Write log(${source}).` : "Reduce it where it is measured: mean(..), sum(..), a case by its name.",
  fix: ({ whole }, at) => (whole ? wrap(at, "log(", ")") : undefined),
  wrong: `use std.models { EncoderDecoder }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words }
fn surprise(prompt: Dialog, answer: Answer) -> Float = sum([log(policy(answer | prompt).tokens)])`,
  right: `use std.models { EncoderDecoder }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words }
fn surprise(prompt: Dialog, answer: Answer) -> Float = sum(log(policy(answer | prompt).tokens))`,
  page: "Rewards, pipelines, recipes and functions of host code ask models by mathematics: `duel(judge, answer, rival, prompt)`, `log(policy(answer | prompt))`. The smallest expression that is a number is compiled into a program; what it is given are texts, numbers and rows. Tensors with other axes stay inside.",
});
