/** Sizes divide exactly. */
import { defineDiagnostic } from "./define.ts";

export const sizeNotDivisible = defineDiagnostic<{ size: string; by: string; rest?: string }>({
  code: "size_not_divisible",
  severity: "error",
  title: "Size not divisible",
  label: ({ size, by }) => `${size} / ${by}`,
  text: ({ size, by }) => `${size} is not divisible by ${by}.`,
  hint: () => "Choose sizes that divide.",
  wrong: `use std.models { EncoderDecoder }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words, width: 512, heads: 7 }`,
  right: `use std.models { EncoderDecoder }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words, width: 512, heads: 8 }`,
  page: "Where sizes are divided (heads of a width, a split of an axis), the division must be exact.",
});
