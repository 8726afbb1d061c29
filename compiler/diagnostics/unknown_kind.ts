/** An item begins with one of the kinds of the language. */
import { defineDiagnostic, guess, nearest } from "./define.ts";

export const unknownKind = defineDiagnostic<{ word: string; known: readonly string[] }>({
  code: "unknown_kind",
  severity: "error",
  title: "Unknown kind of declaration",
  label: () => "not a kind",
  text: ({ word }) => `No declaration begins with \`${word}\`.`,
  hint: ({ word, known }) => guess(word, known) ?? `A file holds ${known.join(", ")}.`,
  fix: ({ word, known }, at) => nearest(word, known, at),
  wrong: `use std.models { Encoder, scalar }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
modle m: Encoder { tokenizer: words, head: scalar }`,
  right: `use std.models { Encoder, scalar }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model m: Encoder { tokenizer: words, head: scalar }`,
  page: "A file is a list of declarations, each of which begins with its kind: use, type, fn, layer, model, tokenizer, source, index, dataset, trees, pipeline, reward, objective, decoding, quantization, train, eval, serve or stage, and `extern` before those with TypeScript behind them.",
});
