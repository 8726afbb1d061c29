/** A unit is one of the closed list. */
import { defineDiagnostic, guess, nearest } from "./define.ts";

export const unknownUnit = defineDiagnostic<{ name: string; known: readonly string[] }>({
  code: "unknown_unit",
  severity: "error",
  title: "Unknown unit",
  label: () => "not a unit",
  text: ({ name }) => `\`${name}\` is not a unit.`,
  hint: ({ name, known }) => guess(name, known) ?? `The units are ${known.join(", ")}.`,
  fix: ({ name, known }, at) => nearest(name, known, at),
  wrong: `use std.models { EncoderDecoder }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words, encoder: 8 layrs }`,
  right: `use std.models { EncoderDecoder }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words, encoder: 8 layers }`,
  page: "Units follow a number: tokens, layers, bits, epochs, steps, documents, concurrent; B, KB, MB, GB; ms, s, min, h.",
});
